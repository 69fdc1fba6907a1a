"""Errors of libraries and answers of services in, one line for people out, without credentials."""

from __future__ import annotations

import re
from typing import Any

LONGEST = 300
USERINFO = re.compile(r"//[^/\s@]+@")
TAG = re.compile(r"<[^>]{1,200}>")
SECRET = re.compile(r"(?i)((?:password|secret|token|passcode)\"?\s*[:=]\s*\"?)[^\s\",}&]+")


def plain(error: BaseException | str) -> str:
    """Say an error in one line: no credentials in URLs, no markup, no more than 300 characters."""
    text = SECRET.sub(r"\1***", USERINFO.sub("//", TAG.sub(" ", str(error) or type(error).__name__)))
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def answer_text(answer: Any) -> str:
    """Say what a service's answer says in its body, or its reason phrase if there is none."""
    return plain(answer.text or answer.reason or "no text")


def url(text: str) -> str:
    """Give a URL without credentials in it."""
    return USERINFO.sub("//", text)
