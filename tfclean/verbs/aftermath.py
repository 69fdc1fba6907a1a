"""A result in; the same with what remains for people to do, and what was used of quotas before and after, out.

Nothing here changes how a run ended, and nothing that fails here is an error.
"""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tfclean.cleanup.ports import Cloud, Counting
from tfclean.cleanup.work import called
from tfclean.errors import CloudError
from tfclean.kinds.commands import by_hand
from tfclean.kinds.registry import KINDS, noun
from tfclean.model import (
    ByHand,
    Finding,
    Footprint,
    Inventory,
    Judgement,
    Key,
    OutcomeKind,
    QuotaChange,
    Resource,
    Result,
    Usages,
    Verdict,
)

if TYPE_CHECKING:
    from tfclean.cleanup.proof import Judge

CUT_SHORT = frozenset({5, 130})
"""Exit codes of runs that go on some day: what is left of those is no matter for people yet."""


class Remembering:
    """Judges, and remembers what it said last.

    Args:
        judge: judges a fresh inventory by the evidence.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.last: Judgement | None = None

    def __call__(self, inventory: Inventory) -> Judgement:
        """Judge."""
        self.last = self._judge(inventory)
        return self.last


def usages(cloud: Cloud) -> Usages:
    """Ask what the project uses of its quotas; nothing, of a cloud that cannot tell."""
    return cloud.usages() if isinstance(cloud, Counting) else Usages()


def conclude(result: Result, cloud: Cloud, *, before: Usages, proof: Remembering | None = None) -> Result:
    """Add to `result` what people want to know at its end.

    Args:
        result: how the run ended.
        cloud: where it ran.
        before: what was used of quotas when it began.
        proof: what judged the end by the evidence, if there was any.
    """
    if result.exit_code in CUT_SHORT:
        return result
    after = usages(cloud)
    judgement = proof.last if proof else None
    told = [*_locks(judgement), *_still_named(judgement), *_holders(result, cloud), *_unsure(result, judgement)]
    return replace(result, by_hand=tuple(told), quotas=changes(before, after), gaps=(*result.gaps, *after.gaps))


def changes(before: Usages, after: Usages) -> tuple[QuotaChange, ...]:
    """Give the quotas whose use changed, and those that are nearly used up."""
    first = {(u.service, u.name): u.used for u in before.of}
    found = (QuotaChange(u.service, u.name, first.get((u.service, u.name)), u.used, u.limit) for u in after.of)
    return tuple(c for c in found if c.near or c.before not in (None, c.after))


def _locks(judgement: Judgement | None) -> Iterator[ByHand]:
    """Tell of locks that a backend still holds; one of a local state ends with the process that held it."""
    footprint = judgement.footprint if judgement else Footprint()
    for lock in footprint.locks:
        if lock.remote and lock.id:
            since = f" since {lock.created:%Y-%m-%d %H:%M:%SZ}" if lock.created else ""
            what = f"{lock.path} is locked by {lock.who or 'somebody'}{since}; if that run is dead"
            yield ByHand(what, (f"{footprint.engine} force-unlock {shlex.quote(lock.id)}",))


def _still_named(judgement: Judgement | None) -> Iterator[ByHand]:
    """Tell what is gone and stands in the present state all the same."""
    if judgement is None:
        return
    footprint = judgement.footprint
    at: dict[str, list[Finding]] = defaultdict(list)
    for finding in judgement.findings.values():
        for address in finding.addresses:
            at[address].append(finding)
    present = {claim.address: claim.source.path for claim in footprint.claims if claim.present}
    files: dict[str, list[str]] = defaultdict(list)
    for address, path in present.items():
        # An instance that is there, or may be, must not be forgotten together with one of the same address that is not.
        if at[address] and all(f.verdict is Verdict.MISSING and "elsewhere" not in f.flags for f in at[address]):
            files[path].append(address)
    tool = footprint.engine
    for path, addresses in sorted(files.items()):
        one = len(addresses) == 1
        what = f"{len(addresses)} {'instance is' if one else 'instances are'} gone and still in the present state ({path})"
        commands = tuple(f"{tool} state rm {shlex.quote(address)}" for address in sorted(addresses))
        yield ByHand(what, commands, f"{tool} apply -refresh-only")


def _holders(result: Result, cloud: Cloud) -> Iterator[ByHand]:
    """Tell who holds what could not go, and what a person would do about that."""
    held: dict[Key, list[str]] = defaultdict(list)
    for outcome in result.outcomes:
        if outcome.outcome is OutcomeKind.BLOCKED:
            for blocker in outcome.blockers:
                held[blocker].append(called(outcome.target, outcome.name))
    steps = {o.target: o for o in result.outcomes}
    live = _looker(cloud)
    for blocker in sorted(held):
        own = steps.get(blocker)
        what = f"{held[blocker][0]}{f' and {len(held[blocker]) - 1} more' if len(held[blocker]) > 1 else ''}"
        if own is not None:
            if own.outcome is OutcomeKind.KEPT:
                yield ByHand(f"{called(blocker, own.name)} holds {what}, and is kept: {own.because}")
            continue
        resource = live(blocker)
        if resource is None:
            yield ByHand(f"{noun(blocker.kind)} {blocker.id} holds {what}, and this project cannot see it: ask the cloud's operator")
        else:
            yield _held(resource, what, cloud)


def _unsure(result: Result, judgement: Judgement | None) -> Iterator[ByHand]:
    """Tell how what only may be the job's would go."""
    findings = judgement.findings if judgement else {}
    kinds = Counter(k.target.kind for k in result.leftovers if (f := findings.get(k.target)) and f.verdict is Verdict.POSSIBLE)
    if kinds:
        told = " and ".join(KINDS[kind].many(count) for kind, count in sorted(kinds.items()))
        yield ByHand(f"{told} may be the job's: look; if they are, the same tfclean destroy with --include-possible deletes them")


def _held(resource: Resource, what: str, cloud: Cloud) -> ByHand:
    kind = KINDS[resource.kind]
    name = called(resource.key, resource.name)
    implied = kind.implied(resource) or kind.guard(resource)
    if resource.owner not in ("", cloud.project, cloud.user):
        return ByHand(f"{name} of project {resource.owner} holds {what}: ask that project's people, or the cloud's operator")
    if implied:
        return ByHand(f"{name} holds {what}, and is not to be deleted by hand: {implied}")
    command = by_hand(resource)
    return ByHand(f"{name} of this project holds {what}; if nobody needs it", (command,) if command else ())


def _looker(cloud: Cloud) -> Callable[[Key], Resource | None]:
    """Give what finds one live object, and lists each kind at most once."""
    lists: dict[str, dict[str, Resource]] = {}

    def find(key: Key) -> Resource | None:
        if key.kind not in KINDS:
            return None
        if key.kind not in lists:
            try:
                look = cloud.look(key.kind)
                lists[key.kind] = {r.id: r for r in look.resources} if look.gap is None else {}
            except CloudError:
                lists[key.kind] = {}
        return lists[key.kind].get(key.id)

    return find
