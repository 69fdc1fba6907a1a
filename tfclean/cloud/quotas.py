"""A transport and a scope in, what the project uses of its quotas out: one request per service, side by side, none of them twice.

They are told beside a result and decide nothing, so whatever fails is a gap and never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from tfclean.cloud.inventory import Pool, Scope, threads
from tfclean.cloud.transport import Lost, Transport
from tfclean.cloud.wording import answer_text
from tfclean.errors import CloudError
from tfclean.kinds.quotas import SHEETS, Sheet
from tfclean.model import Gap, GapKind, Look, Usage, Usages


def take(transport: Transport, scope: Scope, count: Callable[[str], Look], *, pool: Pool = threads) -> Usages:
    """Ask what is used.

    Args:
        transport: the services; those that are not there are passed over.
        scope: whose quotas.
        count: lists a kind, for services that tell limits only.
        pool: what asks at the same time.
    """
    sheets = [sheet for sheet in SHEETS if sheet.service in transport.services]
    if not sheets:
        return Usages()
    workers = pool(len(sheets))
    try:
        told = list(workers.map(lambda sheet: _asked(transport, scope, sheet, count), sheets))
    finally:
        workers.shutdown(wait=True, cancel_futures=True)
    return Usages(
        tuple(usage for found in told if not isinstance(found, Gap) for usage in found),
        tuple(found for found in told if isinstance(found, Gap)),
    )


def _asked(transport: Transport, scope: Scope, sheet: Sheet, count: Callable[[str], Look]) -> tuple[Usage, ...] | Gap:
    try:
        answer = transport.send(sheet.service, "GET", sheet.path.replace("{project}", scope.project), params=list(sheet.query))
        if not answer.ok:
            return _gap(sheet, f"HTTP {answer.status_code}: {answer_text(answer)}")
        body = answer.json()
    except (Lost, CloudError, ValueError) as error:
        return _gap(sheet, str(error) or "no answer")
    rows = body.get(sheet.key) if isinstance(body, Mapping) else None
    if not isinstance(rows, Mapping):
        return _gap(sheet, f"the answer holds no {sheet.key}")
    out = []
    for name, words in sheet.names.items():
        usage = _usage(sheet, name, words, rows.get(name), count)
        if usage is not None:
            out.append(usage)
    return tuple(out)


def _usage(sheet: Sheet, name: str, words: str, row: Any, count: Callable[[str], Look]) -> Usage | None:
    """Read one quota; None for one that the service does not have, or that says nothing."""
    if sheet.used:
        used, limit = (row.get(sheet.used), row.get("limit")) if isinstance(row, Mapping) else (None, None)
    else:
        listed = count(sheet.counted[name]) if _whole(row) else None
        used, limit = (len(listed.resources) if listed and listed.gap is None else None), row
    return Usage(sheet.service, words, used, limit if _whole(limit) else -1) if _whole(used) else None


def _whole(number: Any) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool)


def _gap(sheet: Sheet, reason: str) -> Gap:
    return Gap(GapKind.NOT_LISTED, f"{sheet.service} quotas", reason)
