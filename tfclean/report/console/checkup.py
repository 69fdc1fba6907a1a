"""A checkup in, the text of `tfclean doctor` out: one line per check, with its word, and at the end what to do."""

from __future__ import annotations

from tfclean.model import Checkup, Mark
from tfclean.report.base import Context
from tfclean.report.console.page import Page
from tfclean.report.console.parts import header

STYLES = {Mark.OK: "green", Mark.NOTE: "dim", Mark.WARN: "bold yellow", Mark.FAIL: "bold red"}


def write(page: Page, checkup: Checkup, context: Context) -> None:
    """Write `checkup`."""
    header(page, context)
    page.gap()
    width = max((len(check.subject) for check in checkup.checks), default=0)
    before = ""
    for check in checkup.checks:
        subject = "" if check.subject == before else check.subject
        page.hanging(f"{check.mark.value:<4}  {subject:<{width}}  ", check.text, STYLES[check.mark])
        before = check.subject
    if checkup.advice:
        page.head("To do")
        for number, advice in enumerate(checkup.advice, 1):
            page.hanging(f"  {number}. ", advice)
    else:
        page.gap()
        page.prose("Nothing to do.", "bold green")
