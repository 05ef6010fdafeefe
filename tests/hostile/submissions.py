"""The corpus: every hostile, broken and honest submission."""

from __future__ import annotations

from . import broken, cells, claims, ends, escapes, files, honest, lies, thefts

KINDS = {
    "ends": ends.ENTRIES,
    "claims": claims.ENTRIES,
    "lies": lies.ENTRIES,
    "thefts": thefts.ENTRIES,
    "escapes": escapes.ENTRIES,
    "files": files.ENTRIES,
    "cells": cells.ENTRIES,
    "broken": broken.ENTRIES,
    "honest": honest.ENTRIES,
}
"""By what they try."""

ENTRIES = tuple(entry for entries in KINDS.values() for entry in entries)
