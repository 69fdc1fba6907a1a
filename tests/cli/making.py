"""tfclean as a process, a cloud that answers wrongly, and one that obeys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.cli import forked
from tfclean.cloud.document import dump
from tfclean.kinds.base import Call
from tfclean.kinds.registry import KINDS
from tfclean.model import Answer, Inventory, Key, Look

HANGS = 600
"""Seconds for one command: so long that no slow machine reaches them."""
REFUSAL = {"error": {"code": 400, "message": "no", "title": "No"}}


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def run(*arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None, stdin: str = "") -> Ran:
    """Run tfclean without a terminal and without any cloud of the machine's."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OS_", "TF_", "NO_COLOR"))}
    place = {"XDG_CONFIG_HOME": "/nonexistent", "OS_CLIENT_CONFIG_FILE": "/nonexistent/clouds.yaml"}
    whole = {**kept, **place, **(env or {})}
    words = [*map(str, arguments)]
    # What measures coverage, or looks at how an interpreter starts, needs one of its own.
    if "COVERAGE_PROCESS_CONFIG" in whole or any(name.startswith(("PYTHON", "LC_", "LANG")) for name in env or {}):
        done = subprocess.run(
            [sys.executable, "-m", "tfclean", *words],
            cwd=cwd,
            env=whole,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=HANGS,
            check=False,
        )
    else:
        done = forked.run(words, cwd=cwd, env=whole, stdin=stdin, timeout=HANGS)
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


def write_state(folder: Path, *groups: str) -> None:
    """Write the state of a job that made these security groups, each called ``group``."""
    provider = 'provider["registry.terraform.io/terraform-provider-openstack/openstack"]'
    resources = [
        {
            "mode": "managed",
            "type": "openstack_networking_secgroup_v2",
            "name": f"g{n}",
            "provider": provider,
            "instances": [{"schema_version": 0, "attributes": {"id": id_, "name": "group"}}],
        }
        for n, id_ in enumerate(groups)
    ]
    state = {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "l", "outputs": {}, "resources": resources}
    (folder / "terraform.tfstate").write_text(json.dumps(state))


def credentials(port: int) -> dict[str, str]:
    return {
        "OS_AUTH_URL": f"http://127.0.0.1:{port}/v3",
        "OS_USERNAME": "user",
        "OS_PASSWORD": "hunter2",
        "OS_PROJECT_NAME": "project",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
    }


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Serve an identity service that answers everything with `status`; give its port."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self, code: int, document: object) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps(document).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            # Who is refused a token is still told the versions, as Keystone does.
            link = {"rel": "self", "href": f"http://127.0.0.1:{self.server.server_port}/v3/"}  # type: ignore[attr-defined]
            version = {"version": {"id": "v3.14", "status": "stable", "links": [link]}}
            self.answer(*((200, version) if status == 401 else (status, REFUSAL)))

        def do_POST(self) -> None:
            self.answer(status, REFUSAL)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def inventory_file(inventory: Inventory, path: Path) -> Path:
    path.write_text(json.dumps(dump(inventory)))
    return path


@dataclass
class Obedient:
    """A cloud in which every deletion succeeds at once, save of what `stuck` names."""

    live: Inventory
    stuck: frozenset[Key] = frozenset()
    calls: list[str] = field(default_factory=list)
    name: str = "obedient"
    region: str = "RegionOne"

    @property
    def project(self) -> str:
        return self.live.project

    @property
    def user(self) -> str:
        return self.live.user

    def inventory(self, kinds: Iterable[str] | None = None) -> Inventory:
        del kinds
        return self.live

    def look(self, kind: str) -> Look:
        return Look(kind, tuple(self.live.of(kind)))

    def perform(self, call: Call, fields: Mapping[str, Any], revision: int | None = None) -> Answer:
        del revision
        kind = next(name for name, k in KINDS.items() if call in (k.delete, k.cascade))
        key = Key(kind, str(fields["id"]))
        self.calls.append(f"{call.method} {kind}")
        if key in self.stuck:
            return Answer(403, json.dumps({"forbidden": {"message": "Policy doesn't allow it", "code": 403}}))
        resources = {k: r for k, r in self.live.resources.items() if k != key}
        self.live = Inventory(resources, self.live.listed, (), self.live.project, self.live.user, self.name, self.region)
        return Answer(204)


class Slow(Obedient):
    """A cloud that tells how far its list is."""

    def take(self, tell: Callable[[int, int], None]) -> Inventory:
        tell(1, 2)
        return self.inventory()
