"""Nothing in; the pages that are made from the code, by their path in the site, out."""

from __future__ import annotations

from docs.reference import commands, documents, exit_codes, ignoring, settings


def pages() -> dict[str, str]:
    """Give each page's Markdown by its path."""
    return {
        "reference/commands.md": commands.page(),
        "reference/documents.md": documents.page(),
        "reference/exit-codes.md": exit_codes.page(),
        "reference/ignore.md": ignoring.page(),
        "reference/settings.md": settings.page(),
    }
