"""``python -m reports.numbers.json_schema``: write the JSON Schema of numbers.json from the types of a report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from reports.numbers.report import Report

FILE = Path(__file__).with_name("schema.json")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAMES: dict[object, str] = {
    str: "string", bool: "boolean", int: "integer", float: "number", NoneType: "null", object: "object",
}  # fmt: skip
Schema = dict[str, Any]


def schema() -> Schema:
    """The schema of a report's numbers, its types among ``$defs``; no object may have another key."""
    types: dict[str, Schema] = {}
    whole = schema_of(Report, types)
    return {"$schema": DIALECT, "title": "numbers.json", **whole, "$defs": dict(sorted(types.items()))}


def schema_of(kind: Any, types: dict[str, Schema]) -> Schema:  # noqa: ANN401 - any annotation
    """The schema of an annotation; the dataclasses that it names are added to ``types``."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in NAMES:
        return {"type": NAMES[kind]}
    if is_dataclass(kind):
        return _reference(kind, types)
    if origin in {Union, UnionType}:
        return {"anyOf": [schema_of(one, types) for one in arguments]}
    if origin in {Mapping, dict}:
        return {"type": "object", "additionalProperties": schema_of(arguments[1], types)}
    if origin is list or (origin is tuple and arguments[-1] is ...):
        return {"type": "array", "items": schema_of(arguments[0], types)}
    if origin is tuple:
        parts = [schema_of(one, types) for one in arguments]
        return {"type": "array", "prefixItems": parts, "minItems": len(parts), "items": False}
    raise TypeError(f"{kind} has no JSON Schema: use a frozen dataclass, a Mapping, a tuple or a plain type")


def _reference(kind: Any, types: dict[str, Schema]) -> Schema:  # noqa: ANN401 - a dataclass
    if kind.__name__ not in types:
        types[kind.__name__] = {}  # what refers to itself ends here
        hints = get_type_hints(kind)
        types[kind.__name__] = {
            "type": "object",
            "description": str(kind.__doc__).partition("\n")[0],
            "properties": {field.name: schema_of(hints[field.name], types) for field in fields(kind)},
            "required": [field.name for field in fields(kind)],
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{kind.__name__}"}


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
