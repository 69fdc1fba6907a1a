"""A cloud that cannot be asked: one sentence, exit code 3, and nothing deleted."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.openstack import truth
from tests.openstack.cli import Ran, changed, tfclean
from tests.openstack.job import make
from tests.openstack.lab.testing import LabProject


class Broken(BaseHTTPRequestHandler):
    """Answers everything with 500."""

    def do_GET(self) -> None:
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def broken_service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def one_sentence(ran: Ran) -> None:
    assert "Traceback" not in ran.err
    last = [line for line in ran.err.splitlines() if line.strip()][-1]
    assert last.startswith("tfclean: "), ran.err
    assert "secret" not in ran.err.replace("secrets", "")


@pytest.mark.parametrize("verb", ["diff", "destroy"])
@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"auth_url": "http://127.0.0.1:9/v3"}, {"project_name": "nowhere"}])
def test_wrong_credentials_and_unreachable_clouds_end_with_3(verb: str, wrong: dict[str, str], project: LabProject, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    state = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 1,
        "lineage": "a",
        "outputs": {},
        "resources": [],
        "check_results": None,
    }
    (tmp_path / "work" / "terraform.tfstate").write_text(json.dumps(state))
    yes = ["--auto-approve"] if verb == "destroy" else []
    ran = tfclean(changed(project, tmp_path, auth=wrong), tmp_path / "work", verb, *yes)
    assert ran.code == 3, ran.err
    one_sentence(ran)


def test_a_service_that_answers_500_is_a_gap_and_nothing_that_it_could_hold_is_deleted(project: LabProject, tmp_path: Path) -> None:
    make(project.conn, f"b{project.cloud[-6:]}", 1).write(tmp_path / "work")
    before = truth.listing(project.conn)
    with broken_service() as url:
        sick = changed(project, tmp_path, network_endpoint_override=f"{url}/v2.0")
        diff = tfclean(sick, tmp_path / "work", "diff")
        destroyed = tfclean(sick, tmp_path / "work", "destroy", "--auto-approve")
    assert diff.code == 3, diff.out + diff.err
    assert not [r for r in diff.document["resources"] if r["verdict"] == "missing"]
    assert destroyed.code in (3, 4), destroyed.out + destroyed.err
    after = truth.listing(project.conn)
    assert {k: v for k, v in after.items() if k.startswith(("network", "port", "sub", "sec"))} == {
        k: v for k, v in before.items() if k.startswith(("network", "port", "sub", "sec"))
    }
