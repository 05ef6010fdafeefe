"""nbgrader checks the same schema again for every cell; here it is checked once, and the cells as before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
from jsonschema.validators import validator_for  # type: ignore[import-untyped]
from nbgrader.nbgraderformat import common


@contextmanager
def checked_once() -> Iterator[None]:
    """As long as the ``with`` lasts, nbgrader validates cells with a schema that is known to be one."""
    before = common.jsonschema
    common.jsonschema = SimpleNamespace(validate=_validate)
    try:
        yield
    finally:
        common.jsonschema = before


def _validate(instance: Any, schema: dict[str, Any]) -> None:
    """What ``jsonschema.validate`` does. Raises jsonschema.ValidationError."""
    error = best_match(_validator(json.dumps(schema)).iter_errors(instance))
    if error is not None:
        raise error


@lru_cache(maxsize=8)
def _validator(text: str) -> Any:
    schema = json.loads(text)
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)
