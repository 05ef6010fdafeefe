"""A web server for one reader, on this machine only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread


class _Quiet(SimpleHTTPRequestHandler):
    """Hands out files, and keeps no log."""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")  # a new build is to be seen at once
        super().end_headers()


@contextmanager
def served(folder: Path, port: int) -> Iterator[str]:
    """Serve a folder while in the block; yields the address.

    port: where to serve; another one where it is taken, 0 for any.
    """
    server = _server(partial(_Quiet, directory=str(folder)), port)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def _server(handler: partial[_Quiet], port: int) -> ThreadingHTTPServer:
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:  # somebody else is there
        return ThreadingHTTPServer(("127.0.0.1", 0), handler)
