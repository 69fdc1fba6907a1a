"""Saved plans: bytes in, the `Reading` of the plan and of the older states inside it out.

A saved plan is a zip (facts A4). ``terraform show`` needs the providers and exactly the version that wrote it; this reader needs neither.
The zip may come from anywhere, so members, sizes and ratios are bounded, and only members that are needed are unpacked.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib

from tfclean.model import Claim, Gap, GapKind, Source, SourceKind, Variable
from tfclean.terraform import state
from tfclean.terraform.changes import claims_of
from tfclean.terraform.config.modules import SUFFIXES
from tfclean.terraform.config.packed import FOLDER, MANIFEST, Packed
from tfclean.terraform.plan_message import VERSION, read_message
from tfclean.terraform.plan_variables import variable
from tfclean.terraform.problems import Problems
from tfclean.terraform.reading import Reading
from tfclean.terraform.recognise import Data, Form, Recognition, recognise
from tfclean.terraform.secrets import Sieve

STATES = ("tfstate", "tfstate-prev")
"""Members that are states: as refreshed for the plan, and as stored before."""

_MEMBERS = 20_000
_LARGEST = 512 * 1024 * 1024
_LARGEST_SOURCE = 2 * 1024 * 1024
# deflate cannot do better than 1032; states of many equal objects come to about 50
_RATIO, _RATIO_MATTERS = 250, 16 * 1024 * 1024
_ROOT = "tfconfig/m-/"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, KeyError, OverflowError)
_BLOCK = re.compile(
    r'^[ \t]*(?:variable[ \t]+"?(?P<variable>[^"\s{]+)"?|(?:output|resource|data|ephemeral|module|provider|check)[ \t]+"[^\n{]*|'
    r"locals|terraform|moved|removed|import)[ \t]*\{",
    re.MULTILINE,
)
_SENSITIVE = re.compile(r"\bsensitive[ \t]*=(?![ \t]*false\b)")
_REASONS = {
    Form.PLAN_LEGACY: "was saved by Terraform before 0.12, which is not read: give the log and the state of that run.",
    Form.PLAN_BOOKMARK: "only points to a plan that is kept by HCP Terraform: give that plan's JSON output.",
    Form.EMPTY: "is empty: the plan was not written; give the log of the run instead.",
}
_ENCRYPTED = "is encrypted by OpenTofu: give the output of `tofu show -json PLANFILE`, which is plain text."


def read(data: Data, path: str, *, known: Recognition | None = None) -> tuple[Reading, ...]:
    """Read a saved plan.

    Args:
        data: the whole content.
        path: the file as the user knows it, for messages.
        known: what `recognise` said of `data`.

    Returns:
        The reading of the plan, then one for each state inside, as old as the plan (never present). Claims of the plan are those that
        `plan_json.read` gives for ``show -json`` of it. Broken content gives gaps: nothing is raised.
    """
    found = known or recognise(data)
    source = Source(SourceKind.PLAN_FILE, path)
    if found.form is Form.ENCRYPTED:
        return (Reading(source, gaps=(Gap(GapKind.ENCRYPTED, path, f"{path} {_ENCRYPTED}"),), whole=False),)
    if found.form is not Form.PLAN_ZIP:
        return (_unreadable(source, _REASONS.get(found.form, f"is {found.form.value} and no saved plan: give the plan file itself.")),)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive, source)
    except _BROKEN as error:
        detail = str(error)[:120] or type(error).__name__
        return (_unreadable(source, f"is no whole zip file ({detail}): it was cut off or damaged; give another copy of it."),)


def _read(archive: zipfile.ZipFile, source: Source) -> tuple[Reading, ...]:
    _check(archive)
    names = set(archive.namelist())
    if "tfplan" not in names:
        return (_unreadable(source, "is a zip file without the member tfplan, so no saved plan: give the plan file itself."),)
    readings = [_plan(archive, source)]
    for name in STATES:
        if name in names:
            place = Source(source.kind, source.path, name)
            try:
                content = _unpack(archive, name, _LARGEST)
            except _BROKEN as error:
                readings.append(_unreadable(place, f"has the damaged member {name} ({str(error)[:120]}): give another copy of it."))
                continue
            readings.append(state.read(content, source.path, kind=source.kind, present=False, place=name))
    return tuple(readings)


def _plan(archive: zipfile.ZipFile, source: Source) -> Reading:
    try:
        content = _unpack(archive, "tfplan", _LARGEST)
    except _BROKEN as error:
        return _unreadable(source, f"has the damaged member tfplan ({str(error)[:120]}): give another copy of it.")
    problems = Problems(source.path, "what it says there is left out; give another copy of the plan, or its `show -json`")
    plan = read_message(content, problems)
    if plan.version != VERSION:
        problems.add("tfplan", f"has the format version {plan.version}, only {VERSION} is known")
    place, sieve = Source(source.kind, source.path, "tfplan"), Sieve()
    claims: list[Claim] = []
    try:
        for change in [*plan.changes, *plan.vanished]:
            claims += claims_of(change, place, sieve)
    except RecursionError:
        problems.add("tfplan", "is nested too deeply")
    declared = _declared(archive)
    variables: dict[str, Variable] = {}
    for name, value in plan.variables.items():
        # the message does not say which are sensitive: one whose declaration was not found is not told
        made = variable(name, value, given=True, sensitive=declared.get(name, True), source=source.path, sieve=sieve)
        if made:
            variables[name] = made
    gaps = problems.gaps()
    held = Packed(_sources(archive, _configured(archive)), source.path)
    return Reading(place, tuple(claims), gaps, variables=variables, first=plan.made, last=plan.made, whole=not gaps, configuration=held)


def _configured(archive: zipfile.ZipFile) -> list[str]:
    """Give the names of the members that are configuration, and of the list of modules."""
    return [name for name in archive.namelist() if name == MANIFEST or (name.startswith(FOLDER) and name.endswith(SUFFIXES))]


def _declared(archive: zipfile.ZipFile) -> dict[str, bool]:
    """Tell of each variable that the root module declares whether it is sensitive."""
    names = [name for name in archive.namelist() if name.startswith(_ROOT) and "/" not in name[len(_ROOT) :]]
    declared: dict[str, bool] = {}
    for name, text in _sources(archive, names).items():
        found = _declared_in_json(text) if name.endswith(".json") else _declared_in(text)
        for variable_name, sensitive in found:
            declared[variable_name] = sensitive or declared.get(variable_name, False)
    return declared


def _declared_in(text: str) -> list[tuple[str, bool]]:
    """Find declarations without parsing: a block is taken to reach to the next one, which can only withhold too much."""
    blocks = list(_BLOCK.finditer(text))
    ends = [*(block.start() for block in blocks[1:]), len(text)][: len(blocks)]
    return [
        (block["variable"], _SENSITIVE.search(text, block.end(), end) is not None)
        for block, end in zip(blocks, ends, strict=True)
        if block["variable"]
    ]


def _declared_in_json(text: str) -> list[tuple[str, bool]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return []
    blocks = document.get("variable") if isinstance(document, dict) else None
    out: list[tuple[str, bool]] = []
    for block in blocks if isinstance(blocks, list) else [blocks]:
        for name, body in block.items() if isinstance(block, dict) else ():
            bodies = body if isinstance(body, list) else [body]
            out.append((name, any(isinstance(one, dict) and one.get("sensitive") not in (None, False, "false") for one in bodies)))
    return out


def _sources(archive: zipfile.ZipFile, names: list[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    left = _LARGEST_SOURCE
    for name in names:
        try:
            content = _unpack(archive, name, left)
        except _BROKEN:
            continue
        left -= len(content)
        out[name] = content.decode("utf-8-sig", "replace")
    return out


def _check(archive: zipfile.ZipFile) -> None:
    if len(archive.infolist()) > _MEMBERS:
        raise zipfile.BadZipFile(f"more than {_MEMBERS} members")


def _unpack(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    member = archive.getinfo(name)
    size = member.file_size
    if size > limit or (size > _RATIO_MATTERS and size > _RATIO * max(1, member.compress_size)):
        raise zipfile.BadZipFile(f"{name} would unpack to {size} bytes")
    with archive.open(member) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise zipfile.BadZipFile(f"{name} unpacks to more than it says")
    return content


def _unreadable(source: Source, reason: str) -> Reading:
    is_state = source.place in STATES
    return Reading(source, gaps=(Gap(GapKind.UNREADABLE, source.path, f"{source.path} {reason}"),), whole=False, is_state=is_state)
