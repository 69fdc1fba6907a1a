"""``terraform show -json`` of a plan: bytes in, `Reading` out (facts A3).

Creates become planned claims with the attributes that are known, and the names of those that are not: the fingerprint by which an object
is found whose id was never recorded. Existing objects become recorded claims, ``prior_state`` the claims of an older state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfclean.model import Claim, Gap, GapKind, Source, SourceKind, Variable
from tfclean.terraform.addresses import parse
from tfclean.terraform.changes import Change, claims_of
from tfclean.terraform.config.shown import Shown
from tfclean.terraform.plan_variables import text_of_value, variable
from tfclean.terraform.problems import Problems
from tfclean.terraform.reading import Reading
from tfclean.terraform.recognise import Data, Form, Recognition, recognise
from tfclean.terraform.secrets import Sieve
from tfclean.terraform.shown import marked, moment
from tfclean.terraform.state_json import claims_of_values

PRIOR = "prior_state"
"""Place of the claims of the embedded older state."""


def read(data: Data, path: str, *, known: Recognition | None = None) -> Reading:
    """Read the shown plan; one that ended in errors is read like any other.

    Args:
        data: the whole content.
        path: the file as the user knows it, for messages.
        known: what `recognise` said of `data`, so that it is not parsed again.

    Returns:
        Claims of the changes, then those of the prior state (never present). Broken content gives gaps: nothing is raised.
    """
    found = known or recognise(data)
    source = Source(SourceKind.PLAN_JSON, path)
    if found.form is not Form.PLAN_JSON or not isinstance(found.document, dict):
        detail = found.problem or f"it is {found.form.value}"
        reason = f"{path} cannot be read as `show -json` of a plan, {detail}: write it again with `terraform show -json PLANFILE`."
        return Reading(source, gaps=(Gap(GapKind.UNREADABLE, path, reason),), whole=False)
    document, sieve, problems = found.document, Sieve(), Problems(path)
    claims: list[Claim] = []
    variables: Mapping[str, Variable] = {}
    try:
        claims += _changes(document, source, problems, sieve)
        prior = document.get("prior_state")
        if isinstance(prior, dict):
            place = Source(SourceKind.PLAN_JSON, path, PRIOR)
            claims += claims_of_values(prior.get("values"), place, problems, sieve, present=False)
        variables = _variables(document, path, sieve)
    except RecursionError:
        problems.add("it", "is nested too deeply to be a plan")
    made = moment(document.get("timestamp"))
    gaps = problems.gaps()
    held = Shown(document["configuration"], path) if isinstance(document.get("configuration"), dict) else None
    return Reading(source, tuple(claims), gaps, variables=variables, first=made, last=made, whole=not gaps, configuration=held)


def _changes(document: Mapping[str, Any], source: Source, problems: Problems, sieve: Sieve) -> list[Claim]:
    claims: list[Claim] = []
    for part in ("resource_changes", "resource_drift"):
        entries = document.get(part)
        if entries is None:
            continue
        if not isinstance(entries, list):
            problems.add(part, "is no list")
            continue
        for at, entry in enumerate(entries):
            place = f"{part}[{at}]"
            change = _change(entry, place, problems)
            # drift tells of ids that are nowhere else only where an object has vanished from the state
            if change and (part == "resource_changes" or change.actions == ("delete",)):
                claims += claims_of(change, Source(source.kind, source.path, place), sieve)
    return claims


def _change(entry: Any, place: str, problems: Problems) -> Change | None:
    body = entry.get("change") if isinstance(entry, dict) else None
    if not isinstance(body, dict):
        problems.add(place, "has no change")
        return None
    try:
        address = parse(str(entry.get("address")))
    except ValueError:
        problems.add(place, f"has no valid address ({str(entry.get('address'))[:80]!r})")
        return None
    before, after, actions = body.get("before"), body.get("after"), body.get("actions")
    if not (isinstance(before, dict | None) and isinstance(after, dict | None) and isinstance(actions, list)):
        problems.add(place, "has no valid actions, before or after")
        return None
    importing, deposed = body.get("importing"), entry.get("deposed")
    import_id = importing.get("id") if isinstance(importing, dict) else None
    return Change(
        address=address,
        actions=tuple(str(action) for action in actions),
        before=before,
        after=after,
        unknown=marked(body.get("after_unknown")),
        before_marked=marked(body.get("before_sensitive")),
        after_marked=marked(body.get("after_sensitive")),
        deposed=deposed if isinstance(deposed, str) and deposed else None,
        importing=isinstance(importing, dict),
        import_id=import_id if isinstance(import_id, str) and import_id else None,
        tainted=entry.get("action_reason") == "replace_because_tainted",
    )


def _variables(document: Mapping[str, Any], path: str, sieve: Sieve) -> dict[str, Variable]:
    declared: Any = document
    for step in ("configuration", "root_module", "variables"):
        declared = declared.get(step) if isinstance(declared, dict) else None
    values = document.get("variables")
    out: dict[str, Variable] = {}
    for name, entry in values.items() if isinstance(values, dict) else ():
        value = entry.get("value") if isinstance(entry, dict) else None
        block = declared.get(name) if isinstance(declared, dict) else None
        block = block if isinstance(block, dict) else {}
        # defaults are shown before they are converted: `false` for a text variable means "false"
        given = block.get("default") is None or text_of_value(block["default"]) != text_of_value(value)
        made = variable(name, value, given=given, sensitive=block.get("sensitive") is True, source=path, sieve=sieve)
        if made:
            out[name] = made
    return out
