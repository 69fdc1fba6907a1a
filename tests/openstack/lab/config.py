"""Configuration files, and the settings that services have in common."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from .settings import DATABASE_PORT, HOST, KEYSTONE_PORT, MEMCACHED_PORT, PASSWORD, REGION, RUN, VENV

Value = str | int | Path
Section = Mapping[str, Value | Sequence[str]]

LOCKS: Section = {"lock_path": RUN / "lock"}


def write(path: Path, sections: Mapping[str, Section]) -> None:
    """Write an oslo.config file; a sequence becomes an option given several times."""
    lines: list[str] = []
    for section, options in sections.items():
        lines.append(f"[{section}]")
        for name, value in options.items():
            values = [value] if isinstance(value, str | int | Path) else value
            lines += [f"{name} = {one}" for one in values]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def copy_packaged(name: str, folder: Path) -> None:
    """Put a file that a package ships below etc/ into this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(VENV / "etc" / name, folder)


def database_url(name: str) -> str:
    """The SQLAlchemy address of a database."""
    return f"mysql+pymysql://lab:{PASSWORD}@{HOST}:{DATABASE_PORT}/{name}"


def login(user: str) -> dict[str, Value]:
    """How a service logs in to Keystone."""
    return {
        "auth_url": f"http://{HOST}:{KEYSTONE_PORT}",
        "auth_type": "password",
        "username": user,
        "password": PASSWORD,
        "project_name": "service",
        "project_domain_name": "Default",
        "user_domain_name": "Default",
        "region_name": REGION,
    }


def token_check(user: str) -> dict[str, Value]:
    """How a service checks the tokens of its callers."""
    return {
        **login(user),
        "www_authenticate_uri": f"http://{HOST}:{KEYSTONE_PORT}",
        "memcached_servers": f"{HOST}:{MEMCACHED_PORT}",
        "memcache_use_advanced_pool": "false",
    }


def service_token(user: str) -> dict[str, Value]:
    """How a service shows that a request of a user comes through it."""
    return {**login(user), "send_service_user_token": "true"}
