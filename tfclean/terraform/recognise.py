"""What a file is, told by its content and never by its name: bytes in, `Recognition` out.

Shapes follow facts A1-A7 of this project: states of all versions, backend pointers, ``show -json``, saved plans in all their
forms, OpenTofu's encrypted envelope, locks, both kinds of logs, configuration, and tfclean's own inventory and records of runs.
"""

from __future__ import annotations

import codecs
import gc
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

Data = bytes | bytearray | memoryview


class Form(Enum):
    """What a file is; the value is a phrase for people."""

    EMPTY = "an empty file"
    STATE_V4 = "a state"
    STATE_OLD = "a state of Terraform before 0.12"
    STATE_TOO_NEW = "a state of an unknown version"
    CUT_OFF_STATE = "a state that ends early or is damaged"
    POINTER = "a backend pointer"
    STATE_JSON = "`show -json` of a state"
    PLAN_JSON = "`show -json` of a plan"
    PLAN_ZIP = "a saved plan"
    PLAN_LEGACY = "a saved plan of Terraform before 0.12"
    PLAN_BOOKMARK = "a bookmark of a plan in HCP Terraform"
    ENCRYPTED = "an encrypted state or plan of OpenTofu"
    LOCK_INFO = "lock information"
    LOG_JSON = "a machine log"
    LOG_TEXT = "a log"
    CONFIG = "configuration"
    INVENTORY = "an inventory of tfclean"
    RUN_RECORD = "a record of tfclean run"
    JSON_OTHER = "JSON of another kind"
    TEXT_OTHER = "text of another kind"
    BINARY = "binary data"


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a file is.

    Attributes:
        form: what it is.
        document: the parsed JSON, so that nobody has to parse it again; None if it is not (whole) JSON.
        problem: for JSON that could not be parsed, what is wrong and where; else empty.
    """

    form: Form
    document: Any = None
    problem: str = ""


_TELLTALES = {
    "encrypted_data": Form.ENCRYPTED,
    "remote_plan_format": Form.PLAN_BOOKMARK,
    "@level": Form.LOG_JSON,
    "tfclean_run": Form.RUN_RECORD,
}
_HEAD = 64 * 1024
# a power cut leaves zeros where a file system had only reserved the space
_NOTHING = b" \t\r\n\0"
_LOG = re.compile(
    rb"Terraform will perform|OpenTofu will perform|Terraform used the selected|OpenTofu used the selected|Terraform planned|"
    rb"Initializing (?:the backend|provider plugins|modules)|Apply complete!|Destroy complete!|Plan: \d+ to|No changes\. |"
    rb": (?:Creating|Destroying|Modifying|Refreshing state|Reading|Still creating)\.\.\.|: Creation complete after|Error: |"
    rb"Interrupt received|Acquiring state lock|Terraform has been successfully"
)
_BLOCK = re.compile(
    rb'^[ \t]*(?:(?:resource|data|ephemeral)[ \t]+"[^"\n]+"[ \t]+"[^"\n]+"|(?:module|variable|provider|output|check)[ \t]+"[^"\n]+"|'
    rb"terraform|locals|moved|removed|import)[ \t]*\{",
    re.MULTILINE,
)
_BLOCK_NAMES = frozenset(
    "resource data ephemeral module variable provider output check terraform locals moved removed import".split()  # noqa: SIM905
)
# what broken JSON would have been, by its first members
_STATE_BEGIN = '{"version":4'
_HALF, _HALF_TEXT = re.compile(rb"\\\0?u\0?[dD]\0?[89a-fA-F]"), re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
# what stands behind a whole document makes lines of text of it, however they go on
_MORE = "extra data"
_HEADS = (
    (re.compile(r'^\s*\{(?:\s*"version"\s*:\s*[4-9]|(?=[^{\[]*"version"\s*:\s*[4-9])(?=[^{\[]*"(?:serial|lineage)"))'), Form.CUT_OFF_STATE),
    (re.compile(r'^\s*\{\s*"version"\s*:\s*[1-3]\s*,\s*"(?:terraform_version|serial|lineage)"'), Form.CUT_OFF_STATE),
    (re.compile(r'"encrypted_data"|^\s*\{(?:\s*"(?:serial|lineage)"\s*:\s*[^,]*,)*\s*"meta"\s*:\s*\{\s*"key_provider\.'), Form.ENCRYPTED),
    (re.compile(r'^\s*\{\s*"format_version".{0,200}?"(?:variables|planned_values|resource_changes)"', re.DOTALL), Form.PLAN_JSON),
    (re.compile(r'^\s*\{\s*"format_version"'), Form.STATE_JSON),
)


def recognise(data: Data) -> Recognition:
    """Tell what a file is.

    Args:
        data: the whole content.

    Returns:
        Its form, with the parsed document where it is JSON. Every content has one: nothing is raised.
    """
    raw = data if isinstance(data, bytes) else bytes(data)
    head = raw[:_HEAD]
    if not head.strip(_NOTHING) and not raw.strip(_NOTHING):
        return Recognition(Form.EMPTY)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Recognition(Form.PLAN_ZIP)
    if head.startswith(b"tfplan"):
        return Recognition(Form.PLAN_LEGACY)
    if head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"[") or head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _json(raw)
    return Recognition(Form.BINARY if b"\0" in head else _text(raw))


def parse_json(data: Data) -> tuple[Any, str]:
    """Parse JSON in whatever Unicode encoding it comes (PowerShell redirects to UTF-16).

    Returns:
        The document and an empty text, or None and what is wrong: one phrase with the place.
    """
    try:
        raw = data if isinstance(data, bytes) else bytes(data)
        with collector_paused():
            return whole_characters(json.loads(raw), raw), ""
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        if not error.doc[error.pos :].strip() or error.msg.startswith("Unterminated string"):
            return None, f"it ends early ({where})"
        return None, f"it is no valid JSON at {where}: {error.msg[:1].lower()}{error.msg[1:]}"
    except UnicodeDecodeError as error:
        return None, f"it is not in a Unicode encoding (byte {error.start})"
    except RecursionError:
        return None, "it is nested too deeply"
    except ValueError:
        return None, "it holds a number that is too long"


def whole_characters(document: Any, raw: bytes | str) -> Any:
    """Give a parsed document as Go parses it: half a character, which JSON can escape and no encoding can write, is U+FFFD.

    Args:
        document: what Python made of it.
        raw: what it was parsed from.

    Raises:
        RecursionError: it is nested too deeply.
    """
    halves = _HALF_TEXT.search(raw) if isinstance(raw, str) else _HALF.search(raw)
    return _healed(document) if halves else document


def whole_text(text: str) -> str:
    """Give a text with U+FFFD in place of each half of a character, and of each byte that the system could not read as one."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _healed(value: Any) -> Any:
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, list):
        return [_healed(item) for item in value]
    return {_healed(name): _healed(item) for name, item in value.items()} if isinstance(value, dict) else value


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python's garbage collector from walking a growing document again and again, which takes longer than to parse it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def text_of(data: Data) -> str:
    """Decode a text by its byte order mark, else as UTF-8; what cannot be decoded is replaced."""
    raw = data if isinstance(data, bytes) else bytes(data)
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    return raw.decode("utf-8-sig", "replace")


