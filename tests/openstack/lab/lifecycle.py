"""Up, down, and how it is."""

import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from . import database, infra, snapshot
from .errors import LabError
from .identity import connect, create_catalog, create_project
from .install import check_possible, is_installed
from .processes import is_running, log_file, names, stop, taken, wait_until, web_answers
from .projects import FIRST, exclusive, write_clouds
from .services import all_services
from .services.base import Service
from .services.keystone import Keystone
from .settings import AUTH_URL, CLOUDS, ETC, LOG, PIDS, READY, RUN
from .warmup import warm

Step = Callable[[], None]


def is_up() -> bool:
    """Whether the lab was started to the end, and every service of it still runs and answers."""
    if not READY.exists() or not all(map(is_running, names())):
        return False
    return all(web_answers(service.url, timeout=10) for service in all_services())


def status() -> dict[str, str]:
    """What each service does: `runs`, or `ended` with the place of its log."""
    return {name: "runs" if is_running(name) else f"ended, its log is {log_file(name)}" for name in names()}


def down() -> None:
    """Stop everything. What the services hold is of no use afterwards: the next start is a fresh one."""
    READY.unlink(missing_ok=True)
    stop(*names())


def up(say: Callable[[str], None] = lambda _: None) -> None:
    """Start the lab, unless it is up."""
    if is_up():
        return
    check_possible()
    if not is_installed():
        raise LabError("the lab's packages are not installed: run `python -m tests.openstack.lab install` first")
    with exclusive("up"):
        if not is_up():
            _start(say)


def _start(say: Callable[[str], None]) -> None:
    began = time.monotonic()

    def tell(what: str) -> None:
        say(f"{time.monotonic() - began:6.1f} s  {what}")

    down()
    shutil.rmtree(RUN, ignore_errors=True)
    services = all_services()
    if busy := taken([*infra.PORTS, *(service.port for service in services)]):
        raise LabError(f"something else, perhaps another lab, listens on {', '.join(map(str, busy))}")
    for folder in (RUN, ETC, LOG, PIDS, RUN / "lock"):
        folder.mkdir(mode=0o755)
    try:
        if kept := snapshot.find():
            snapshot.restore_files(kept)
        for service in services:
            service.configure()
        _start_infra(services)
        tell("database and queue run")
        if kept:
            snapshot.restore_databases(kept, services)
            tell("databases restored")
        else:
            _create(services, tell)
        _start_services(services, tell, fresh=not kept)
    except BaseException:
        stop(*names())
        raise
    write_clouds("admin", *FIRST, fresh=True)
    warm(FIRST[0])
    READY.touch()
    tell(f"ready, see {CLOUDS}")


def _together(steps: Sequence[Step]) -> None:
    """Run these side by side; the first error of any is raised when all have ended."""
    with ThreadPoolExecutor(len(steps)) as pool:
        for done in [pool.submit(step) for step in steps]:
            done.result()


def _start_infra(services: Sequence[Service]) -> None:
    infra.start_queue()
    infra.start_memcached()
    infra.start_database()
    database.create([name for service in services for name in service.databases])


def _create(services: Sequence[Service], tell: Callable[[str], None]) -> None:
    """The schemas of all; Keystone goes on with the users and the catalog meanwhile."""

    def create(service: Service) -> None:
        service.create_schema()
        if isinstance(service, Keystone):
            _start_keystone(service, services)
            tell("Keystone answers, its catalog is complete")

    _together([partial(create, service) for service in services])
    tell("schemas created")


def _start_keystone(keystone: Service, services: Sequence[Service]) -> None:
    keystone.start_api()
    wait_until("keystone", "answers", lambda: web_answers(AUTH_URL))
    with connect() as admin:
        create_catalog(admin, services)
        for name in FIRST:
            create_project(admin, name)


def _start_services(services: Sequence[Service], tell: Callable[[str], None], *, fresh: bool) -> None:
    infra.wait_for_queue()
    for service in services:
        if not is_running(service.name):
            service.start_api()
    if fresh:
        _together([service.wait_for_api for service in services])
        tell("APIs answer")
        with connect() as admin:
            for service in services:
                with connect(service.name, "service") if service.kind != "identity" else connect() as own:
                    service.seed(admin, own)
        snapshot.save(services)
        tell("seeded")
    _together([service.start_agents for service in services])
    _together([service.wait_for_api for service in services])
    _together([service.wait_for_agents for service in services])
