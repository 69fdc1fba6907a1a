"""Functions of lists and maps, whose elements may be unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from tfclean.terraform.config.conversion import bool_of, number_of, text_of, unified
from tfclean.terraform.config.functions.base import Function, lenient, strict
from tfclean.terraform.config.values import LARGEST, UNKNOWN, Entity, Fault, Partial, Unknown, same, unknown_from


def _of_lists(function: Callable[..., Any]) -> Function:
    """Take a function whose arguments must be collections; of anything else that is unknown, the result is unknown."""

    def called(*arguments: Any) -> Any:
        if any(isinstance(argument, (Unknown, Partial, Entity)) for argument in arguments):
            return unknown_from(arguments)
        return function(*arguments)

    return lenient(called)


def _length(value: Any) -> int:
    if isinstance(value, (str, list, dict)):
        return len(value)
    raise Fault("it has no length")


def _element(values: list[Any], at: Any) -> Any:
    place = number_of(at)
    assert isinstance(place, int)
    return _list(values)[place % len(values)]


def _concat(*lists: list[Any]) -> list[Any]:
    return [item for values in lists for item in _list(values)]


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise Fault("a list is needed here")


def _map(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise Fault("a map is needed here")


def _contains(values: list[Any], wanted: Any) -> bool | Unknown:
    told: bool | Unknown = False
    for value in _list(values):
        equal = same(value, wanted)
        if equal is True:
            return True
        told = equal if isinstance(equal, Unknown) else told
    return told


def _compact(values: list[Any]) -> Any:
    kept = []
    for value in _list(values):
        hollow = [same(value, empty) for empty in ("", None)]
        if any(isinstance(one, Unknown) for one in hollow):
            return unknown_from(values)
        if True not in hollow:
            kept.append(value)
    return kept


def _flat(value: Any) -> Iterator[Any]:
    for item in value:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def _flatten(values: list[Any]) -> list[Any]:
    # What is unknown may turn out to be a list; as an element it loses the fewest others.
    return list(islice(_flat(_list(values)), LARGEST))


def _merge(*maps: Any) -> Any:
    out: dict[str, Any] = {}
    for one in maps:
        out.update(_map(one) if one is not None else {})
    return dict(sorted(out.items()))


def _lookup(where: Any, key: Any, *default: Any) -> Any:
    name = text_of(key)
    if isinstance(where, Entity) and isinstance(name, str):
        return where.get(name)
    if isinstance(where, Unknown) or not isinstance(name, str):
        return unknown_from([where, key])
    if name in _map(where):
        return where[name]
    if not default:
        raise Fault("there is no such key")
    return default[0]


def _coalesce(*values: Any) -> Any:
    for value in values:
        if isinstance(value, (Unknown, Partial)):
            sure = value.filled if isinstance(value, Unknown) else any(isinstance(part, str) for part in value.parts)
            return value if sure else unknown_from(values)
        if value is not None and value != "":
            return value
    raise Fault("all of them are empty")


def _coalescelist(*lists: Any) -> Any:
    for values in lists:
        if isinstance(values, Unknown) or values:
            return values
    raise Fault("all of them are empty")


def _range(*limits: Any) -> list[Any]:
    numbers = [number_of(limit) for limit in limits]
    if not all(isinstance(number, int) for number in numbers):
        raise Fault("whole numbers are needed here")
    start, stop = (0, numbers[0]) if len(numbers) == 1 else numbers[:2]
    assert isinstance(start, int)
    assert isinstance(stop, int)
    step = numbers[2] if len(numbers) == 3 else 1 if stop >= start else -1
    assert isinstance(step, int)
    if not step or abs(stop - start) // abs(step) > LARGEST:
        raise Fault("the range is too large")
    return list(range(start, stop, step))


def _zipmap(names: list[Any], values: list[Any]) -> Any:
    keys = [text_of(name) for name in _list(names)]
    if not all(isinstance(key, str) for key in keys):
        return unknown_from([names, values])
    return dict(sorted((str(key), value) for key, value in zip(keys, _list(values), strict=True)))


def _one(values: list[Any]) -> Any:
    if len(_list(values)) > 1:
        raise Fault("there is more than one")
    return values[0] if values else None


def _truth(values: list[Any], *, decides: bool) -> bool | Unknown:
    told = [bool_of(value) if value is not None else False for value in _list(values)]
    if decides in told:
        return decides
    return next((one for one in told if isinstance(one, Unknown)), not decides)


def _slice(values: list[Any], begin: int, end: int) -> list[Any]:
    if not 0 <= begin <= end <= len(_list(values)):
        raise Fault("there is no such part of the list")
    return values[begin:end]


def _chunks(values: list[Any], size: int) -> list[Any]:
    return [values[at : at + size] for at in range(0, len(values), size)] if size > 0 else [values]


def _sort(values: list[Any]) -> list[str]:
    return sorted(str(text_of(value)) for value in values)


def _matchkeys(values: list[Any], keys: list[Any], wanted: list[Any]) -> list[Any]:
    return [value for value, key in zip(values, keys, strict=True) if key in wanted]


def _transpose(value: dict[str, list[str]]) -> dict[str, list[str]]:
    names = sorted({name for names in value.values() for name in names})
    return {name: sorted(key for key, held in value.items() if name in held) for name in names}


def _index(values: list[Any], wanted: Any) -> int:
    for at, value in enumerate(_list(values)):
        if same(value, wanted) is True:
            return at
    raise ValueError(wanted)


def _tolist(value: Any) -> list[Any]:
    return unified(_list(value))


def _tomap(value: Any) -> dict[str, Any]:
    return dict(zip(_map(value), unified(list(value.values())), strict=True))


TABLE: Mapping[str, Function] = {
    "alltrue": _of_lists(lambda values: _truth(values, decides=False)),
    "anytrue": _of_lists(lambda values: _truth(values, decides=True)),
    "chunklist": strict(_chunks),
    "coalesce": lenient(_coalesce),
    "coalescelist": lenient(_coalescelist),
    "compact": _of_lists(_compact),
    "concat": _of_lists(_concat),
    "contains": lenient(lambda values, wanted: UNKNOWN if isinstance(values, Unknown) else _contains(values, wanted)),
    "element": _of_lists(_element),
    "flatten": _of_lists(_flatten),
    "index": strict(_index),
    "keys": _of_lists(lambda value: sorted(_map(value))),
    "length": _of_lists(_length),
    "lookup": lenient(_lookup),
    "matchkeys": strict(_matchkeys),
    "merge": _of_lists(_merge),
    "one": _of_lists(_one),
    "range": strict(_range),
    "reverse": _of_lists(lambda values: _list(values)[::-1]),
    "slice": _of_lists(_slice),
    "sort": strict(_sort),
    "tolist": _of_lists(_tolist),
    "tomap": _of_lists(_tomap),
    "transpose": strict(_transpose),
    "values": _of_lists(lambda value: [_map(value)[name] for name in sorted(value)]),
    "zipmap": _of_lists(_zipmap),
}
