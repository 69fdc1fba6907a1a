"""Paths of openstacksdk's files of clouds in; the first thing that is wrong with one of them, with its place, out.

openstacksdk passes over a file that it cannot parse as if it were not there, and takes the next one: that may have another cloud under
the same name. Of what a file holds nothing is told but names of its keys: it may stand beside a password.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import yaml

QUOTED = re.compile(r"(['\"](?:<[a-z ]+>|\\?.)['\"])|['\"].*", re.DOTALL)
"""A kind of token or a single character between quotes; or all that follows something else between quotes: it is of the file."""


def fault(paths: Iterable[str]) -> str:
    """Say what is wrong with the file that counts, or give the empty string.

    Args:
        paths: in the order in which they are looked for; the first one that is there and may be read counts.
    """
    for path in paths:
        if not Path(path).exists():
            continue
        try:
            data = Path(path).read_bytes()
        except PermissionError:
            continue
        except OSError as error:
            return f"{path} cannot be read: {error.strerror}"
        return _json(path, data) if path.endswith("json") else _yaml(path, data)
    return ""


def _json(path: str, data: bytes) -> str:
    try:
        json.loads(data)
    except json.JSONDecodeError as error:
        return f"{path}, line {error.lineno}, column {error.colno}: is no JSON: {error.msg}"
    except (UnicodeDecodeError, RecursionError) as error:
        return f"{path}: is no JSON: {_unreadable(error)}"
    return ""


def _yaml(path: str, data: bytes) -> str:
    try:
        root = yaml.compose(data.decode(), Loader=yaml.SafeLoader)
        yaml.safe_load(data)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        return f"{path}{place}: is no YAML: {QUOTED.sub(lambda found: found[1] or '…', error.problem or 'it cannot be read')}"
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        return f"{path}: is no YAML: {_unreadable(error)}"
    return _shape(path, root)


def _unreadable(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return "it is no text in UTF-8" if isinstance(error, UnicodeDecodeError) else "it holds what no such file may hold"


def _shape(path: str, root: yaml.Node | None) -> str:
    """Find what is no mapping and should be one: all clouds, each of them, and its ``auth``."""
    if root is None or _empty(root):
        return ""
    if not isinstance(root, yaml.MappingNode):
        return f"{path}, line {root.start_mark.line + 1}: must be a mapping with the key clouds"
    for _, clouds in _items(root, "clouds"):
        if not isinstance(clouds, yaml.MappingNode):
            return "" if _empty(clouds) else _wrong(path, clouds, "clouds must be a mapping, from each cloud's name to its options")
        for name, cloud in _items(clouds):
            if not isinstance(cloud, yaml.MappingNode):
                return _wrong(path, cloud, f"cloud {name} must be a mapping")
            for _, auth in _items(cloud, "auth"):
                if not isinstance(auth, yaml.MappingNode):
                    return _wrong(path, auth, f"auth of cloud {name} must be a mapping")
    return ""


def _wrong(path: str, node: yaml.Node, what: str) -> str:
    return f"{path}, line {node.start_mark.line + 1}: {what}"


def _empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _items(node: yaml.MappingNode, wanted: str = "") -> list[tuple[str, yaml.Node]]:
    named = ((str(key.value), value) for key, value in node.value if isinstance(key, yaml.ScalarNode))
    return [(name, value) for name, value in named if not wanted or name == wanted]
