"""Creates of which no trace tells what came of them: in, their text for `tfclean diff` and `tfclean explain` out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from tfclean.model import Key, PendingCreate
from tfclean.report.console.page import Page
from tfclean.report.text import joined, many, moment, quantity, shorten, titled

MOST = 5
"""More creates than this are counted and not listed, unless verbose."""

Named = Callable[[Key], str]


def pending(
    page: Page, creates: Sequence[PendingCreate], named: Named, *, verbose: bool, told: Collection[str] = (), most: int = MOST
) -> None:
    """Write a list of pending creates: address, since when, what became of each as far as can be told, its candidates.

    Args:
        page: where.
        creates: what is told of them.
        named: gives the name of an object.
        verbose: tell all of them, and what was rejected.
        told: addresses of those that the report has told already what came of: they are only counted.
        most: how many are told; where that is fewer than usual, in one line each.
    """
    if not creates:
        return
    page.head(f"Pending creates ({len(creates)})", "no trace tells what came of them")
    open_ = [c for c in creates if verbose or c.address not in told]
    if len(open_) < len(creates):
        made = quantity(len(creates) - len(open_), "create")
        page.prose(f"{made} made, or may have made, what is listed above (-v tells)", "dim", 2)
    for create in open_ if verbose else open_[:most]:
        page.line(create.address, "", 2)
        what = f"{since(create)}; {outcome(create, named)}"
        page.prose(what if verbose or most >= MOST else shorten(what, page.width - 4), "dim", 4)
        if verbose:
            rejected(page, create, named, indent=4)
    if len(open_) > most and not verbose:
        page.prose(f"... and {quantity(len(open_) - most, 'more create', 'more creates')} (-v lists them)", "dim", 2)


def since(create: PendingCreate) -> str:
    """Say since when it is pending."""
    if create.since is not None:
        return f"started {moment(create.since)}"
    return "started, the log does not say when" if create.started else "planned, and no log says whether it started"


def outcome(create: PendingCreate, named: Named) -> str:
    """Say what became of it, as far as can be told."""
    if create.made is not None:
        return f"it made {titled(create.made, named(create.made))}"
    if not create.candidates:
        return "nothing that is live can have come of it"
    if len(create.candidates) == 1:
        return f"it may have made {titled(create.candidates[0], named(create.candidates[0]))}"
    told = [titled(key, named(key)) for key in create.candidates[:3]]
    rest = len(create.candidates) - len(told)
    return (
        f"it may have made one of {many(create.kind, len(create.candidates))}: {joined([*told, *([f'{rest} more'] if rest else [])], 'or')}"
    )


def rejected(page: Page, create: PendingCreate, named: Named, *, indent: int, but: Key | None = None) -> None:
    """Write what cannot have come of it, and why.

    Args:
        page: where.
        create: the create.
        named: gives the name of an object.
        indent: columns.
        but: an object that is told elsewhere.
    """
    for other in create.rejected:
        if other.key != but:
            page.prose(f"not {titled(other.key, named(other.key))}: {other.reason}", "dim", indent)
    if create.others:
        page.prose(f"nor {quantity(create.others, 'other')} that came less near", "dim", indent)


def concerning(page: Page, creates: Sequence[PendingCreate], key: Key, named: Named) -> None:
    """Write what the creates that were held against one object say of it, and what else they could have meant.

    Args:
        page: where.
        creates: those that made it, may have made it, or were rejected for it.
        key: the object.
        named: gives the name of an object.
    """
    if not creates:
        return
    page.head("Which create", "of those of which no trace tells what came of them")
    for create in creates:
        page.line(create.address, "", 2)
        against = next((r.reason for r in create.rejected if r.key == key), "")
        if create.made == key:
            page.prose(f"{since(create)}; it made this one, by all that is known", indent=4)
        elif against:
            page.prose(f"{since(create)}; it did not make this one: {against}", indent=4)
        else:
            others = len(create.candidates) - 1
            beside = f", or {'another' if others == 1 else f'one of {others} others'}, as good" if others else "; nothing else fits"
            page.prose(f"{since(create)}; it may have made this one{beside}", indent=4)
            for other in create.candidates:
                if other != key:
                    page.prose(f"as good: {titled(other, named(other))}", "dim", 4)
        if not against:
            rejected(page, create, named, indent=4, but=key)
