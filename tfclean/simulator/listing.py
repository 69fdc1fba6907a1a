"""Rows and a query in; the rows that match, sorted and cut to a page, and what comes after them out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from tfclean.simulator.api import Refused, Request, Row
from tfclean.simulator.routing import truth

PAGING = frozenset(("limit", "marker", "sort_key", "sort_dir", "sort", "page_reverse", "fields"))


def matches(value: Any, wanted: Sequence[str]) -> bool:
    """Whether a field has one of the values of the query.

    Args:
        value: of the row.
        wanted: texts; ``key=value`` picks among a list of objects.
    """
    if isinstance(value, bool):
        return any(truth(w) == value for w in wanted)
    if isinstance(value, list):
        return any(_in_list(value, w) for w in wanted)
    return any(("" if value is None else str(value)) == w for w in wanted)


def _in_list(items: list[Any], wanted: str) -> bool:
    key, _, value = wanted.partition("=")
    return any(str(i.get(key)) == value if isinstance(i, dict) else i == wanted for i in items)


def selected(rows: Sequence[Row], request: Request, *, ignore: Collection[str] = ()) -> list[Row]:
    """Keep the rows whose fields have the values of the query; parameters that no row has are left out of account.

    Args:
        rows: as they are shown.
        request: with the query.
        ignore: parameters that are no filters.
    """
    wanted: dict[str, list[str]] = {}
    for name, value in request.query:
        if name not in PAGING and name not in ignore:
            wanted.setdefault(name, []).append(value)
    for name, values in wanted.items():
        rows = [r for r in rows if name not in r or matches(r[name], values)]
    return list(rows)


def ordered(rows: Sequence[Row], request: Request, default: str = "id") -> list[Row]:
    """Sort as asked.

    Args:
        rows: as they are shown.
        request: ``sort_key`` and ``sort_dir`` in pairs, or ``sort=key:dir,key:dir``.
        default: the last key, so that pages are stable.
    """
    keys = [v for k, v in request.query if k == "sort_key"]
    ways = [v for k, v in request.query if k == "sort_dir"]
    for item in (request.first("sort") or "").split(","):
        if item:
            key, _, way = item.partition(":")
            keys.append(key)
            ways.append(way)
    out = sorted(rows, key=lambda r: str(r.get(default)))
    for position, key in reversed(list(enumerate(keys))):
        down = position < len(ways) and ways[position] == "desc"
        out.sort(key=lambda r, key=key: (r.get(key) is not None, str(r.get(key))), reverse=down)  # type: ignore[misc]
    return out


def paged(
    rows: Sequence[Row], request: Request, *, most: int | None = None, key: str = "id", bad: Refused | None = None
) -> tuple[list[Row], str | None]:
    """Cut one page.

    Args:
        rows: sorted.
        request: ``limit`` and ``marker``.
        most: the service's own limit.
        key: field that markers hold.
        bad: the answer to a marker that is not there.

    Returns:
        The page, and the marker of the next one if there is more.

    Raises:
        Refused: the marker is unknown.
    """
    out = list(rows)
    marker = request.first("marker")
    if marker:
        position = next((i for i, r in enumerate(out) if str(r.get(key)) == marker), None)
        if position is None:
            raise bad or Refused(400, {"badRequest": {"code": 400, "message": f"marker [{marker}] not found"}})
        out = out[position + 1 :]
    text = request.first("limit")
    limit = int(text) if text and text.isdigit() and int(text) else None
    size = min(x for x in (limit, most, len(out) + 1) if x is not None)
    if len(out) > size:
        return out[:size], str(out[size - 1][key])
    return out, None


def check_page(request: Request, sortable: Collection[str], refuse: Callable[[str], Refused]) -> None:
    """Refuse a page that cannot be given.

    Args:
        request: with the query.
        sortable: names of fields that it can be sorted by; any if empty.
        refuse: makes a refusal of a sentence.

    Raises:
        Refused: as the service says it.
    """
    limit = request.first("limit") or "0"
    if not limit.isdigit():
        raise refuse(f"Invalid input for query parameters limit. Value: {limit}. It must be an integer 0 or greater.")
    keys = [v for k, v in request.query if k == "sort_key"]
    keys += [item.partition(":")[0] for item in (request.first("sort") or "").split(",") if item]
    for key in keys:
        if sortable and key not in sortable:
            raise refuse(f"Invalid input received: Invalid sort key: {key}")


def next_link(request: Request, marker: str) -> str:
    """Give the address of the next page."""
    query = [(k, v) for k, v in request.query if k != "marker"] + [("marker", marker)]
    return f"{request.root}{request.path}?{urlencode(query)}"
