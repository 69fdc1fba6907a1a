"""An inventory in, the text of `tfclean inventory` out."""

from __future__ import annotations

from tfclean.kinds.registry import KINDS, noun
from tfclean.model import Inventory
from tfclean.report.base import Context, Look
from tfclean.report.console.page import Page, Row
from tfclean.report.console.parts import gaps, header
from tfclean.report.text import many, moment, quantity


def write(page: Page, inventory: Inventory, context: Context, look: Look) -> None:
    """Write `inventory`: counts by kind; every object with its age on request."""
    header(page, context)
    page.gap()
    own = [r for r in inventory.resources.values() if not r.owner or r.owner in (inventory.project, inventory.user)]
    others = len(inventory.resources) - len(own)
    foreign = f", and {others} of others that touch it" if others else ""
    page.prose(f"{quantity(len(own), 'object')} in the project{foreign}; {quantity(inventory.calls, 'request')}.", "bold")
    kinds: dict[str, int] = {}
    for resource in inventory.resources.values():
        kinds[resource.kind] = kinds.get(resource.kind, 0) + 1
    for kind in sorted(kinds, key=lambda k: (-kinds[k], k)):
        if look.verbose:
            page.head(many(kind, kinds[kind]).capitalize())
            rows = [
                Row(" ", noun(kind), r.name, r.id, notes=tuple(n for n in (_told(r.status, moment(r.created_at)),) if n))
                for r in inventory.of(kind)
            ]
            page.rows(rows)
        else:
            page.line(f"{kinds[kind]:>6}  {KINDS[kind].many(kinds[kind]).partition(' ')[2] if kind in KINDS else kind}")
    gaps(page, inventory.gaps, verbose=look.verbose)


def _told(status: str, created: str) -> str:
    return ", ".join(p for p in (status, f"made {created}" if created else "") if p)
