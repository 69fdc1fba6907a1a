"""The databases as they are when everything is seeded, kept for the next start."""

import hashlib
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distributions
from pathlib import Path

from . import database
from .processes import run
from .services.base import Service
from .settings import CACHE, RUN, VENV


def _key() -> str:
    """Another one as soon as a package, the lab's code or its folder is another."""
    packages = sorted(f"{found.name} {found.version}" for found in distributions(path=[str(p) for p in VENV.glob("lib/*/site-packages")]))
    words = [str(RUN), run("dpkg-query", "--show", "mariadb-server"), *packages]
    words += [path.read_text() for path in sorted(Path(__file__).parent.rglob("*.py"))]
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:16]


def _databases(services: Sequence[Service]) -> list[str]:
    return [name for service in services for name in service.databases]


def save(services: Sequence[Service]) -> None:
    """Keep the databases and the files that belong to them; forget older ones."""
    unfinished = CACHE / "unfinished"
    shutil.rmtree(CACHE, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name in _databases(services):
        database.dump(name, unfinished / f"{name}.sql")
    for path in (path for service in services for path in service.kept):
        kept = unfinished / path.relative_to(RUN)
        kept.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, kept)
        else:
            shutil.copy2(path, kept)
    unfinished.rename(CACHE / _key())


def find() -> Path | None:
    """The snapshot that fits, if there is one."""
    folder = CACHE / _key()
    return folder if folder.is_dir() else None


def restore_files(folder: Path) -> None:
    """Put the kept files back."""
    shutil.copytree(folder, RUN, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sql"))


def restore_databases(folder: Path, services: Sequence[Service]) -> None:
    """Fill the empty databases."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: database.restore(name, folder / f"{name}.sql"), _databases(services)))
