"""The JSON schemas in, the page on JSON documents out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from docs.reference.writing import code, prose, table

Schema = Mapping[str, Any]

HEAD = """# JSON documents

What `-o json` writes. Every document has `format_version`: its second number rises when a field is added, its first when one changes
its meaning or goes. A reader passes over fields that it does not know. The schemas (JSON Schema 2020-12) lie in
`tfclean/report/schemas` of the package."""


def schemas() -> dict[str, Schema]:
    """Give each schema by the name of its file."""
    folder = files("tfclean.report") / "schemas"
    found = sorted(path.name.removesuffix(".json") for path in folder.iterdir() if path.name.endswith(".json"))
    return {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in found}


def page() -> str:
    """Give the page."""
    return "\n\n".join([HEAD, *(part for name, schema in schemas().items() for part in _document(name, schema))]) + "\n"


def _document(name: str, schema: Schema) -> Iterator[str]:
    yield f"## {name}"
    yield f"{prose(str(schema['title']))}: {prose(str(schema['description']))} Schema: {code(f'{name}.json')}."
    if "oneOf" in schema:
        yield "Each line is one of: " + ", ".join(_type(each, name) for each in schema["oneOf"]) + "."
    else:
        yield _fields(schema, name)
    for inner, part in schema.get("$defs", {}).items():
        yield f"### {name}: {inner}"
        if "description" in part:
            yield _sentence(part["description"])
        yield _fields(part, name) if "properties" in part else f"Is {_type(part, name)}."


def _fields(schema: Schema, name: str) -> str:
    return table(("field", "type", "meaning"), _rows(schema, name, ""))


def _rows(schema: Schema, name: str, before: str) -> Iterator[tuple[str, str, str]]:
    required = schema.get("required", ())
    for key, value in schema.get("properties", {}).items():
        told = {} if value is True else value
        path = f"{before}{key}"
        optional = "" if key in required or before else " (may be missing)"
        yield code(path), f"{_type(told, name)}{optional}", prose(str(told.get("description", "")))
        yield from _rows(told, name, f"{path}.")
        if isinstance(told.get("items"), Mapping):
            yield from _rows(told["items"], name, f"{path}[].")


def _type(told: Schema, name: str) -> str:
    """Say what a value is, in a few words."""
    if "$ref" in told:
        inner = str(told["$ref"]).rpartition("/")[2]
        return f"[{inner}](#{name}-{inner})"
    values = [told["const"]] if "const" in told else told.get("enum")
    if values is not None:
        return ", ".join(code(json.dumps(value)) for value in values)
    if "anyOf" in told:
        return " or ".join(_type(each, name) for each in told["anyOf"])
    named = told.get("type", "anything")
    words = " or ".join(named) if isinstance(named, list) else str(named)
    inside = told.get({"array": "items", "object": "additionalProperties"}.get(words, ""))
    if isinstance(inside, Mapping):
        return f"{words} of {_type(inside, name)}"
    return f"{words} ({told['format']})" if "format" in told else words


def _sentence(text: str) -> str:
    return f"{prose(text[:1].upper() + text[1:])}{'' if text.endswith('.') else '.'}"
