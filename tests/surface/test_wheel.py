"""What is installed: all files of the package are in the wheel that is built, and types arrive at those who call it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_wheel

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it as an installer would."""
    place = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return place / build_wheel(str(place))


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("tfclean/")}
        metadata = next(archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "tfclean").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert packed == there
    assert "tfclean/py.typed" in packed
    schemas = {"diff", "plan", "result", "inventory", "sweep", "explanation", "checkup", "ndjson"}
    assert {f"tfclean/report/schemas/{name}.json" for name in schemas} <= packed
    assert {f"tfclean/report/html/{name}" for name in ("page.html.j2", "page.css", "page.js")} <= packed
    assert "Classifier: Typing :: Typed" in metadata


def test_types_arrive_at_a_caller_of_what_is_installed(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "env"
    venv.create(place, symlinks=True)
    (packages,) = place.glob("lib/python3*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    caller = shutil.copy(Path(__file__).with_name("caller.py"), tmp_path)

    def check() -> subprocess.CompletedProcess[str]:
        where = [f"--cache-dir={tmp_path / 'cache'}", f"--python-executable={place / 'bin' / 'python'}", "--config-file="]
        command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", *where, caller]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    found = check()
    assert found.returncode == 0, found.stdout + found.stderr
    # Without the marker a checker knows nothing of it: that is what the marker is for.
    (packages / "tfclean" / "py.typed").unlink()
    assert "py.typed" in check().stdout
