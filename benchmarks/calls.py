"""How many API calls an inventory and a destroy take, by size of the job. The inventory has to be flat.

    python -m benchmarks.calls [NODES...]

Needs the lab (`python -m tests.openstack.lab up`).
"""

from __future__ import annotations

import os
import sys
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.table import show
from tests.openstack.job import make
from tests.openstack.lab.testing import LabProject


def one(nodes: int, folder: Path) -> tuple[int, int, int, int, int]:
    from tfclean import verbs  # noqa: PLC0415 - after the environment is set

    with LabProject.make(f"calls-{uuid.uuid4().hex[:6]}") as project:
        state = make(project.conn, f"c{project.cloud[-4:]}", nodes).write(folder / project.cloud)
        os.environ.update(project.env)
        cloud = verbs.connect(project.cloud)
        inventory = verbs.inventory(cloud=cloud)
        result = verbs.destroy(state, cloud=cloud, approve=lambda _: True, journal=folder / f"{project.cloud}.journal")
        return nodes, len(inventory.resources), inventory.calls, result.calls, result.refusals


def main(*sizes: int) -> int:
    """Print the table; exit code 1 unless the inventory's calls are the same for every size and nothing was refused."""
    with TemporaryDirectory() as name:
        rows = [one(nodes, Path(name)) for nodes in sizes or (1, 4, 10)]
    show("API calls", ("nodes", "objects", "calls of an inventory", "changing calls of a destroy", "refused"), rows)
    return int(len({row[2] for row in rows}) > 1 or any(row[4] for row in rows))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
