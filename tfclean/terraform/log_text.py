"""A text log of an apply or destroy, of Terraform or OpenTofu, in; its reading out. The file is streamed and never held in memory.

The lines are those of ``internal/command/views/hook_ui.go`` (1.x) and of 0.11, which wrote ``(ID: X)`` for ``[id=X]``. A create that failed
prints no line of its own: only the error block at the end tells of it.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from tfclean.model import Gap, GapKind, SourceKind, Tense
from tfclean.terraform import log_json
from tfclean.terraform.log_lines import LONGEST_LINE, Line, lines
from tfclean.terraform.log_scan import Spot, scan
from tfclean.terraform.log_story import At, LogReading, Story
from tfclean.terraform.reading import Reading
from tfclean.terraform.rendered_plan import RenderedPlan

_EVENT = re.compile(
    r": (?P<verb>Creating\.\.\.|Creation complete|Still creating\.\.\.|Modifying\.\.\.|Modifications complete|Still modifying\.\.\.|"
    r"Destroying\.\.\.|Destruction complete|Still destroying\.\.\.|Refreshing state\.\.\.|Refreshing\.\.\.|Refresh complete|"
    r"Reading\.\.\.|Read complete|Still reading\.\.\.|Preparing import\.\.\.|Importing\.\.\.|Import complete|Provisioning with)"
)
_ELAPSED = re.compile(r"(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?P<s>\d+)s(?= elapsed|\b)")
_ERROR = re.compile(r"\s*(?:Error|Warning): ")
_WITH = re.compile(r"\s*with (?=\S)")
_ON_BLOCK = re.compile(r'\s*on .+ line \d+, in resource "(?P<type>[^"]+)" "(?P<name>[^"]+)":')
_OLD_ERROR = re.compile(r"\s*\* (?=\S)")
_RUN_OVER = (
    *("Apply complete!", "Destroy complete!", "Apply cancelled.", "Destroy cancelled."),
    *("Initializing the backend", "Acquiring state lock", "An execution plan has been generated"),
    *(f"{tool} {does}" for tool in ("Terraform", "OpenTofu") for does in ("used the selected", "will perform the following")),
)
"""How lines begin by which a run ends or the next one begins."""

_CUT_OFF = re.compile(r"Job's log exceeded limit|The log was truncated|Log output truncated")
_DUMP_BEGIN = re.compile(r'\s+"(?:version|serial|lineage|meta)":')
_LONGEST_BLOCK, _LONGEST_TEXT = 400, 20_000
_LINE = 64
"""Bytes that a line takes in memory beside its text."""


def _id(rest: str) -> tuple[str | None, int]:
    """Find the id at the end of an event, and where its bracket begins; ids may hold brackets themselves."""
    rest = rest.rstrip()
    for opening, closing in (("[id=", "]"), ("(ID: ", ")")):
        at = rest.find(opening) if rest.endswith(closing) else -1
        if at >= 0:
            return rest[at + len(opening) : -1] or None, at
    return None, len(rest)


def _seconds(text: str) -> float:
    found = list(_ELAPSED.finditer(text))
    if not found:
        return 0.0
    match = found[-1]
    return min(int(match["h"] or 0) * 3600 + int(match["m"] or 0) * 60 + int(match["s"]), 7 * 86400)


class _Text:
    """The state of reading one text log."""

    def __init__(self, path: str, unseal: log_json.Unseal) -> None:
        self._unseal = unseal
        self.story = Story(path, SourceKind.LOG_TEXT)
        self._plan = RenderedPlan(path)
        self._path = path
        self._block: list[str] = []
        self._dump: list[str] = []
        self._dump_size = self._dump_at = 0
        self.states: list[Reading] = []
        self.cut_off = False

    def take(self, line: Line) -> None:
        text = line.text
        at = At(line.number, line.time)
        if line.mark is not None:
            self.story.marked(line.mark)
            return
        if text.startswith('{"@'):
            # CI steps mix: a job's log may hold `apply -json` between other lines.
            self.states.extend(log_json.take(self.story, text, line.number, self._path, self._unseal))
            return
        if log_json.is_envelope(text):
            self.states.extend(log_json.dumped(text, line.number, self._path, self._unseal))
            return
        if self._dumping(text, line.number):
            return
        claims = self._plan.feed(line)
        if claims is not None:
            self.story.heard(line.time)
            for claim in claims:
                self.story.plan(claim)
            return
        if _CUT_OFF.search(text):
            self.cut_off = True
        if text.startswith(_RUN_OVER):
            self.end_block()
            self.story.run_over()
        # Most lines of a job are others': two cheap looks spare the scanner.
        found = scan(text) if ": " in text and ("..." in text or " complete" in text) else None
        event = _EVENT.match(text, found[1]) if found else None
        if found and event:
            self.end_block()
            self._event(found[0], event["verb"], text[event.end() :], at)
        elif _ERROR.match(text):
            self.end_block()
            self._block = [text[:_LONGEST_TEXT]]
            self.story.heard(line.time)
        elif self._block and len(self._block) < _LONGEST_BLOCK:
            self._block.append(text[:_LONGEST_TEXT])

    def _event(self, spot: Spot, verb: str, rest: str, at: At) -> None:
        id_, end = _id(rest)
        if verb == "Creating...":
            self.story.create(spot, at)
        elif verb == "Creation complete":
            self.story.created(spot, id_, _seconds(rest[:end]), at)
        elif verb == "Destroying...":
            self.story.destroy(spot, id_, at)
        elif verb == "Destruction complete":
            self.story.destroyed(spot, _seconds(rest), at)
        elif verb.startswith("Still"):
            self.story.goes_on(spot, _seconds(rest), at)
        elif "mport" in verb:
            self.story.exists(spot, id_, at, Tense.IMPORTED)
        elif verb.startswith("Refreshing"):
            self.story.refreshed(spot, id_, at)
        else:
            self.story.exists(spot, id_, at)

    def _dumping(self, text: str, number: int) -> bool:
        """Collect a state that was printed because it could be written nowhere: indented JSON between braces that stand alone."""
        if not self._dump:
            if text != "{":
                return False
            self._dump, self._dump_size, self._dump_at = [text], 0, number
            return True
        if len(self._dump) == 1 and not _DUMP_BEGIN.match(text):
            self._dump = []
            return False
        if not text.startswith((" ", "\t", "}")):
            # It was cut off, and what follows is another's.
            self.end_dump()
            return False
        self._dump.append(text)
        self._dump_size += len(text) + _LINE
        if text == "}" or self._dump_size > LONGEST_LINE:
            self.end_dump()
        return True

    def end_dump(self) -> None:
        """Read the state that was printed, or the part of it that is there."""
        dump, self._dump = "\n".join(self._dump), []
        self.states.extend(log_json.dumped(dump, self._dump_at, self._path, self._unseal))

    def end_block(self) -> None:
        """Give the error block that has ended to the story."""
        block, self._block = self._block, []
        if not block or not block[0].lstrip().startswith("Error"):
            return
        for text in block:
            start = _WITH.match(text)
            found = scan(text, start.end()) if start else None
            if found and text.startswith(",", found[1]):
                self.story.failed(found[0].address, block)
                return
        for text in block:
            old = _OLD_ERROR.match(text)
            found = scan(text, old.end()) if old else None
            if found and text.startswith(":", found[1]):
                self.story.failed(found[0].address, [text])
            on = _ON_BLOCK.match(text)
            if on:
                self.story.failed_block(on["type"], on["name"], block)


def read(stream: BinaryIO, path: str, unseal: log_json.Unseal = log_json.no_key) -> tuple[LogReading | Reading, ...]:
    """Read a text log.

    Args:
        stream: open for reading bytes; read once, from where it stands.
        path: the log, as the user named it.
        unseal: opens a state that OpenTofu has encrypted, or raises `Locked`.

    Returns:
        The log, then every state that was dumped into it because it could be written nowhere.
    """
    text = _Text(path, unseal)
    for line in lines(stream):
        text.take(line)
    text.end_dump()
    text.end_block()
    told = text.story.tell(whole=not text.cut_off)
    if text.cut_off:
        gap = Gap(GapKind.UNREADABLE, path, f"{path}: the CI cut this log off: creates may be missing in it; give the whole log")
        told = log_json.with_gaps(told, (gap,))
    return (told, *text.states)
