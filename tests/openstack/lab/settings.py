"""Where the lab lives, and the names and numbers that its services share."""

import os
from pathlib import Path

ROOT = Path(os.environ.get("TFCLEAN_LAB_ROOT") or "/var/tmp/tfclean-lab").absolute()
VENV = ROOT / "venv"
CACHE = ROOT / "cache"
CLOUDS = ROOT / "clouds.yaml"

# Everything below RUN belongs to one start of the lab and goes with it.
RUN = ROOT / "run"
ETC = RUN / "etc"
LOG = RUN / "log"
PIDS = RUN / "pids"
READY = RUN / "ready"

HOST = "127.0.0.1"
PASSWORD = "secret"
REGION = "RegionOne"
COMPUTE_HOST = "lab-host"

DATABASE_PORT = 13306
QUEUE_PORT = 16672
QUEUE_NODES_PORT = 25699
QUEUE_NAMES_PORT = 14369
MEMCACHED_PORT = 11411
KEYSTONE_PORT = 5000

AUTH_URL = f"http://{HOST}:{KEYSTONE_PORT}/v3"
QUEUE_URL = f"rabbit://guest:guest@{HOST}:{QUEUE_PORT}/"


def tool(name: str) -> Path:
    """A program of the services' own virtual environment."""
    return VENV / "bin" / name
