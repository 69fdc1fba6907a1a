"""A judgement in; what in the configuration, or beside it, would have made a `possible` object more than that, out. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tfclean.kinds.hints import carrier
from tfclean.kinds.registry import KINDS
from tfclean.model import Finding, Judgement, Key, Variable, Verdict

BEFORE = "before.json"
LIKELY = re.compile(r"cluster|job|run|build|pipeline|prefix|suffix|name|id", re.IGNORECASE)
"""Names of variables that tell one run from another."""
SHORTEST = 3
"""Shorter values stand in too many texts to prove anything."""
FALLBACK = "cluster_name"

_TYPE = re.compile(r"(?:^|\.)(openstack_\w+)\.")


@dataclass(frozen=True, slots=True)
class Hint:
    """What would have told some objects from those of others.

    Attributes:
        objects: the objects.
        text: what it is about, in a sentence that ends where `line` stands.
        line: what to write: a line of the configuration, or a command.
        type: Terraform type that the line is for; empty for a command.
        attribute: attribute that it sets; empty for a command.
    """

    objects: tuple[Key, ...]
    text: str
    line: str
    type: str = ""
    attribute: str = ""


def hints(judgement: Judgement) -> tuple[Hint, ...]:
    """Give one hint for each Terraform type whose creates may have made something that is only possible, and one for all of them."""
    possible = {key: f for key, f in judgement.findings.items() if f.verdict is Verdict.POSSIBLE}
    creates: dict[str, dict[str, None]] = defaultdict(dict)
    objects: dict[str, dict[Key, None]] = defaultdict(dict)
    for group in judgement.candidates:
        here = [key for key in group.resources if key in possible and key not in group.contradicted]
        for address in group.creates if here else ():
            found = _TYPE.search(address)
            if found:
                creates[found[1]][address] = None
                objects[found[1]].update(dict.fromkeys(here))
    out = [_written(judgement, type_, tuple(creates[type_]), tuple(objects[type_])) for type_ in creates]
    told = [hint for hint in out if hint is not None]
    return (*told, *_baseline(judgement, possible, objects))


def _written(judgement: Judgement, type_: str, addresses: tuple[str, ...], objects: tuple[Key, ...]) -> Hint | None:
    attribute = carrier(type_)
    if not attribute:
        return None
    names = {p.address: p.name for p in judgement.pending}
    name = next((names[a] for a in addresses if names.get(a)), "")
    variable, value = _variable(judgement.footprint.variables, name)
    what = _many(objects)
    if attribute == "name" and value and value in name:
        text = f'{what}: others bear "{value}" of var.{variable} too; a value of this run alone says whose they are; in {type_}:'
        return Hint(objects, text, f'name = "{_quoted(name).replace(_quoted(value), "${var.run_id}")}"', type_, attribute)
    mark = f"${{var.{variable}}}"
    line = {
        "name": f'name = "{mark}-{_quoted(name) if name and "*" not in name else "..."}"',
        "tags": f'tags = ["{mark}"]',
        "metadata": f'metadata = {{ run = "{mark}" }}',
    }.get(attribute, f'{attribute} = "{mark}"')
    given = "" if value else f", given for each run (-var {variable}=...)"
    lacks = "nothing on it says whose it is" if len(objects) == 1 else "nothing on them says whose they are"
    return Hint(objects, f"{what}: {lacks}; this in {type_} does{given}:", line, type_, attribute)


def _quoted(text: str) -> str:
    """Write a text as it stands between quotes in a configuration."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")


def _variable(variables: Mapping[str, Variable], name: str) -> tuple[str, str]:
    """Give a variable that was given for this run and its value: one that stands in `name`, else the likeliest."""
    given = {n: v.value.strip() for n, v in variables.items() if v.given and len(v.value.strip()) >= SHORTEST}
    line = sorted(given, key=lambda n: (given[n] not in name, LIKELY.search(n) is None, n))
    return (line[0], given[line[0]]) if line else (FALLBACK, "")


def _baseline(judgement: Judgement, possible: Mapping[Key, Finding], objects: Mapping[str, Mapping[Key, None]]) -> Iterator[Hint]:
    """Tell of the inventory that can be taken before a run, where there was none and it would have helped."""
    if judgement.baselined or not objects:
        return
    about = tuple(key for key in possible if any(key in those for those in objects.values()))
    only = "" if any(carrier(type_) for type_ in objects) else "no other evidence can tell these apart: "
    text = f"{_many(about)}: {only}an inventory from before the run says what was there already; with --baseline {BEFORE}, after:"
    yield Hint(about, text, f"tfclean inventory -o json={BEFORE}")


def _many(objects: tuple[Key, ...]) -> str:
    kinds = {key.kind for key in objects}
    kind = KINDS.get(next(iter(kinds))) if len(kinds) == 1 else None
    return kind.many(len(objects)) if kind else f"{len(objects)} objects"
