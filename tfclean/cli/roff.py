"""A page of the manual in; roff for man(1) out. Nothing in a text can be read as an instruction of roff."""

from __future__ import annotations

from collections.abc import Iterator

from tfclean import __version__
from tfclean.cli.manual import Option, Page, Section, Text


def roff(page: Page) -> str:
    """Write a page, in the macros of man(7), which every implementation has."""
    return "".join(f"{line}\n" for line in _page(page))


def _page(page: Page) -> Iterator[str]:
    title = page.name.replace(" ", "-")
    yield f'.TH {_quoted(title.upper())} 1 "" {_quoted(f"tfclean {__version__}")} {_quoted("tfclean")}'
    # Neither justified nor broken at hyphens: options are to be copied.
    yield from (".nh", ".ad l", ".SH NAME", f"{_safe(title)} \\- {_safe(page.summary)}", ".SH SYNOPSIS", *_line(page.usage))
    for section in page.sections:
        yield f".SH {_quoted(section.title.upper())}"
        yield from _section(section)
    if page.others:
        yield '.SH "SEE ALSO"'
        yield ",\n".join(f"\\fB{_safe(name.replace(' ', '-'))}\\fR(1)" for name in page.others)


def _section(section: Section) -> Iterator[str]:
    for at, text in enumerate(section.texts):
        yield from _text(text, first=not at)
    for option in section.options:
        yield ".TP"
        yield _names(option)
        yield from _line(_told(option))


def _text(text: Text, *, first: bool) -> Iterator[str]:
    if text.literal:
        yield from (*(() if first else (".PP",)), ".RS 4", ".nf")
        for line in text.lines:
            yield from _line(line)
        yield from (".fi", ".RE")
    else:
        if not first:
            yield ".PP"
        for line in text.lines:
            yield from _line(line)


def _names(option: Option) -> str:
    value = f" \\fI{_safe(option.value)}\\fR" if option.value else ""
    return ", ".join(f"\\fB{_safe(name)}\\fR{value}" for name in option.names)


def _told(option: Option) -> str:
    missing = option.choices and not all(choice in option.help for choice in option.choices)
    return f"{option.help} (one of: {', '.join(option.choices)})" if missing else option.help


def _line(text: str) -> Iterator[str]:
    """Give a line of text that roff shows as it is."""
    if text:
        safe = _safe(text)
        yield f"\\&{safe}" if safe.startswith((".", "'")) else safe


def _safe(text: str) -> str:
    """Spell what roff would read otherwise: its escape character, and the dashes and quotes that it makes pretty."""
    for plain, spelled in (("\\", "\\(rs"), ("-", "\\-"), ("'", "\\(aq"), ("`", "\\(ga"), ("^", "\\(ha"), ("~", "\\(ti")):
        text = text.replace(plain, spelled)
    return text


def _quoted(text: str) -> str:
    return f'"{_safe(text)}"'
