"""MkDocs in the middle of a build in; the pages of `reference`, and whole files of the repository where a page asks for one, out.

A page asks with a line of its own, ``<!-- whole file: ci/gitlab/tfclean.gitlab-ci.yml -->``, so that what is shown is what is tested.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs.reference import pages

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parent.parent
WANTED = re.compile(r"^<!-- whole file: (\S+) -->$", re.MULTILINE)
LANGUAGES = {".yml": "yaml", ".yaml": "yaml", ".py": "python", ".rst": "rst"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the code."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - tests read pages without MkDocs

    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put in the files that a page asks for."""
    return with_files(markdown)


def with_files(markdown: str) -> str:
    """Put whole files of the repository where a page asks for them.

    Raises:
        FileNotFoundError: there is no such file.
    """

    def fenced(found: re.Match[str]) -> str:
        path = ROOT / found[1]
        return f"```{LANGUAGES.get(path.suffix, '')}\n{path.read_text(encoding='utf-8').rstrip()}\n```"

    return WANTED.sub(fenced, markdown)
