"""Projects on demand, and the clouds.yaml that knows them."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .errors import LabError
from .identity import connect, create_project
from .settings import AUTH_URL, CLOUDS, PASSWORD, READY, REGION, ROOT

FIRST = ("ci", "other")


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """One at a time on this machine."""
    ROOT.mkdir(parents=True, exist_ok=True)
    with (ROOT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _entry(name: str) -> dict[str, Any]:
    auth = {
        "auth_url": AUTH_URL,
        "username": name,
        "password": PASSWORD,
        "project_name": name,
        "user_domain_name": "Default",
        "project_domain_name": "Default",
    }
    return {"auth": auth, "region_name": REGION, "identity_api_version": 3}


def write_clouds(*names: str, fresh: bool = False) -> None:
    """Add clouds to clouds.yaml, or begin it anew."""
    with exclusive("clouds"):
        # JSON is YAML, and needs no library.
        clouds = {} if fresh or not CLOUDS.exists() else json.loads(CLOUDS.read_text())["clouds"]
        clouds |= {name: _entry(name) for name in names}
        # Replaced as a whole: another process may read it at any time.
        new = CLOUDS.with_suffix(".new")
        new.write_text(json.dumps({"clouds": clouds}, indent=1) + "\n")
        new.replace(CLOUDS)


def project(name: str) -> dict[str, Any]:
    """Make a project and a user of this name; returns their entry in clouds.yaml."""
    if not READY.exists():
        raise LabError("the lab is not up")
    with connect() as admin:
        create_project(admin, name)
    write_clouds(name)
    return _entry(name)
