"""The lab as a place for a story: two projects of its own, and the administrator."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from tests.conformance.places import ADMIN, ME, OTHER, Person, Place
from tests.openstack import truth
from tests.openstack.lab.projects import project
from tests.openstack.lab.settings import AUTH_URL, PASSWORD, REGION
from tests.openstack.lab.testing import LabProject

REST = 0.3
POLLS = 400


def _person(name: str) -> Person:
    auth = {"auth_url": AUTH_URL, "username": name, "password": PASSWORD, "project_name": name}
    return Person({**auth, "user_domain_name": "Default", "project_domain_name": "Default"}, REGION)


@contextmanager
def lab() -> Iterator[Place]:
    """Give two empty projects; whatever a story leaves in them goes with it."""
    mark = uuid.uuid4().hex[:8]
    other = f"told-other-{mark}"
    project(other)
    with LabProject.make(f"told-{mark}") as mine:
        people = {ME: _person(mine.cloud), OTHER: _person(other), ADMIN: _person("admin")}
        try:
            yield Place(people, lambda: time.sleep(REST), POLLS)
        finally:
            # Without its service a backup stays, whatever one does.
            truth.wipe(mine.conn, [backup.id for backup in mine.conn.block_storage.backups()])
            with LabProject.make(other) as theirs:
                truth.wipe(theirs.conn)
