"""Resource addresses: text in, `Address` out, and back.

An address is ``[module.NAME[KEY].]...[data.]TYPE.NAME[KEY]``. Keys are integers or quoted strings that may hold spaces, dots, brackets and
escaped quotes, so addresses are read by a small scanner and never split on dots or blanks.
Quoting follows Terraform's ``internal/addrs/instance_key.go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

InstanceKey = int | str | None
Mode = Literal["managed", "data", "ephemeral"]

_NAME = re.compile(r"[^\W\d][\w-]*")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.:/ -]*")
_NUMBER = re.compile(r"[0-9]{1,18}")
_ESCAPED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_HEX = {"u": 4, "U": 8}


@dataclass(frozen=True, slots=True)
class Address:
    """One resource instance address, taken apart.

    Attributes:
        module: module path as Terraform writes it, instance keys included; empty for the root module.
        mode: ``managed``, ``data`` or ``ephemeral``.
        type: resource type.
        name: name in the configuration.
        key: instance key: int for count, str for for_each, None for neither.
    """

    module: str
    mode: Mode
    type: str
    name: str
    key: InstanceKey = None

    def __str__(self) -> str:
        return instance_address(self.module, self.mode, self.type, self.name, self.key)

    @property
    def config(self) -> str:
        """The address of its block in the configuration: no instance keys anywhere."""
        return config_address(str(self))


def quote(text: str) -> str:
    r"""Write `text` as a quoted key the way Terraform does: ``a"b`` becomes ``"a\"b"``, ``${`` becomes ``$${``."""
    if _PLAIN_KEY.fullmatch(text):
        return f'"{text}"'
    out = ['"']
    for at, char in enumerate(text):
        if char in _ESCAPED:
            out.append(_ESCAPED[char])
        elif char in "$%":
            out.append(char * 2 if text[at + 1 : at + 2] == "{" else char)
        elif char.isprintable():
            out.append(char)
        else:
            out.append(f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")
    out.append('"')
    return "".join(out)


def key_suffix(key: InstanceKey) -> str:
    """Write an instance key with its brackets; nothing for None."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f"[{quote(key)}]"


def instance_address(module: str, mode: str, type_: str, name: str, key: InstanceKey = None) -> str:
    """Put an address together.

    Args:
        module: module path as in a state, ``module.a["x"]``; empty for the root module.
        mode: ``managed``, ``data`` or ``ephemeral``.
        type_: resource type.
        name: name in the configuration.
        key: instance key, None if there is neither count nor for_each.
    """
    prefix = f"{module}." if module else ""
    middle = "" if mode == "managed" else f"{mode}."
    return f"{prefix}{middle}{type_}.{name}{key_suffix(key)}"


def parse(text: str) -> Address:
    """Take a whole address apart.

    Raises:
        ValueError: `text` is no resource instance address; the message says at which character and why.
    """
    address, end = scan(text)
    if end != len(text):
        raise ValueError(f"no address: unexpected {text[end : end + 20]!r} after {address} (character {end})")
    return address


def is_name(text: str) -> bool:
    """Tell whether `text` can be a resource type or the name of a block."""
    return _NAME.fullmatch(text) is not None


def is_module(path: str) -> bool:
    """Tell whether `path` is a whole module path; the empty one is the root module's."""
    try:
        return scan_module(path)[1] == len(path)
    except ValueError:
        return False


def scan(text: str, start: int = 0) -> tuple[Address, int]:
    """Read the address that begins at `start` and may be followed by something else, as in ``ADDRESS: Creating...``.

    Returns:
        The address, and where it ends in `text`.

    Raises:
        ValueError: there is no address at `start`.
    """
    module, at = scan_module(text, start)
    if at > start:
        at = _dot(text, at)
    mode: Mode = "managed"
    word, at = _name(text, at)
    if word in ("data", "ephemeral"):
        mode = "data" if word == "data" else "ephemeral"
        word, at = _name(text, _dot(text, at))
    if word == "module":
        raise ValueError(f"no resource address: it ends with a module (character {at})")
    name, at = _name(text, _dot(text, at))
    key, at = _key(text, at)
    return Address(module, mode, word, name, key), at


def scan_module(text: str, start: int = 0) -> tuple[str, int]:
    """Read the module path at `start`; it may be empty.

    Returns:
        The path in Terraform's spelling, and where it ends (before the dot that follows it).

    Raises:
        ValueError: there is the beginning of a module path that is broken off.
    """
    steps: list[str] = []
    at = start
    while True:
        begin = at + 1 if steps else at
        if (steps and text[at : at + 1] != ".") or not text.startswith("module.", begin):
            break
        name, at = _name(text, begin + len("module."))
        key, at = _key(text, at)
        steps.append(f"module.{name}{key_suffix(key)}")
    return ".".join(steps), at


def module_steps(path: str) -> Iterator[tuple[str, str, InstanceKey]]:
    """Take a module path apart.

    Yields:
        For each step the path before it, the name of the call, and the instance key.
    """
    at = 0
    while at < len(path):
        before = path[: max(0, at - 1)]
        name, at = _name(path, at + len("module."))
        key, at = _key(path, at)
        yield before, name, key
        at += 1


def config_address(address: str) -> str:
    """Strip every instance key: ``module.a["x"].t.n[0]`` becomes ``module.a.t.n``.

    Raises:
        ValueError: a key in `address` is broken.
    """
    out: list[str] = []
    at = 0
    while at < len(address):
        bracket = address.find("[", at)
        if bracket < 0:
            out.append(address[at:])
            break
        out.append(address[at:bracket])
        at = _key(address, bracket)[1]
    return "".join(out)


def _dot(text: str, at: int) -> int:
    if text[at : at + 1] != ".":
        raise ValueError(f"no address: a dot is missing at character {at}")
    return at + 1


def _name(text: str, at: int) -> tuple[str, int]:
    match = _NAME.match(text, at)
    if match is None:
        raise ValueError(f"no address: a name is missing at character {at}")
    return match.group(), match.end()


def _key(text: str, at: int) -> tuple[InstanceKey, int]:
    if text[at : at + 1] != "[":
        return None, at
    key: InstanceKey
    if text[at + 1 : at + 2] == '"':
        key, end = _quoted(text, at + 2)
    else:
        match = _NUMBER.match(text, at + 1)
        if match is None:
            raise ValueError(f"no address: neither a number nor a quoted key at character {at + 1}")
        key, end = int(match.group()), match.end()
    if text[end : end + 1] != "]":
        raise ValueError(f"no address: a closing bracket is missing at character {end}")
    return key, end + 1


def _quoted(text: str, at: int) -> tuple[str, int]:
    out: list[str] = []
    while at < len(text):
        char = text[at]
        if char == '"':
            return "".join(out), at + 1
        if char == "\\":
            plain, at = _escape(text, at + 1)
            out.append(plain)
            continue
        out.append(char)
        # `$${` and `%%{` stand for `${` and `%{`
        at += 2 if char in "$%" and text[at + 1 : at + 3] == char + "{" else 1
    raise ValueError("no address: a quoted key does not end")


def _escape(text: str, at: int) -> tuple[str, int]:
    char = text[at : at + 1]
    if char in _HEX:
        digits = text[at + 1 : at + 1 + _HEX[char]]
        if re.fullmatch(r"[0-9A-Fa-f]+", digits) and len(digits) == _HEX[char] and int(digits, 16) <= 0x10FFFF:
            return chr(int(digits, 16)), at + 1 + _HEX[char]
    elif char in _PLAIN:
        return _PLAIN[char], at + 1
    raise ValueError(f"no address: unknown escape at character {at - 1}")
