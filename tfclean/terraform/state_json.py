"""``terraform show -json`` of a state: bytes in, `Reading` out. It has neither serial nor lineage (facts A3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tfclean.model import Claim, Gap, GapKind, Source, SourceKind, Tense
from tfclean.terraform.addresses import parse
from tfclean.terraform.changes import id_of
from tfclean.terraform.problems import Problems
from tfclean.terraform.reading import Reading
from tfclean.terraform.recognise import Data, Form, Recognition, recognise
from tfclean.terraform.secrets import Sieve
from tfclean.terraform.shown import marked

_TOO_DEEP = "is nested too deeply to be a state"


def read(data: Data, path: str, *, present: bool = True, known: Recognition | None = None) -> Reading:
    """Read the shown state.

    Args:
        data: the whole content.
        path: the file as the user knows it, for messages.
        present: what `Claim.present` shall be.
        known: what `recognise` said of `data`, so that it is not parsed again.

    Returns:
        One claim for each object. Broken content gives gaps, and `whole` is False: nothing is raised.
    """
    found = known or recognise(data)
    source = Source(SourceKind.STATE_JSON, path)
    if found.form is not Form.STATE_JSON or not isinstance(found.document, dict):
        detail = found.problem or f"it is {found.form.value}"
        reason = f"{path} cannot be read as `show -json` of a state, {detail}: write it again with `terraform show -json`."
        return Reading(source, gaps=(Gap(GapKind.UNREADABLE, path, reason),), whole=False, is_state=True)
    problems = Problems(path)
    try:
        claims = tuple(claims_of_values(found.document.get("values"), source, problems, Sieve(), present=present))
    except RecursionError:
        claims = ()
        problems.add("values", _TOO_DEEP)
    gaps = problems.gaps()
    return Reading(source, claims, gaps, whole=not gaps, is_state=True)


def claims_of_values(values: Any, source: Source, problems: Problems, sieve: Sieve, *, present: bool) -> Iterator[Claim]:
    """Give the claims of the ``values`` of a shown state, which a shown plan holds too, as ``prior_state``.

    Args:
        values: ``{outputs, root_module}``; None means that there is no state.
        source: where it stands.
        problems: takes what cannot be read.
        sieve: of the document; withholds secrets.
        present: what `Claim.present` shall be.
    """
    if values is None:
        return
    root = values.get("root_module") if isinstance(values, dict) else values
    if root is None:
        return
    waiting: list[tuple[Any, str]] = [(root, "values.root_module")]
    while waiting:
        module, place = waiting.pop()
        if not isinstance(module, dict):
            problems.add(place, "is no object")
            continue
        for at, resource in enumerate(_list(module, "resources", place, problems)):
            claim = _claim(resource, f"{place}.resources[{at}]", source, problems, sieve, present=present)
            if claim:
                yield claim
        children = [(child, f"{place}.child_modules[{at}]") for at, child in enumerate(_list(module, "child_modules", place, problems))]
        waiting.extend(reversed(children))


def _list(module: Mapping[str, Any], name: str, place: str, problems: Problems) -> list[Any]:
    value = module.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        problems.add(f"{place}.{name}", "is no list")
        return []
    return value


def _claim(resource: Any, place: str, source: Source, problems: Problems, sieve: Sieve, *, present: bool) -> Claim | None:
    if not isinstance(resource, dict):
        problems.add(place, "is no object")
        return None
    values = resource.get("values")
    values = {} if values is None else values
    if not isinstance(values, dict):
        problems.add(place, "has values that are no object")
        return None
    try:
        address = parse(str(resource.get("address")))
    except ValueError:
        problems.add(place, f"has no valid address ({str(resource.get('address'))[:80]!r})")
        return None
    deposed = resource.get("deposed_key")
    if address.mode != "managed":
        tense = Tense.REFERENCED
    elif deposed:
        tense = Tense.DEPOSED
    else:
        tense = Tense.TAINTED if resource.get("tainted") is True else Tense.RECORDED
    attributes, sensitive = sieve.sift(address.type, values, marked(resource.get("sensitive_values")))
    depends_on = resource.get("depends_on")
    return Claim(
        address=str(address),
        type=address.type,
        tense=tense,
        source=source,
        id=id_of(values),
        attributes=attributes,
        sensitive=sensitive,
        dependencies=tuple(str(item) for item in depends_on) if isinstance(depends_on, list) else (),
        deposed=deposed if isinstance(deposed, str) and deposed else None,
        present=present,
    )
