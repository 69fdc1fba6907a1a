"""Every recorded scenario, live again beside a twin: judged right, destroyed whole, and nothing else touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.openstack import truth
from tests.openstack.cli import Ran, tfclean
from tests.openstack.lab.testing import LabProject
from tests.openstack.replay import SCENARIOS, Replay, replay

SPECIAL = ("destroy-failed",)
IN_SYNC = ("applied", "own-router", "provider-1", "tofu-plain", "errored")
# Kinds of the truth by the product's names; what the truth lists as a port may be a router's leg.
KINDS = {
    "server": "compute.server",
    "servergroup": "compute.server_group",
    "keypair": "compute.keypair",
    "network": "network.network",
    "subnet": "network.subnet",
    "port": "network.port",
    "router_interface": "network.router_interface",
    "router": "network.router",
    "floatingip": "network.floating_ip",
    "secgroup": "network.security_group",
    "secgroup_rule": "network.security_group_rule",
    "volume": "block_storage.volume",
    "loadbalancer": "load_balancer.load_balancer",
    "listener": "load_balancer.listener",
    "pool": "load_balancer.pool",
    "member": "load_balancer.member",
    "healthmonitor": "load_balancer.health_monitor",
}


def recorded(r: Replay) -> set[str]:
    """Ids of managed instances in the present state, read without the product."""
    ids: set[str] = set()
    for name in ("errored.tfstate", "terraform.tfstate"):
        path = r.workdir / name
        text = path.read_text() if path.exists() else ""
        document = json.loads(text) if text.startswith("{") else {}
        for resource in document.get("resources", ()):
            if resource["mode"] == "managed":
                ids |= {str(i["attributes"]["id"]).strip() for i in resource["instances"]}
    return ids


def traces(r: Replay) -> str:
    return "".join(p.read_text(errors="replace") for p in r.workdir.iterdir() if p.is_file() and p.suffix != ".tfplan")


def only_possible(r: Replay) -> set[str]:
    """Floating IPs that nothing names: no state, no log, not even an error."""
    text = traces(r)
    return {i for i in r.job.get("floatingip", {}) if i not in text}


def objects(listing: truth.Listing) -> dict[tuple[str, str], str]:
    return {(KINDS[kind], i): name for kind, those in listing.items() if kind in KINDS for i, name in those.items()}


def check_verdicts(r: Replay, ran: Ran) -> None:
    told, known, nameless = ran.verdicts(), recorded(r), only_possible(r)
    for (kind, id_), name in objects(r.job).items():
        resource = told[kind, id_]
        if id_ in nameless:
            assert (resource["verdict"], resource["confidence"]) == ("possible", "possible"), name
        elif id_ in known:
            assert (resource["verdict"], resource["confidence"]) in (("managed", "certain"), ("drifted", "certain")), (name, resource)
            assert resource["addresses"], name
        else:
            assert resource["verdict"] in ("zombie", "implicit"), (name, resource)
            assert resource["confidence"] in ("probable", "certain"), (name, resource)
        assert resource["evidence"], name
    for key, name in objects(r.others).items():
        assert told[key]["verdict"] in ("foreign", "used", "protected"), (name, told[key])


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s not in SPECIAL])
def test_a_scenario_is_judged_right_and_destroyed_whole(scenario: str, project: LabProject, tmp_path: Path) -> None:
    r = replay(project.conn, scenario, tmp_path / "work")
    others = truth.fingerprint(project.conn)
    diff = tfclean(project, r.workdir, "diff")
    assert diff.code == (0 if scenario in IN_SYNC else 1), diff.out + diff.err
    check_verdicts(r, diff)

    nameless = only_possible(r)
    by_hand = {i for i, name in r.strangers.get("volume", {}).items()}
    destroyed = tfclean(project, r.workdir, "destroy", "--auto-approve")
    left = {i for those in truth.listing(project.conn).values() for i in those}
    ours = {i for those in (*r.job.values(), *r.strangers.values()) for i in those}
    assert left & ours == nameless | by_hand, destroyed.out + destroyed.err
    assert destroyed.code == (1 if nameless | by_hand else 0), destroyed.out + destroyed.err
    assert {x["id"] for x in destroyed.document["leftovers"]} == nameless | by_hand
    assert destroyed.document["proven"] is (not nameless | by_hand)
    # Order comes from the graph, not from retries.
    assert destroyed.document["refusals"] == 0, destroyed.err
    assert not [line for line in (r.workdir / destroyed.document["journal"]).read_text().splitlines() if '"refused"' in line]

    after = truth.fingerprint(project.conn)
    untouched = {i for those in (*r.others.values(), others["default_secgroup"], others["default_secgroup_rule"]) for i in those}
    for kind, those in after.items():
        for id_, fields in those.items():
            if id_ in untouched:
                assert fields == others[kind][id_], (kind, id_)
    assert untouched <= {i for those in after.values() for i in those}


def test_what_holds_a_group_from_outside_is_named_and_all_else_is_gone(project: LabProject, tmp_path: Path) -> None:
    r = replay(project.conn, "destroy-failed", tmp_path / "work")
    (outsider,) = r.strangers["port"]
    (group,) = r.job["secgroup"]
    first = tfclean(project, r.workdir, "destroy", "--auto-approve")
    assert first.code == 1, first.out + first.err
    told = first.outcomes()["network.security_group", group]
    assert told["outcome"] == "blocked"
    assert [b["id"] for b in told["blockers"]] == [outsider]
    left = truth.listing(project.conn)
    ours = {i for those in r.job.values() for i in those}
    rules = {i for kind in ("secgroup_rule",) for i in left.get(kind, {})}
    assert {i for those in left.values() for i in those} & ours - rules == {group}
    assert {i for those in r.strangers.values() for i in those} <= {i for those in left.values() for i in those}

    project.conn.network.delete_port(outsider)
    second = tfclean(project, r.workdir, "destroy", "--auto-approve")
    assert second.code == 0, second.out + second.err
    assert second.document["proven"] is True
    assert not {i for those in truth.listing(project.conn).values() for i in those} & ours


def test_a_diff_after_a_clean_destroy_is_in_sync(project: LabProject, tmp_path: Path) -> None:
    """Backups and logs do not make anything missing."""
    r = replay(project.conn, "tofu-plain", tmp_path / "work")
    assert tfclean(project, r.workdir, "destroy", "--auto-approve").code == 0
    state = r.workdir / "terraform.tfstate"
    old = json.loads(state.read_text())
    state.with_name("terraform.tfstate.backup").write_text(json.dumps(old))
    state.write_text(json.dumps({**old, "serial": old["serial"] + 30, "resources": [], "outputs": {}}))
    after = tfclean(project, r.workdir, "diff")
    assert after.code == 0, after.out + after.err
