"""The servers from Debian, the services from the Python index in a virtual environment of their own."""

import os
import shutil
import stat
import sys
from pathlib import Path

from .errors import LabError
from .infra import DEBIAN_PACKAGES
from .processes import run
from .services import all_services
from .settings import ROOT, VENV, tool

# uwsgi as a wheel; the client is for people who look into the lab.
COMMON = ("pyuwsgi", "pymysql", "python-openstackclient")
STAMP = ROOT / "installed"


def impossible() -> str | None:
    """Why this machine cannot have a lab, or None."""
    if sys.platform != "linux" or not shutil.which("apt-get"):
        return "the lab needs a Debian system: there is no apt-get"
    if os.geteuid() != 0:
        return "the lab needs root: it installs Debian packages and starts servers as their own users"
    return None


def check_root_folder() -> None:
    """The users mysql and rabbitmq must get to the lab's folder."""
    for parent in ROOT.parents:
        if parent.exists() and not parent.stat().st_mode & stat.S_IXOTH:
            raise LabError(
                f"{ROOT} cannot hold the lab: the users mysql and rabbitmq may not traverse {parent};"
                " set TFCLEAN_LAB_ROOT to a folder below /var/tmp or the like"
            )


def check_possible() -> None:
    """Raise an error on a machine that cannot have a lab."""
    if why := impossible():
        raise LabError(why)
    check_root_folder()


def _python_packages() -> list[str]:
    return [*COMMON, *(package for service in all_services() for package in service.packages)]


def _stamp() -> str:
    return "\n".join([sys.version, *DEBIAN_PACKAGES, *_python_packages()]) + "\n"


def is_installed() -> bool:
    """Whether all packages of today's list were installed here."""
    return STAMP.exists() and STAMP.read_text() == _stamp()


def install() -> None:
    """Install what is missing."""
    check_possible()
    if is_installed():
        return
    ROOT.mkdir(parents=True, exist_ok=True)
    ROOT.chmod(0o755)
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *DEBIAN_PACKAGES, env={"DEBIAN_FRONTEND": "noninteractive"})
    uv: str | Path | None = shutil.which("uv")
    if not uv:
        run(sys.executable, "-m", "venv", VENV)
        run(tool("pip"), "install", "--quiet", "uv")
        uv = tool("uv")
    elif not tool("python").exists():
        run(uv, "venv", "--quiet", "--python", sys.executable, VENV)
    # Compiled now and once, not at the first start by ten processes at a time.
    run(uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", tool("python"), *_python_packages())
    STAMP.write_text(_stamp())
