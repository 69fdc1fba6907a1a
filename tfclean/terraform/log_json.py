"""A machine log (``apply -json``) in, its reading out. The file is streamed and never held in memory.

Message types are those of ``internal/command/views/json`` in Terraform and OpenTofu; unknown ones are passed over, as their compatibility
promise asks. Creates carry no attributes here, but every line has its time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from tfclean.model import Claim, Gap, Source, SourceKind, Tense
from tfclean.terraform import state
from tfclean.terraform.encryption import Locked
from tfclean.terraform.log_lines import lines, moment
from tfclean.terraform.log_scan import Spot, scan
from tfclean.terraform.log_story import At, LogReading, Story
from tfclean.terraform.reading import Reading
from tfclean.terraform.recognise import Form, recognise, whole_characters

Unseal = Callable[[Mapping[str, Any]], bytes]
_PLANNED = {"create": Tense.PLANNED, "replace": Tense.PLANNED, "remove": Tense.FORGOTTEN, "import": Tense.IMPORTED}
_ENVELOPE = '"encrypted_data"'
_REFRESH = ("refresh_start", "refresh_complete")


def no_key(_: Mapping[str, Any]) -> bytes:
    """Open nothing."""
    raise Locked("the key is not known")


def read(stream: BinaryIO, path: str, unseal: Unseal = no_key) -> tuple[LogReading | Reading, ...]:
    """Read a machine log.

    Args:
        stream: open for reading bytes; read once, from where it stands.
        path: the log, as the user named it.
        unseal: opens a state that OpenTofu has encrypted, or raises `Locked`.

    Returns:
        The log, then every state that was dumped into it because it could be written nowhere.
    """
    story = Story(path, SourceKind.LOG_JSON)
    states: list[Reading] = []
    for line in lines(stream):
        states.extend(take(story, line.text, line.number, path, unseal))
    return (story.tell(), *states)


def take(story: Story, text: str, number: int, path: str, unseal: Unseal = no_key) -> tuple[Reading, ...]:
    """Take one line of a machine log.

    Args:
        story: where it is told.
        text: the line; anything but a whole message (a line that was cut off, or is none) is passed over.
        number: its place in the file.
        path: the log, as the user named it.
        unseal: as for `read`.

    Returns:
        The state that the line holds, if it holds one.
    """
    start = text.find("{")
    try:
        message = whole_characters(json.loads(text[start:]), text) if start >= 0 else None
    except (ValueError, RecursionError):
        return ()
    if not isinstance(message, dict) or "@message" not in message:
        return ()
    at = At(number, moment(str(message.get("@timestamp", ""))))
    kind = message.get("type")
    if kind == "version":
        story.run_over()
    if kind not in _REFRESH:
        # a refresh may begin the next run
        story.heard(at.time)
    if "state" in message:
        dump = message["state"]
        return dumped(dump if isinstance(dump, str) else json.dumps(dump), number, path, unseal)
    if kind == "change_summary" and _applied(message.get("changes")):
        story.run_over()
    elif kind == "diagnostic":
        _diagnostic(story, message.get("diagnostic"))
    elif kind == "planned_change":
        _planned(story, message.get("change"), number, path)
    elif isinstance(message.get("hook"), dict):
        _hook(story, str(kind), message["hook"], at)
    return ()


def dumped(text: str, number: int, path: str, unseal: Unseal = no_key) -> tuple[Reading, ...]:
    """Read a state that stands inside a log.

    Args:
        text: the state.
        number: line where it stands.
        path: the log, as the user named it.
        unseal: as for `read`.

    Returns:
        What it says, as an errored state, for it was written nowhere else; nothing if it is no state. Of one that OpenTofu has
        encrypted and that cannot be opened, that it is one, and why.
    """
    if '"lineage"' not in text or not ('"version"' in text or _ENVELOPE in text):
        return ()
    data = text.encode("utf-8", "replace")
    why = ""
    if _ENVELOPE in text:
        known = recognise(data)
        try:
            data = unseal(known.document) if known.form is Form.ENCRYPTED and isinstance(known.document, dict) else data
        except Locked as error:
            why = f"by OpenTofu and was not opened ({error})"
    told = state.read(data, path, kind=SourceKind.ERRORED_STATE, place=f"line {number}")
    return (told.because("by OpenTofu", why) if why else told,)


def is_envelope(text: str) -> bool:
    """Tell whether a line is an encrypted state as OpenTofu prints it, all in one.

    Args:
        text: the line.
    """
    return text.startswith('{"') and _ENVELOPE in text


def with_gaps(told: LogReading, gaps: tuple[Gap, ...]) -> LogReading:
    """Give the same reading with more gaps.

    Args:
        told: the reading.
        gaps: what could not be read.
    """
    return replace(told, gaps=told.gaps + gaps)


def _applied(changes: Any) -> bool:
    """Tell a summary at the end of a run from that of a plan."""
    return isinstance(changes, dict) and changes.get("operation") in ("apply", "destroy")


def _spot(resource: Any) -> Spot | None:
    if not isinstance(resource, dict) or not isinstance(resource.get("addr"), str):
        return None
    found = scan(resource["addr"])
    return found[0] if found and found[1] == len(resource["addr"]) else None


def _seconds(hook: dict[str, Any]) -> float:
    elapsed = hook.get("elapsed_seconds")
    return min(max(float(elapsed), 0.0), 7 * 86400.0) if isinstance(elapsed, int | float) else 0.0


def _hook(story: Story, kind: str, hook: dict[str, Any], at: At) -> None:
    spot = _spot(hook.get("resource"))
    if spot is None:
        return
    # `id_value` is the attribute `name` where there is no `id`, and then names nothing
    id_ = hook.get("id_value") if hook.get("id_key") == "id" and isinstance(hook.get("id_value"), str) else None
    action = hook.get("action")
    if kind in _REFRESH:
        story.refreshed(spot, id_, at)
    elif kind == "apply_progress":
        story.goes_on(spot, _seconds(hook), at)
    elif kind == "apply_start":
        _start(story, action, spot, id_, at)
    elif kind == "apply_complete":
        if action == "create":
            story.created(spot, id_, _seconds(hook), at)
        elif action == "delete":
            story.destroyed(spot, _seconds(hook), at)
        else:
            story.exists(spot, id_, at, Tense.IMPORTED if action == "import" else Tense.RECORDED)


def _start(story: Story, action: Any, spot: Spot, id_: str | None, at: At) -> None:
    if action == "create":
        story.create(spot, at)
    elif action == "delete":
        story.destroy(spot, id_, at)
    else:
        story.exists(spot, id_, at)


def _planned(story: Story, change: Any, number: int, path: str) -> None:
    if not isinstance(change, dict):
        return
    spot = _spot(change.get("resource"))
    tense = _PLANNED.get(str(change.get("action")))
    if spot is None or spot.mode != "managed":
        return
    source = Source(SourceKind.LOG_JSON, path, f"line {number}")
    importing = change.get("importing")
    if isinstance(importing, dict) and isinstance(importing.get("id"), str):
        story.plan(Claim(spot.address, spot.type, Tense.IMPORTED, source, importing["id"]))
    if tense in (Tense.PLANNED, Tense.FORGOTTEN):
        story.plan(Claim(spot.address, spot.type, tense, source))


def _diagnostic(story: Story, diagnostic: Any) -> None:
    if not isinstance(diagnostic, dict) or diagnostic.get("severity") != "error" or not isinstance(diagnostic.get("address"), str):
        return
    found = scan(diagnostic["address"])
    if found:
        story.failed(found[0].address, [str(diagnostic.get("summary", "")), str(diagnostic.get("detail", ""))])
