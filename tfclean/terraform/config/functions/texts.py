"""Functions of texts; those by which names are made keep what is known of a text in part."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tfclean.terraform.config.conversion import joined, number_of, text_of
from tfclean.terraform.config.functions.base import Function, lenient, strict
from tfclean.terraform.config.values import Entity, Fault, Partial, Unknown, is_known, unknown_from

_WIDEST = 1000
_VERB = re.compile(r"%(?:\[(\d{1,3})\])?([-+ 0#]*)(\d{0,9})(?:\.(\d{1,3}))?([vtbodxXeEfgGsq%#])")
_SPACE = " \t\n\r\v\f"


def _each(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """Take a change that goes character by character."""

    def changed(value: Any) -> Any:
        text = text_of(value)
        if isinstance(text, Partial):
            return joined(change(part) if isinstance(part, str) else part for part in text.parts)
        return change(text) if isinstance(text, str) else text

    return changed


def _trimspace(value: Any) -> Any:
    text = text_of(value)
    if not isinstance(text, Partial):
        return text.strip(_SPACE) if isinstance(text, str) else text
    parts = list(text.parts)
    if isinstance(parts[0], str):
        parts[0] = parts[0].lstrip(_SPACE)
    if isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip(_SPACE)
    left = joined(parts)
    return left.parts[0] if isinstance(left, Partial) and len(left.parts) == 1 else left


def _join(between: Any, *lists: Any) -> Any:
    out: list[str | Partial | Unknown] = []
    for values in lists:
        if isinstance(values, (Unknown, Partial, Entity)):
            return unknown_from([between, *lists])
        if not isinstance(values, list):
            raise Fault("a list is needed here")
        for value in values:
            out += [text_of(between), text_of(value)] if out else [text_of(value)]
    return joined(out)


def _split(between: str, value: Any) -> list[str]:
    text = str(text_of(value))
    return text.split(between) if between else list(text)


def _replace(value: Any, old: Any, new: Any) -> Any:
    text = text_of(value)
    if not isinstance(old, str) or not isinstance(new, str) or isinstance(text, Unknown):
        return unknown_from([value, old, new])
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        if isinstance(text, Partial):
            return unknown_from([text])
        return expression_of(old[1:-1], text).sub(re.sub(r"\$\{?(\w+)\}?", r"\\g<\1>", new), text)
    if isinstance(text, Partial):
        if len(old) != 1:
            return unknown_from([text])
        return joined(part.replace(old, new) if isinstance(part, str) else part for part in text.parts)
    return text.replace(old, new)


def expression_of(pattern: str, text: str) -> re.Pattern[str]:
    """Compile a regular expression that cannot take long on `text`.

    Raises:
        Fault: it is none, or might take long.
    """
    if len(text) > 2000 or len(re.findall(r"[*+?{]", pattern)) > 2 or re.search(r"\)[*+?{]|\(\?[^:P]|\\[1-9]", pattern):
        raise Fault("the regular expression may take long")
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise Fault("it is no regular expression") from error


def _regex(pattern: str, text: str) -> Any:
    found = expression_of(pattern, text).search(text)
    if found is None:
        raise Fault("the regular expression does not match")
    return _groups(found)


def _groups(found: re.Match[str]) -> Any:
    return found.groupdict() or (list(found.groups()) if found.groups() else found.group())


def _substr(text: Any, offset: int, length: int) -> str:
    whole = str(text_of(text))
    begin = max(offset + len(whole), 0) if offset < 0 else offset
    return whole[begin:] if length < 0 else whole[begin : begin + length]


def _format(template: Any, *values: Any) -> Any:
    if not isinstance(template, str):
        return unknown_from([template, *values])
    return joined(_formatted(template, values))


def _formatted(template: str, values: tuple[Any, ...]) -> Iterator[str | Partial | Unknown]:
    at = place = 0
    for verb in _VERB.finditer(template):
        yield _literal(template[place : verb.start()])
        place = verb.end()
        if verb[5] == "%":
            yield "%"
            continue
        at = int(verb[1]) if verb[1] else at + 1
        yield _written(verb, values[at - 1])
    if at < len(values) and "%[" not in template:
        raise Fault("there are more values than verbs")
    yield _literal(template[place:])


def _literal(text: str) -> str:
    if "%" in text:
        raise Fault("a verb is none that is known")
    return text


def _written(verb: re.Match[str], value: Any) -> str | Partial | Unknown:
    flags, width, exact, letter = verb[2], verb[3], verb[4], verb[5]
    if not is_known(value):
        plain = isinstance(value, Partial) and letter in "sv" and not width and exact is None
        return value if plain else unknown_from([value])
    if int(width or 0) > _WIDEST:
        raise Fault("the width is too large")
    if letter in "dboxXeEfgG":
        number = number_of(value)
        assert not isinstance(number, Unknown)
        if letter in "dboxX" and not isinstance(number, int):
            raise Fault("a whole number is needed here")
        shown = format(int(number), letter) if letter in "dboxX" else format(number, f".{exact or 6}{letter}")
        shown = f"+{shown}" if "+" in flags and number >= 0 else shown
    else:
        whole = letter == "v" and (isinstance(value, (list, dict)) or "#" in flags)
        text = json.dumps(value, separators=(",", ":")) if whole else text_of(value)
        assert isinstance(text, str)
        shown = f'"{text}"' if letter == "q" else text
        shown = shown[: int(exact)] if exact and letter == "s" else shown
    if "-" in flags:
        return shown.ljust(int(width or 0))
    return shown.zfill(int(width or 0)) if "0" in flags else shown.rjust(int(width or 0))


def _formatlist(template: Any, *values: Any) -> Any:
    lists = [value for value in values if isinstance(value, list)]
    if any(isinstance(value, Unknown) for value in values) and not lists:
        return unknown_from(values)
    length = len(lists[0]) if lists else 1
    if any(len(one) != length for one in lists):
        raise Fault("the lists are not of one length")
    return [_format(template, *(value[at] if isinstance(value, list) else value for value in values)) for at in range(length)]


def _indent(spaces: int, text: str) -> str:
    return text.replace("\n", "\n" + " " * min(spaces, _WIDEST))


TABLE: Mapping[str, Function] = {
    "chomp": strict(lambda text: re.sub(r"[\r\n]+\Z", "", str(text_of(text)))),
    "endswith": strict(lambda text, end: str(text).endswith(end)),
    "format": lenient(_format),
    "formatlist": lenient(_formatlist),
    "indent": strict(_indent),
    "join": lenient(_join),
    "lower": lenient(_each(str.lower)),
    "regex": strict(_regex),
    "regexall": strict(lambda pattern, text: [_groups(found) for found in expression_of(pattern, text).finditer(text)]),
    "replace": lenient(_replace),
    "split": strict(_split),
    "startswith": strict(lambda text, begin: str(text).startswith(begin)),
    "strcontains": strict(lambda text, part: part in str(text)),
    "strrev": strict(lambda text: str(text)[::-1]),
    "substr": strict(_substr),
    "title": strict(lambda text: re.sub(r"\b\w", lambda letter: letter[0].upper(), str(text))),
    "trim": strict(lambda text, cut: str(text).strip(cut)),
    "trimprefix": strict(lambda text, begin: str(text).removeprefix(begin)),
    "trimspace": lenient(_trimspace),
    "trimsuffix": strict(lambda text, end: str(text).removesuffix(end)),
    "upper": lenient(_each(lambda text: "".join(char.upper() if len(char.upper()) == 1 else char for char in text))),
}
