"""The site: every page is in its navigation, every link leads somewhere, every file that is to be shown is there."""

from __future__ import annotations

import importlib.util
import os
import posixpath
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from docs.site import WANTED, with_files
from tests.docs.reading import ROOT, WRITTEN, headings, links, made

PAGES = {*WRITTEN, *made()} - {"README.md"}
SITE = yaml.safe_load((ROOT / "mkdocs.yml").read_text())


def navigation(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from navigation(inner)


def test_every_page_is_in_the_navigation_once() -> None:
    told = [f"docs/{path}" for path in navigation(SITE["nav"])]
    assert sorted(told) == sorted(PAGES)


@pytest.mark.parametrize("page", [*WRITTEN, *made()])
def test_every_link_leads_somewhere(page: str) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        if "://" in link:
            continue
        assert target in {*WRITTEN, *made()} or (page == "README.md" and (ROOT / target).is_file()), link
        assert not anchor or anchor in list(headings(target)), link


def test_from_the_readme_no_link_leads_to_a_page_that_only_the_site_has() -> None:
    assert not {link.partition("#")[0] for link in links("README.md")} & made().keys()


def test_every_template_is_shown_as_it_is() -> None:
    wanted = [found for path in WRITTEN.values() for found in WANTED.findall(path.read_text())]
    tracked = subprocess.run(["git", "ls-files", "ci"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    templates = tracked or [str(path.relative_to(ROOT)) for path in (ROOT / "ci").rglob("*") if path.is_file()]
    assert sorted(path for path in wanted if path.startswith("ci/")) == sorted(templates)
    for path in wanted:
        assert (ROOT / path).read_text().rstrip() in with_files(f"<!-- whole file: {path} -->")


def test_everything_that_the_site_is_built_with_is_there() -> None:
    for path in (*(f"docs/{style}" for style in SITE["extra_css"]), *SITE["hooks"]):
        assert (ROOT / path).is_file()


def test_a_file_that_is_not_there_fails_the_build() -> None:
    with pytest.raises(FileNotFoundError):
        with_files("<!-- whole file: ci/none -->")


def test_pages_say_nothing_of_the_machine_they_were_written_on() -> None:
    for path in WRITTEN.values():
        assert str(Path.home()) + os.sep not in path.read_text()


@pytest.mark.skipif(importlib.util.find_spec("mkdocs") is None, reason="MkDocs is not installed; scripts/docs installs it")
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "reference" / "commands.html").is_file()
    assert "TFCLEAN_ROOT" in (tmp_path / "how-to" / "gitlab.html").read_text()
