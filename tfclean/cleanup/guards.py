"""What must never be deleted, whatever the evidence says. In: objects, an inventory, options. Out: a reason not to, or `Refused`.

The guards live in the library so that no caller can forget them: `make_plan` asks them, and `run` and `resume` ask them again
against the live cloud.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from functools import cache

from tfclean.cleanup.options import Options
from tfclean.errors import Refused
from tfclean.kinds.base import Kind
from tfclean.kinds.registry import KINDS
from tfclean.model import Action, EdgeType, GapKind, Inventory, Key, Plan, Resource


def forbidden(resource: Resource, *, project: str, user: str, options: Options, addresses: tuple[str, ...] = ()) -> str:
    """Say why no call may change or delete `resource`, or give the empty string.

    Args:
        resource: the live object.
        project: id of the connection's project.
        user: id of the connection's user.
        options: what the caller asked to keep.
        addresses: Terraform addresses that claim the object.
    """
    kind = KINDS[resource.kind]
    return (
        _strange_owner(kind, resource, project, user)
        or kind.guard(resource)
        or options.outside.get(resource.key, "")
        or options.keeping.reason(kind, resource, addresses)
        or options.kept(resource, addresses)
        or options.young(resource)
    )


def _strange_owner(kind: Kind, resource: Resource, project: str, user: str) -> str:
    # A declaration without an owner field says that the service itself lists only what is the caller's.
    if not kind.owner:
        return ""
    expected = user if kind.owned_by == "user" else project
    if not resource.owner:
        return f"its service does not say which {kind.owned_by} owns it"
    if not expected or resource.owner != expected:
        return f"it belongs to {kind.owned_by} {resource.owner}, and the connection is for {expected or 'nobody'}"
    return ""


@cache
def holders_of(kind: str) -> frozenset[str]:
    """Give the kinds whose objects can keep one of `kind` from being deleted."""
    out: dict[str, set[str]] = defaultdict(set)
    for name, declared in KINDS.items():
        for reference in declared.references:
            for other in reference.kinds:
                target, source = (name, other) if reference.reverse else (other, name)
                strict = reference.edge in (EdgeType.HOLDS, EdgeType.BREAKS, EdgeType.WARNS)
                # A cascade takes children with it that nobody has seen.
                if strict or (reference.edge is EdgeType.PART_OF and KINDS[target].cascade is not None):
                    out[target].add(source)
    return frozenset(out[kind])


def unseen_holders(kind: str, inventory: Inventory) -> str:
    """Say which kinds that could hold one of `kind` were not listed, or give the empty string."""
    absent = {gap.subject for gap in inventory.gaps if gap.kind is GapKind.NO_SERVICE}
    unseen = [
        KINDS[name].plural or KINDS[name].noun + "s"
        for name in sorted(holders_of(kind) - inventory.listed)
        if not KINDS[name].listing.named and name not in absent and KINDS[name].service not in absent
    ]
    return f"{' and '.join(unseen)} could not be listed, and one of them may hold it" if unseen else ""


def incomplete(inventory: Inventory) -> str:
    """Say what could not be listed, or give the empty string."""
    return "; ".join(f"{gap.subject}: {gap.reason}" for gap in inventory.gaps if gap.kind is GapKind.NOT_LISTED)


def check_limits(plan: Plan, inventory: Inventory, options: Options) -> None:
    """Refuse a plan that deletes too much.

    Args:
        plan: what is to be done.
        inventory: what is live.
        options: the limits.

    Raises:
        Refused: more objects, or a larger share of the project's, than allowed.
    """
    live = (s for s in plan.steps if s.target in inventory.resources)
    count = sum(step.action is not Action.WAIT and not KINDS[step.target.kind].tie for step in live)
    if options.max_deletions is not None and count > options.max_deletions:
        raise Refused(
            f"The plan deletes {count} objects, and at most {options.max_deletions} are allowed; raise --max-deletions if that is meant."
        )
    if options.max_share is None or not count:
        return
    total = max(_own(inventory.resources.values(), inventory), count)
    if count / total > options.max_share:
        raise Refused(
            f"The plan deletes {count} of the project's {total} objects ({count / total:.0%}), "
            f"and at most {options.max_share:.0%} are allowed; raise --max-share if that is meant."
        )


def _own(resources: Collection[Resource], inventory: Inventory) -> int:
    own = ("", inventory.project, inventory.user)
    whole = (r for r in resources if not KINDS[r.kind].tie and KINDS[r.kind].delete is not None and r.owner in own)
    return sum(not KINDS[r.kind].implied(r) and not KINDS[r.kind].guard(r) for r in whole)


def as_swept(plan: Plan, options: Options) -> Options:
    """Give the options by which a plan is carried out: what was young for a sweep stays young for all who take up its plan.

    A plan can only make them stricter.

    Raises:
        Refused: the plan is of a sweep, and does not say what was young.
    """
    said = plan.options.get("sweep")
    if said is None:
        return options
    try:
        before = datetime.fromisoformat(said["before"])
        dated = frozenset(Key(str(kind), str(id_)) for kind, id_ in said["dated"])
        return options.sweeping(before, dated if options.before is None else dated & options.dated)
    except (KeyError, TypeError, ValueError):
        raise Refused("The plan is of a sweep, and does not say what was young then: sweep again.") from None


def check_place(plan: Plan, *, project: str, region: str) -> None:
    """Refuse a plan that was made for another place.

    Raises:
        Refused: the connection is not for the plan's project or region.
    """
    if plan.project != project:
        raise Refused(f"The plan was made for project {plan.project or '(none)'}, and the connection is for {project or '(none)'}.")
    if plan.region and region and plan.region != region:
        raise Refused(f"The plan was made for region {plan.region}, and the connection is for {region}.")
