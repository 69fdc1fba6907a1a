"""An answer of any cloud in, what the product reads of it out, fit for comparison: ids by name, times and addresses as such."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import asdict
from typing import Any

from tfclean.kinds.base import Kind
from tfclean.kinds.refusals import parse
from tfclean.kinds.registry import KINDS

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?")
MAC = re.compile(r"(?<![0-9a-f:])[0-9a-f]{2}(:[0-9a-f]{2}){5}(?![0-9a-f:])")
MADE = re.compile(r"[0-9a-f:]*:f816:3eff:fe[0-9a-f:]+")
"""An address that is made of a MAC address."""
ADDRESS = re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b(?!/)")
URL = re.compile(r"https?://[^/\s]+(/(compute|network|volume|image|load-balancer|identity)(?=/))?")
Names = Mapping[str, str]
"""Id → what a story calls it."""


def plain(value: Any, names: Names) -> Any:
    """Replace what differs between any two runs.

    Args:
        value: any JSON value; the order of lists does not count.
        names: ids that have a name; the others become ``<id>``.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(value[key], names) for key in sorted(value)}
    if isinstance(value, list):
        return sorted((plain(item, names) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return text(value, names) if isinstance(value, str) else value


def text(value: str, names: Names) -> str:
    """Replace what differs between any two runs in a text."""
    value = URL.sub("<url>", value)
    value = ID.sub(lambda found: names.get(found[0], "<id>"), value)
    for pattern, name in ((TIME, "<time>"), (MADE, "<address>"), (MAC, "<mac>"), (ADDRESS, "<address>")):
        value = pattern.sub(name, value)
    return value


def kind_of(service: str, path: str) -> tuple[Kind, bool] | None:
    """Find the kind whose objects an answer shows, and whether it shows a list of them."""
    for kind in KINDS.values():
        if kind.service != service or not kind.listing.path:
            continue
        where = re.sub(r"\\{id\\}", "[^/]+", re.escape(kind.listing.path.removesuffix("/detail")))
        found = re.fullmatch(f"{where}(/detail)?(?P<one>/[^/]+)?", path)
        if found:
            return kind, found["one"] is None
    return None


def rows_in(service: str, path: str, body: Any) -> tuple[Kind | None, list[Mapping[str, Any]], bool]:
    """Give the kind and the objects that a body shows, and whether it is a list."""
    found = kind_of(service, path)
    if found is None or not isinstance(body, Mapping):
        return None, [], False
    kind, listed = found
    wrapper = kind.listing.wrapper
    many = body.get(kind.listing.key)
    if listed and isinstance(many, list):
        return kind, [row.get(wrapper, row) for row in many], True
    inner = [value for value in body.values() if isinstance(value, Mapping)]
    return kind, [inner[0] if len(body) == 1 and inner else body], False


def read(kind: Kind, row: Mapping[str, Any], names: Names, revisions: MutableMapping[str, int]) -> dict[str, Any]:
    """Give the fields that the product reads of an object; of its revision, whether it has grown since it was last seen."""
    out = {name: plain(row[name], names) for name in sorted({*kind.fields, kind.id} & row.keys())}
    if "revision_number" in out:
        number, before = int(row["revision_number"]), revisions.get(str(row["id"]))
        revisions[str(row["id"])] = number
        out["revision_number"] = "<first>" if before is None else "<same>" if number == before else "<grown>"
    return out


def error(service: str, body: Any) -> str:
    """Give the type of an error, as the service names it."""
    if not isinstance(body, Mapping):
        return "no JSON"
    if service == "network":
        return str(body.get("NeutronError", {}).get("type", sorted(body)))
    if service == "load-balancer":
        return str(body.get("faultcode", sorted(body)))
    if service in ("image", "identity"):
        inner = body.get("error", body)
        return str(inner.get("title", sorted(body)))
    return ",".join(sorted(body))


def refusal(service: str, method: str, path: str, status: int, content: str, names: Names) -> dict[str, Any]:
    """Give what the product understands of a refusal, but for its own words: flags, blockers, where to look, the rule that forbids."""
    meant = parse(service, method, path, status, content)
    out = {key: value for key, value in asdict(meant).items() if value and key != "reason"}
    rule = meant.reason.partition(": ")[2]
    if meant.policy and rule and " " not in rule:
        out["rule"] = rule
    if meant.blockers:
        out["blockers"] = sorted(f"{key.kind} {names.get(key.id, '<id>')}" for key in meant.blockers)
    if meant.look_for:
        out["look_for"] = list(meant.look_for)
    return out