def _json(raw: bytes) -> Recognition:
    if _is_machine_log(raw):
        return Recognition(Form.LOG_JSON)
    document, problem = parse_json(raw)
    if not problem:
        return Recognition(form_of(document), document)
    head = text_of(raw[:_HEAD])
    if _STATE_BEGIN.startswith("".join(head[:200].split())):
        return Recognition(Form.CUT_OFF_STATE, problem=problem)
    for pattern, form in _HEADS:
        if pattern.search(head):
            # Terraform prints a state that it can write nowhere, and then why.
            printed = form is Form.CUT_OFF_STATE and problem.endswith(_MORE) and _LOG.search(raw)
            return Recognition(Form.LOG_TEXT if printed else form, problem=problem)
    form = _text(raw)
    if form is Form.TEXT_OTHER and not problem.endswith(_MORE):
        form = Form.JSON_OTHER
    return Recognition(form, problem=problem)


def form_of(document: Any) -> Form:
    """Tell what a parsed JSON document is."""
    if not isinstance(document, dict):
        return Form.JSON_OTHER
    if "ID" in document and "Created" in document and ("Operation" in document or "Who" in document):
        return Form.LOCK_INFO
    for name, form in _TELLTALES.items():
        if name in document:
            return form
    if "format_version" in document:
        return _shown(document)
    if "version" in document and not _BLOCK_NAMES & document.keys():
        return _state(document)
    return Form.CONFIG if document and document.keys() <= _BLOCK_NAMES | {"//"} else Form.JSON_OTHER


def _shown(document: Mapping[str, Any]) -> Form:
    if "resource_changes" in document or "planned_values" in document or "resource_drift" in document:
        return Form.PLAN_JSON
    if "listed" in document and "resources" in document:
        return Form.INVENTORY
    # a state that does not exist is shown as nothing but its format
    if "values" in document or document.keys() <= {"format_version", "terraform_version"}:
        return Form.STATE_JSON
    return Form.JSON_OTHER


def _state(document: Mapping[str, Any]) -> Form:
    if not ({"terraform_version", "serial", "lineage", "modules", "resources", "backend", "state_store"} & document.keys()):
        return Form.JSON_OTHER
    modules = document.get("modules")
    full = isinstance(modules, list) and any(isinstance(module, dict) and module.get("resources") for module in modules)
    if not full and (isinstance(document.get("backend"), dict) or isinstance(document.get("state_store"), dict)):
        return Form.POINTER
    version = document["version"]
    if type(version) is int and 1 <= version <= 4:
        return Form.STATE_V4 if version == 4 else Form.STATE_OLD
    return Form.STATE_TOO_NEW


def _text(raw: bytes) -> Form:
    if _is_machine_log(raw):
        return Form.LOG_JSON
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raw = text_of(raw).encode("utf-8", "replace")
    if _LOG.search(raw):
        return Form.LOG_TEXT
    return Form.CONFIG if _BLOCK.search(raw) else Form.TEXT_OTHER


def _is_machine_log(raw: bytes) -> bool:
    """Tell whether one of the first lines is one of Terraform's JSON messages; a CI system may have put lines of its own before."""
    head = text_of(raw[:_HEAD])
    for line in head.splitlines()[:200]:
        brace = line.find('{"@level"')
        if brace >= 0 and '"@message"' in line:
            return True
    return False
