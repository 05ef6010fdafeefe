"""How the hostile find the channel to the grader, and talk on it."""

from __future__ import annotations

CHANNEL = """
import json, os, socket, stat, struct, sys
sys.setrecursionlimit(100_000)
def channels():
    for number in range(256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                yield number
        except OSError:
            pass
def shout(data):
    for number in channels():
        os.set_blocking(number, False)
        try:
            while data:
                data = data[os.write(number, data):]
        except OSError:
            pass
        os.set_blocking(number, True)
def say(**message):
    data = json.dumps(message).encode()
    shout(struct.pack("!I", len(data)) + data)
"""
