"""The public names in; one line for each thing that a caller can hold on to out.

``python -m tests.surface.telling`` records it: what changes for callers is then seen in the diff of ``surface.txt``.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import tfclean

RECORDED = Path(__file__).with_name("surface.txt")
USED = ("__init__", "__enter__", "__exit__", "__iter__", "__next__")
"""What a caller uses of a class without calling it by its name."""


def told() -> str:
    """Tell the whole surface, by name."""
    return "".join(
        f"{line}\n" for name in sorted(tfclean.__all__) if name != "__version__" for line in _named(name, getattr(tfclean, name))
    )


def _named(name: str, thing: Any) -> Iterator[str]:
    if not inspect.isclass(thing):
        yield f"{name}{inspect.signature(thing)}"
        yield from (f"    {line}" for line in _options(thing))
        return
    bases = [base.__name__ for base in thing.__bases__ if base is not object]
    yield f"class {name}({', '.join(bases)})" if bases else f"class {name}"
    yield from (f"    {line}" for line in _members(thing))


def _options(function: Any) -> Iterator[str]:
    """Tell what the keyword arguments of a verb are; they are a `TypedDict` by name."""
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD and parameter.annotation.startswith("Unpack["):
            shape = parameter.annotation.removeprefix("Unpack[").removesuffix("]")
            found = getattr(tfclean.verbs.options, shape)
            for option, type_ in sorted(_shape(found).items()):
                yield f"{option}: {type_}"


def _shape(shape: Any) -> dict[str, str]:
    """Give the names and types as they are written, those of its bases too."""
    found: dict[str, str] = {}
    for base in (*reversed(getattr(shape, "__orig_bases__", ())), shape):
        if base is not shape and base is not typing.TypedDict:
            found |= _shape(base)
    return found | {name: type_.__forward_arg__ for name, type_ in vars(shape)["__annotations__"].items()}


def _members(thing: type[Any]) -> Iterator[str]:
    if issubclass(thing, Enum):
        yield from (f"{each.name} = {each.value!r}" for each in thing)
    if issubclass(thing, BaseException):
        yield f"exit_code = {thing.exit_code!r}"  # type: ignore[attr-defined]
    if is_dataclass(thing):
        for each in fields(thing):
            given = each.default is not MISSING or each.default_factory is not MISSING
            if not each.name.startswith("_"):
                yield f"{each.name}: {each.type}{' = ...' if given else ''}"
    plain = not is_dataclass(thing) and not issubclass(thing, Enum | BaseException)
    for member, found in sorted(vars(thing).items()):
        if member.startswith("_") and not (plain and member in USED):
            continue
        if isinstance(found, property):
            yield f"{member} -> {inspect.signature(found.fget).return_annotation}"  # type: ignore[arg-type]
        elif isinstance(found, classmethod | staticmethod):
            yield f"{type(found).__name__} {member}{inspect.signature(found.__func__)}"
        elif inspect.isfunction(found):
            yield f"{member}{inspect.signature(found)}"


if __name__ == "__main__":
    RECORDED.write_text(told(), encoding="utf-8")
