"""Paths and a cloud in; what is fine, what is not, and what to do about it out. Changes nothing, and no trouble of the cloud's raises."""
# ruff: noqa: PLC0415 - ``import tfclean`` costs next to nothing because of it

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from tfclean.errors import CloudError, CredentialsError, Unreachable
from tfclean.model import Check, Checkup, Gap, GapKind, Inventory, Mark, Offered, Standing
from tfclean.verbs.asking import everything
from tfclean.verbs.carrying import JOURNALS
from tfclean.verbs.options import DiffOptions, LookOptions, Paths
from tfclean.verbs.workplace import evidence, journals, many, others, rules, versions

if TYPE_CHECKING:
    from tfclean.cleanup.ports import Cloud

SOON = 600
"""Seconds that a token should still last."""
READERS = frozenset({"reader"})
"""Roles that let see and not change (Keystone's default roles, since Rocky)."""
TOLERANCE = 2.0
"""Seconds by which clocks may differ: see `tfclean.model.Horizon`."""


def doctor(paths: Paths = ".", *, cloud: str | Mapping[str, Any] | Cloud | None = None, **options: Unpack[DiffOptions]) -> Checkup:
    """Examine all that a destroy would need: cheap and local things first.

    Args:
        paths: as for `read`.
        cloud: where to look; of a connection that is already there, only lists are examined.
        **options: see `EvidenceOptions` and `LookOptions`.

    Returns:
        What was found. Trouble with files or with the cloud is among it, and raises nothing.
    """
    checks = [*versions(), *rules(options), *evidence(paths, options), *others(options), *journals(Path(JOURNALS))]
    if "on_list" in options:
        options["on_list"](0, 0)
    found, standing, trouble = _enter(cloud)
    checks += trouble
    if standing is not None:
        checks += [*_token(standing), *_clock(standing)]
    inventory, more = _listed(found, standing, options)
    checks += more
    place = inventory or Inventory()
    return Checkup(tuple(checks), place.cloud, place.project, place.region)


def _enter(cloud: str | Mapping[str, Any] | Cloud | None) -> tuple[Cloud | None, Standing | None, list[Check]]:
    """Log in, or say why not."""
    if cloud is not None and not isinstance(cloud, str | Mapping):
        return cloud, None, []
    from tfclean.cloud.examination import examine

    subject = "credentials"
    try:
        found, standing = examine(**({"cloud": cloud} if isinstance(cloud, str) else dict(cloud or {})))
    except CredentialsError as error:
        advice = "correct the credentials in clouds.yaml or OS_*"
        return None, None, [Check(subject, Mark.FAIL, str(error), advice, 3)]
    except Unreachable as error:
        return None, None, [Check("network", Mark.FAIL, str(error), "see that the identity service can be reached from here", 3)]
    except CloudError as error:
        return None, None, [Check("catalog", Mark.FAIL, str(error), "check the region and the interface", 3)]
    return found, standing, []


def _token(standing: Standing) -> Iterator[Check]:
    token = standing.token
    by = f" by application credential {token.credential}" if token.credential else ""
    yield Check("credentials", Mark.OK, f"user {token.user} in project {token.project}{by}")
    if token.expires is not None:
        left = (token.expires - datetime.now(UTC)).total_seconds()
        if left < SOON:
            text = f"the token ends in {max(left, 0):.0f} s; what made it may not be able to renew it"
            yield Check("credentials", Mark.WARN, text, "log in anew before a long run", 1)
    roles = f"roles {', '.join(token.roles) or 'none'}"
    if frozenset(token.roles) <= READERS:
        yield Check("permissions", Mark.WARN, f"{roles}: it may look, and not delete", "use credentials with the role member to delete", 1)
    else:
        yield Check("permissions", Mark.OK, f"{roles}; whether a policy refuses a deletion, OpenStack tells only when it is asked")
    for kinds, what in ((token.unlistable, "list"), (token.undeletable, "delete")):
        if kinds:
            text = f"the access rules of the application credential do not let it {what} {_some(kinds)}"
            yield Check("permissions", Mark.WARN, text, f"give the application credential rules to {what} them, or use another one", 1)


def _clock(standing: Standing) -> Iterator[Check]:
    ahead = standing.ahead
    if ahead is None:
        yield Check("clock", Mark.NOTE, "no service says what time it is there")
    elif ahead.least > TOLERANCE or ahead.most < -TOLERANCE:
        by = ahead.least if ahead.least > 0 else -ahead.most
        text = f"OpenStack's clock is at least {by:.0f} s {'ahead of' if ahead.least > 0 else 'behind'} ours"
        yield Check("clock", Mark.WARN, f"{text}: what was made in a run is told by its time", "set the clock (NTP) here or there", 1)
    else:
        yield Check("clock", Mark.OK, f"within {TOLERANCE:.0f} s of OpenStack's, as far as one answer tells")


def _listed(found: Cloud | None, standing: Standing | None, options: LookOptions) -> tuple[Inventory | None, list[Check]]:
    """List everything, as a diff would."""
    if found is None:
        return None, []
    try:
        inventory = everything(found, options)
    except CloudError as error:
        return None, [Check("catalog", Mark.FAIL, str(error), "see that the services can be reached from here", 3)]
    checks = [Check("services", Mark.OK, ", ".join(map(_named, standing.offered)))] if standing else []
    objects, kinds = many(len(inventory.resources), "object"), many(len(inventory.listed), "kind")
    checks.append(Check("lists", Mark.OK, f"{objects} of {kinds} in {many(inventory.calls, 'request')}"))
    return inventory, [*checks, *map(_missing, inventory.gaps)]


def _named(offered: Offered) -> str:
    release = f"v{offered.release}" if offered.release else ""
    return " ".join(part for part in (offered.service, release, offered.microversion) if part)


def _missing(gap: Gap) -> Check:
    if gap.kind is not GapKind.NOT_LISTED:
        return Check("services", Mark.NOTE, f"{gap.subject}: {gap.reason}")
    advice = "what cannot be listed can hide what is the job's, and holds back what depends on it: mend the service or the permission"
    return Check("lists", Mark.FAIL, f"{gap.subject}: {gap.reason}", advice, 3)


def _some(kinds: tuple[str, ...]) -> str:
    from tfclean.kinds.registry import KINDS

    names = [KINDS[kind].many(2).partition(" ")[2] for kind in kinds]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
