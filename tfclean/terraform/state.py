"""Raw states, of Terraform from its first JSON to today and of OpenTofu: bytes in, `Reading` out.

Formats: facts A1, A2 and A4. One tolerant reader serves all since 0.12, for fields were only ever added; older ones are given that shape
first (`state_old`). An empty or cut-off state is the
gap "state lost", never "nothing exists". Work per instance is kept small: see ``benchmarks/read_state.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from tfclean.model import Claim, Gap, GapKind, Source, SourceKind, Tense
from tfclean.terraform.addresses import instance_address, is_module, is_name, key_suffix
from tfclean.terraform.flatmap import unflatten
from tfclean.terraform.problems import Problems
from tfclean.terraform.reading import Reading
from tfclean.terraform.recognise import Data, Form, Recognition, collector_paused, recognise, text_of, whole_characters
from tfclean.terraform.salvage import salvage
from tfclean.terraform.secrets import EVERYTHING, Sieve, unpad
from tfclean.terraform.state_old import upgrade

_SKIPPED = "OpenTofu's `skip_destroy`: its owner asked that it never be destroyed"
_UNREADABLE = {
    Form.STATE_TOO_NEW: "has the unknown format version {version}, only 1 to 4 are known: "
    "give the state of a known version, or a newer tfclean.",
}
_EMPTY = (
    "is empty: the state was lost (a killed run leaves it so); objects may exist that it does not list: "
    "give the log and the plan of the run too."
)
_ENCRYPTED = "is encrypted by OpenTofu: give the output of `tofu state pull`, which is plain text."


def read(
    data: Data, path: str, *, kind: SourceKind | None = None, present: bool = True, place: str = "", known: Recognition | None = None
) -> Reading:
    """Read a raw state.

    Args:
        data: the whole content.
        path: the file as the user knows it, for messages.
        kind: which trace it is; told from the file's name if not given.
        present: what `Claim.present` shall be: False for a state that is known to be older, as those inside a plan file are.
        place: where inside `path` it stands; the serial is added.
        known: what `recognise` said of `data`, so that it is not parsed again.

    Returns:
        One claim for each instance and deposed object. Broken content gives gaps, and `whole` is False: nothing is raised.
    """
    found = known or recognise(data)
    kind = kind or kind_of(path)
    source = Source(kind or kind_of(path), path, place)
    try:
        with collector_paused():
            if found.form is Form.STATE_V4:
                return _Document(found.document, source, present).reading()
            if found.form is Form.STATE_OLD:
                return _old(found.document, source, present).reading()
            if found.form is Form.CUT_OFF_STATE:
                text = text_of(data)
                return _rest(whole_characters(salvage(text), text), found.problem, source, present)
    except RecursionError:
        reason = f"{path} is nested too deeply to be a state: give the state as Terraform wrote it."
        return Reading(source, gaps=(Gap(GapKind.UNREADABLE, path, reason),), whole=False, is_state=True)
    return _none(found, source)


def kind_of(path: str) -> SourceKind:
    """Tell present states, backups and states that could not be sent apart by the names that Terraform gives them."""
    name = PurePath(path).name
    if name == "errored.tfstate":
        return SourceKind.ERRORED_STATE
    return SourceKind.BACKUP if name.endswith(".backup") else SourceKind.STATE


def _rest(rest: Mapping[str, Any], problem: str, source: Source, present: bool) -> Reading:
    """Read what is left of a state that is not whole."""
    reason = (
        f"{_subject(source)} is not whole, {problem}: a part of the state was lost (a killed run leaves it so), and objects may exist "
        "that it no longer lists: give the log, the plan and the backup of the run too."
    )
    lost = Gap(GapKind.STATE_LOST, source.path, reason)
    version = rest.get("version")
    if type(version) is not int or not 1 <= version <= 4:
        return Reading(source, gaps=(lost,), whole=False, is_state=True)
    return (_Document(rest, source, present) if version == 4 else _old(rest, source, present)).reading(lost)


def _old(document: Mapping[str, Any], source: Source, present: bool) -> _Document:
    problems = Problems(source.path)
    upgraded = upgrade(document, problems)
    return _Document(upgraded.document, source, present, problems, upgraded.places)


def _none(found: Recognition, source: Source) -> Reading:
    """Say why there is nothing to read."""
    document = found.document if isinstance(found.document, dict) else {}
    kind = GapKind.UNREADABLE
    if found.form is Form.EMPTY:
        kind, reason = GapKind.STATE_LOST, _EMPTY
    elif found.form is Form.ENCRYPTED:
        kind, reason = GapKind.ENCRYPTED, _ENCRYPTED
    elif found.form in _UNREADABLE:
        reason = _UNREADABLE[found.form].format(version=repr(document.get("version"))[:20])
    else:
        detail = f" ({found.problem})" if found.problem else ""
        reason = f"is {found.form.value} and no state{detail}: give the state itself."
    serial, lineage = document.get("serial"), document.get("lineage")
    return Reading(
        source,
        gaps=(Gap(kind, source.path, f"{_subject(source)} {reason}"),),
        # an encrypted state tells these two in clear
        serial=serial if type(serial) is int else None,
        lineage=lineage if isinstance(lineage, str) and lineage else None,
        whole=False,
        is_state=True,
    )


def _subject(source: Source) -> str:
    return f"{source.path} ({source.place})" if source.place else source.path


class _Document:
    """One parsed state on its way to claims."""

    def __init__(
        self,
        document: Mapping[str, Any],
        source: Source,
        present: bool,
        problems: Problems | None = None,
        places: Sequence[str] = (),
    ) -> None:
        serial, lineage = document.get("serial"), document.get("lineage")
        self.serial = serial if type(serial) is int else None
        self.lineage = lineage if isinstance(lineage, str) and lineage else None
        place = source.place
        if self.serial is not None:
            place = f"{place}, serial {self.serial}" if place else f"serial {self.serial}"
        self.source = Source(source.kind, source.path, place)
        self.present = present
        self.resources = document.get("resources")
        self.places = places
        self.problems = problems or Problems(source.path)
        self.claims: list[Claim] = []
        self.modules: dict[str, bool] = {}
        self.sieve = Sieve()

    def reading(self, lost: Gap | None = None) -> Reading:
        """Read all resources; `lost` is the gap of a state that is not whole."""
        if isinstance(self.resources, list):
            for at, resource in enumerate(self.resources):
                self._resource(resource, self.places[at] if self.places else f"resources[{at}]")
        elif self.resources is not None:
            self.problems.add("resources", "is no list")
        gaps = self.problems.gaps()
        return Reading(
            self.source,
            tuple(self.claims),
            (lost, *gaps) if lost else gaps,
            lineage=self.lineage,
            serial=self.serial,
            whole=not lost and not gaps,
            is_state=True,
        )

    def _resource(self, resource: Any, place: str) -> None:
        if not isinstance(resource, dict):
            self.problems.add(place, "is no object")
            return
        module, mode, type_, name = (resource.get(field) for field in ("module", "mode", "type", "name"))
        module = "" if module is None else module
        if not (isinstance(module, str) and isinstance(type_, str) and isinstance(name, str)):
            self.problems.add(place, "has no valid module, type or name")
            return
        if mode not in ("managed", "data"):
            self.problems.add(place, f"has the unknown mode {str(mode)[:20]!r}")
            return
        base = instance_address(module, mode, type_, name)
        if module not in self.modules:
            self.modules[module] = is_module(module)
        if not (self.modules[module] and is_name(type_) and is_name(name)):
            self.problems.add(place, f"has no valid address ({base[:80]!r})")
            return
        instances = resource.get("instances")
        # a resource without instances is known and has no object
        if not isinstance(instances, list):
            if instances is not None:
                self.problems.add(place, "has instances that are no list")
            return
        for at, instance in enumerate(instances):
            self._instance(instance, base, type_, mode == "data", f"{place}.instances[{at}]")

    def _instance(self, instance: Any, base: str, type_: str, data_source: bool, place: str) -> None:
        if not isinstance(instance, dict):
            self.problems.add(place, "is no object")
            return
        get = instance.get
        key = get("index_key")
        if isinstance(key, float) and key.is_integer():
            key = int(key)
        if key is not None and type(key) is not int and type(key) is not str:
            self.problems.add(place, "has an index_key that is neither a number nor a text")
            return
        attributes = get("attributes")
        if attributes is None:
            attributes = unflatten(get("attributes_flat"))
        if not isinstance(attributes, dict):
            self.problems.add(place, "has attributes that are no object")
            return
        deposed, status = get("deposed"), get("status")
        if data_source:
            tense = Tense.REFERENCED
        elif deposed:
            tense = Tense.DEPOSED
        else:
            tense = Tense.TAINTED if status == "tainted" else Tense.RECORDED
        paths = get("sensitive_attributes")
        marked = marked_names(paths) if paths else ()
        kept, sensitive = self.sieve.sift(type_, attributes, marked)
        id_ = attributes.get("id")
        self.claims.append(
            Claim(
                base if key is None else base + key_suffix(key),
                type_,
                tense,
                self.source,
                unpad(id_) if isinstance(id_, str) and id_ else None,
                kept,
                sensitive,
                frozenset(),
                _dependencies(get("dependencies") or get("depends_on")),
                (),
                deposed if isinstance(deposed, str) and deposed else None,
                self.present,
                self.lineage,
                _SKIPPED if get("skip_destroy") else None,
            )
        )


def marked_names(paths: Any) -> set[str]:
    """Give the top-level attributes that ``sensitive_attributes`` marks, wholly or in part; what is not understood marks everything."""
    names: set[str] = set()
    for path in paths if isinstance(paths, list) else [None]:
        step = path[0] if isinstance(path, list) and path else None
        value = step.get("value") if isinstance(step, dict) else None
        if isinstance(value, dict):
            value = value.get("value")
        names.add(value if isinstance(value, str) else EVERYTHING)
    return names


def _dependencies(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if item.__class__ is str) if isinstance(value, list) else ()
