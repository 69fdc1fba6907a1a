"""Paging: a path in, all rows of a list out, whichever way the service goes on to the next page.

Nova, Cinder, Neutron and Octavia give ``<key>_links``, Glance gives ``next``, Nova's server groups give nothing and take an offset,
Neutron's RBAC policies come all at once.
Only the query of a link is used: its host and scheme are often wrong behind a proxy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tfclean.cloud.transport import ListFailed, Transport
from tfclean.kinds.base import Kind, Row

PAGE = 1000
"""How many rows are asked for at once; services cut it down to what they allow."""


SHORT = 100
"""A page of fewer rows than this is the last one, where pages go by offset: no service cuts pages down so far."""


def rows_at(transport: Transport, kind: Kind, path: str, query: list[tuple[str, str]], page: int = PAGE) -> list[Row]:
    """Give all rows of a list.

    Args:
        transport: the services.
        kind: kind of the rows: its service, and under which key they stand.
        path: below the service's endpoint.
        query: filters, sent with the first page; later pages are asked for as the service says.
        page: rows per page.

    Raises:
        ListFailed: a page did not come, holds no list, or the pages go in a circle.
        CredentialsError: the cloud does not know us any more.
    """
    key = kind.listing.key
    rows: list[Row] = []
    asked: set[tuple[tuple[str, str], ...]] = set()
    question: list[tuple[str, str]] | None = [*query, ("limit", str(page))]
    while question is not None:
        if tuple(question) in asked:
            raise ListFailed(f"the pages of {path} go in a circle")
        asked.add(tuple(question))
        body = transport.get(kind.service, path, question)
        found = body.get(key)
        if not isinstance(found, list):
            raise ListFailed(f"the answer to {path} has no list {key}")
        rows += found
        if kind.listing.offset:
            question = [*query, ("limit", str(page)), ("offset", str(len(rows)))] if len(found) >= min(page, SHORT) else None
        else:
            question = _next(body, key, query)
    return rows


def _next(body: Mapping[str, Any], key: str, query: list[tuple[str, str]]) -> list[tuple[str, str]] | None:
    links = [link.get("href") for link in body.get(f"{key}_links") or () if link.get("rel") == "next"]
    link = links[0] if links else body.get("next")
    return _query(str(link), query) if link and body[key] else None


def _query(link: str, query: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Take the question out of a link; filters that the service forgot in it are put back."""
    found = parse_qsl(urlsplit(link).query, keep_blank_values=True)
    names = {name for name, _ in found}
    return [*(pair for pair in query if pair[0] not in names), *found]
