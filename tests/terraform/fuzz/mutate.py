"""A file and a source of chance in, the same file broken out: bytes, lines, members of its JSON, members of its archive."""

from __future__ import annotations

import copy
import io
import json
import random
import re
import zipfile
from typing import Any

from tests.terraform.fuzz.corpus import corpus

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 3, 4, 2**63, 10**400, 1e308, -0.5, float("nan"), float("inf")),
    *(
        "",
        " ",
        ".",
        "a.b.c",
        "root",
        "data",
        "\0",
        "\ud800",
        "\x1b[31m",
        "\u202e",
        "x" * 20_000,
        "9999-12-31T23:59:59-10:00",
        "1e999",
        "${x}",
        "*",
    ),
    *([], {}, [[]], [None], {"": None}, {"id": None}, ["root", ""], [[[[[[[[]]]]]]]], {"value": {"value": {}}}),
)
_WORDS = (
    *(b"{", b"}", b"[", b"]", b'"', b"\\", b"\n", b"\r", b"\0", b"\x1b[", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b": ", b"\\u0000"),
    *(
        b": Creating...",
        b": Creation complete after 9999999999999999h0m1s [id=",
        b"[id=",
        b"]",
        b" (deposed object 0)",
        b"module.",
        b'["',
        b"[99999999999]",
    ),
    *(
        b"  # openstack_networking_port_v2.a will be created\n",
        b"Error: ",
        b"  with ",
        b"<<-EOT\n",
        b'{"@level":"error","@message":"',
        b'{\n  "version": 4,\n',
    ),
    *(
        b"9999-12-31T23:59:59-10:00 ",
        b"section_start:9999999999:x\r\x1b[0K",
        b"2026-11-22T23:52:49.575384Z 00O+",
        b"PK\x03\x04",
        b"\xff" * 10,
        b"1e99999",
    ),
)
_CONFIGURATION = (
    *(
        b'"${',
        b"}",
        b"%{ for x in ",
        b"%{ if ",
        b"range(999999999)",
        b"count = 999999999\n",
        b'format("%999999999d", 1)',
        b"pow(10, 999999)",
    ),
    *(b"each.value", b"for_each = var.name\n", b" ? 1 : ", b"[*]", b"...", b" => ", b"/*", b"<<EOT\n", b"-" * 500, b"(" * 500, b"[" * 500),
    *(
        b'join("", [for i in range(1000000) : i])',
        b"[for i in range(1024) : [for j in range(1024) : j]]",
        b"count.index",
        b"local.a",
        b"locals { a = local.a }\n",
    ),
    *(
        b"a = a",
        b"null",
        b"-1",
        b"1e400",
        b"merge(",
        b"flatten(",
        b"regex('(a+)+$', ",
        b"module.x",
        b"self",
        b"provider::x::y(1)",
        b"0 / 0",
        b"1 % 0",
    ),
)
_BLOCK = re.compile(rb"^[a-z]+ .*\{$|^\w+ += ", re.MULTILINE)


def broken(data: bytes, chance: random.Random) -> bytes:
    """Break a file in one to six ways."""
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        # What breaks an archive itself is found at once by its checksums.
        archive = data.startswith(b"PK") and chance.randrange(8)
        text = _configuration if _BLOCK.search(data) else _json
        data = (_archive if archive else chance.choice((_bytes, _lines, text, text, text)))(data, chance)
    return data


def _bytes(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    length = min(len(data) - at, chance.choice((0, 1, 2, 8, 100, 5_000)))
    way = chance.randrange(6)
    if way == 0:
        return data[:at]
    if way == 1:
        return data[:at] + data[at + length :]
    if way == 2:
        return data[:at] + chance.choice(_WORDS) + data[at + length :]
    if way == 3:
        return data[:at] + data[at : at + length] * chance.choice((2, 3, 50)) + data[at + length :]
    if way == 4:
        return data[:at] + chance.randbytes(length) + data[at + length :]
    other = chance.choice(corpus())[1]
    begin = chance.randrange(len(other) + 1)
    return data[:at] + other[begin : begin + 3_000] + data[at:]


def _configuration(data: bytes, chance: random.Random) -> bytes:
    """Put a piece of configuration where a token begins or ends."""
    places = [match.start() for match in re.finditer(rb"\b", data)] or [0]
    at = chance.choice(places)
    end = chance.choice([at, *(place for place in places if at <= place <= at + 40)])
    return data[:at] + chance.choice(_CONFIGURATION) + data[end:]


def _lines(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    if len(lines) < 2:
        return _bytes(data, chance)
    at, to = sorted((chance.randrange(len(lines)), chance.randrange(len(lines))))
    way = chance.randrange(5)
    if way == 0:
        del lines[at : min(to, at + 40)]
    elif way == 1:
        lines[at], lines[to] = lines[to], lines[at]
    elif way == 2:
        lines[at:at] = lines[at:to][:200]
    elif way == 3:
        lines[at] = lines[at].rstrip(b"\n")
    else:
        lines[at] = chance.choice(_WORDS) + lines[at]
    return b"".join(lines)


def _json(data: bytes, chance: random.Random) -> bytes:
    """Put something odd into a document, or into one line of a log of documents."""
    try:
        return json.dumps(_odd(json.loads(data), chance), indent=chance.choice((None, 2))).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        pass
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    try:
        lines[at] = json.dumps(_odd(json.loads(lines[at]), chance)).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return _bytes(data, chance)
    return b"\n".join(lines)


def _odd(document: Any, chance: random.Random) -> Any:
    """Replace, remove, rename, repeat or swap one member, at any depth."""
    document = copy.deepcopy(document)
    here, steps = document, chance.randrange(1, 9)
    for _ in range(steps):
        inside = [k for k, v in _members(here) if isinstance(v, dict | list) and v]
        if not inside or not chance.randrange(6):
            break
        here = here[chance.choice(inside)]
    members = [key for key, _ in _members(here)]
    if not members:
        return chance.choice(_ODD)
    key, way = chance.choice(members), chance.randrange(5)
    if way == 0:
        del here[key]
    elif way == 1 and isinstance(here, dict):
        here[str(chance.choice(_ODD))[:50]] = here.pop(key)
    elif way == 2 and isinstance(here, list):
        here += here[:50]
    elif way == 3:
        other = chance.choice(members)
        here[key], here[other] = here[other], here[key]
    else:
        here[key] = chance.choice(_ODD)
    return document


def _members(value: Any) -> list[tuple[Any, Any]]:
    return list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []


def _archive(data: bytes, chance: random.Random) -> bytes:
    """Break one member of a saved plan, and pack it again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError, KeyError, zipfile.zlib.error):  # type: ignore[attr-defined]
        return _bytes(data, chance)
    if not members:
        return data
    name = chance.choice(sorted(members))
    members[name] = chance.choice((_bytes, _bytes, _json))(members[name], chance)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return out.getvalue()
