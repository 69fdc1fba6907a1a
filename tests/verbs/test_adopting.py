"""Adoption: the right address and the right id for everything that the provider can import, and nothing that ends a line."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import hcl2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tfclean
from tests.cli.making import inventory_file
from tests.making import PROJECT, claim, footprint, inventory, live
from tests.recorded import FIXTURES, JOBS, WIDE
from tests.recorded import inventory as recorded
from tfclean.cli import main
from tfclean.errors import InputError, UsageError
from tfclean.estate.judge import judge
from tfclean.kinds.imports import IMPOSSIBLE, PARTS, import_id, type_of
from tfclean.kinds.registry import KINDS
from tfclean.kinds.terraform_types import of
from tfclean.model import Adoption, Claim, Gap, GapKind, Import, Kept, Key, Resource, Tense, Verdict
from tfclean.terraform.addresses import parse, quote
from tfclean.terraform.importing import render
from tfclean.verbs.adopting import OTHERS, choose

NET, PORT, SERVER = "openstack_networking_network_v2", "openstack_networking_port_v2", "openstack_compute_instance_v2"
LEG = "openstack_networking_router_interface_v2"


def read(text: str) -> list[tuple[str, str]]:
    """Give the address and the id of each import block, as a reader of HCL sees them."""
    blocks = hcl2.load(io.StringIO(text)).get("import", [])
    return [(str(block["to"]).removeprefix("${").removesuffix("}"), str(block["id"]).strip('"')) for block in blocks]


def adopted(*resources: Resource, claims: tuple[Claim, ...] = (), names: tuple[str, ...] = ()) -> Adoption:
    """Adopt objects by their ids; all that are live if none is named."""
    j = judge(footprint(claims, complete=False), inventory(*resources))
    return choose(j, [f for f in j.findings.values() if f.id in (names or {r.id for r in resources})])


def created(address: str, id_: str, **attributes: Any) -> Claim:
    return claim(address, Tense.CREATED, id_, **attributes)


@pytest.mark.parametrize("scenario", [*JOBS, *WIDE])
def test_what_a_killed_run_left_is_imported_where_its_traces_have_it(scenario: str) -> None:
    if scenario == "tofu-encrypted":
        pytest.skip("its passphrase is not here")
    made = tfclean.adopt(every=True, paths=FIXTURES / scenario, inventory=recorded(scenario))
    assert read(made.text) == [(each.address, each.id) for each in made.imports]
    assert len({each.address for each in made.imports}) == len(made.imports)
    for each in made.imports:
        known = of(parse(each.address).type)
        assert known is not None
        assert not known.removed_in
        assert known.type not in IMPOSSIBLE
        assert known.kind == each.target.kind or each.target.kind == "network.router_interface"
    if scenario.startswith("killed-m"):
        assert len(made.imports) >= 5


@pytest.mark.parametrize(
    "address", [f"{NET}.n", f"{NET}.n[3]", f'{NET}.n["a.b"]', f'module.a["x y"].module.b[0].{NET}.n["q\\"${{y}}"]', f'{NET}.n["$${{x}}"]']
)
def test_addresses_keep_their_keys(address: str) -> None:
    made = adopted(live("network.network", "n1", "x"), claims=(created(address, "n1", name="x"),))
    assert [each.address for each in made.imports] == [str(parse(address))]
    assert len(read(made.text)) == 1


@pytest.mark.parametrize(
    ("resource", "type_", "id_"),
    [
        (live("load_balancer.member", "m1", pool_id="p1"), "openstack_lb_member_v2", "p1/m1"),
        (live("load_balancer.l7_rule", "r1", l7policy_id="l1"), "openstack_lb_l7rule_v2", "l1/r1"),
        (live("load_balancer.health_monitor", "h1", pools=[{"id": "p1"}]), "openstack_lb_monitor_v2", "h1/p1"),
        (live("load_balancer.health_monitor", "h1", pools=[]), "openstack_lb_monitor_v2", ""),
        (live("compute.volume_attachment", "s1/v1"), "openstack_compute_volume_attach_v2", "s1/v1"),
        (live("compute.keypair", "my key"), "openstack_compute_keypair_v2", "my key"),
        (live("network.router_interface", "port"), LEG, "port"),
        (live("network.floating_ip_association", "fip"), "openstack_networking_floatingip_associate_v2", "fip"),
        (live("network.router_route", "r-route-1/2-3"), "openstack_networking_router_route_v2", "r-route-1/2-3"),
        (live("network.qos_rule", "q/r", type="dscp_marking"), "openstack_networking_qos_dscp_marking_rule_v2", "q/r"),
        (live("network.qos_rule", "q/r", type="new"), "", ""),
        (live("block_storage.volume", "v"), "openstack_blockstorage_volume_v3", "v"),
        (live("network.security_group", "g"), "openstack_networking_secgroup_v2", "g"),
        (live("network.port_security_group", "p/g", port_id="p"), "openstack_networking_port_secgroup_associate_v2", "p"),
        (live("block_storage.snapshot", "s"), "", ""),
    ],
)
def test_ids_are_those_of_the_providers_documentation(resource: Resource, type_: str, id_: str) -> None:
    assert type_of(resource) == type_
    if type_:
        assert import_id(type_, resource) == id_


def test_every_kind_has_a_current_type_or_none_at_all() -> None:
    without = {name for name in KINDS if not type_of(live(name, "x", type="bandwidth_limit"))}
    assert without == {"block_storage.snapshot", "block_storage.backup", "network.trunk_subport"}
    for name in (*PARTS, *IMPOSSIBLE):
        assert of(name) is not None


def test_a_port_that_a_router_took_as_its_leg_is_imported_as_both() -> None:
    leg = live("network.router_interface", "p1", "x", device_id="r1", network_id="n1")
    made = adopted(leg, claims=(created(f"{PORT}.p", "p1", name="x"), created(f"{LEG}.i", "p1", port_id="p1", router_id="r1")))
    assert read(made.text) == [(f"{PORT}.p", "p1"), (f"{LEG}.i", "p1")]


def test_a_port_is_never_imported_as_a_leg_because_a_create_of_one_is_unaccounted_for() -> None:
    made = tfclean.adopt(every=True, paths=FIXTURES / "wide-killed", inventory=recorded("wide-killed"))
    assert all("octavia" not in each.name for each in made.imports)
    assert made.left == ()


def test_what_no_trace_names_gets_a_name_of_its_own_and_a_hint() -> None:
    made = adopted(live("network.network", "n1", "a b/c"), live("network.network", "n2", "a b c"), live("network.network", "n3"))
    assert read(made.text) == [(f"{NET}.adopted_a_b_c", "n1"), (f"{NET}.adopted_a_b_c_1", "n2"), (f"{NET}.adopted_n3", "n3")]
    assert made.text.count("no trace names its address") == 3


def test_an_old_type_becomes_the_current_one() -> None:
    made = adopted(live("block_storage.volume", "v1", "x"), claims=(created("openstack_blockstorage_volume_v2.x", "v1", name="x"),))
    assert [each.address for each in made.imports] == ["openstack_blockstorage_volume_v3.adopted_x"]
    assert "openstack_blockstorage_volume_v2.x" in made.imports[0].notes[0]


def test_an_address_that_something_else_holds_is_not_given_twice() -> None:
    claims = (claim(f"{NET}.n", id_="n1", name="x"), created(f"{NET}.n", "n2", name="x"))
    j = judge(footprint(claims), inventory(live("network.network", "n1", "x"), live("network.network", "n2", "x")))
    made = choose(j, list(j.findings.values()))
    assert [each.address for each in made.imports] == [f"{NET}.adopted_x"]
    assert [kept.because for kept in made.left] == [f"the present state has it as {NET}.n"]


def test_what_is_not_to_be_imported_is_told_with_the_reason() -> None:
    trunk = live("network.trunk", "t1", "t", port_id="p1", sub_ports=[])
    keep = live("network.network", "n1", "n", tags=["tfclean:keep"])
    dhcp = live("network.port", "d1", network_id="n1", device_owner="network:dhcp", device_id="x")
    monitor = live("load_balancer.health_monitor", "h1", pools=[])
    made = adopted(trunk, keep, dhcp, monitor, live("block_storage.snapshot", "s1", "s", volume_id="v"))
    reasons = {kept.target.id: kept.because for kept in made.left}
    assert "cannot import trunks" in reasons["t1"]
    assert reasons["n1"] == 'it is protected: its tags say "tfclean:keep"'
    assert reasons["s1"] == "the provider has no resource for it"
    assert reasons["h1"] == "what openstack_lb_monitor_v2 is imported by is not known whole"
    assert "d1" in reasons
    assert read(made.text) == []
    assert all(line.startswith("#") or not line for line in made.text.splitlines())


def test_a_name_does_not_end_a_comment() -> None:
    evil = 'x\nimport {\n  to = a.b\n  id = "c"\n}\n\u202e ${file("/etc/passwd")}'
    made = adopted(live("network.network", "n1", evil), live("network.trunk", "t1", evil, port_id="p", sub_ports=[]))
    assert len(read(made.text)) == 1
    assert "\u202e" not in made.text
    assert [line for line in made.text.splitlines() if line.startswith("import")] == ["import {"]


# python-hcl2 takes an escaped ${ for one only if a } follows.
texts = st.text(st.characters(exclude_characters="$%"), max_size=20)


@given(texts, texts.filter(bool), st.text(max_size=20))
def test_no_text_breaks_the_file(name: str, id_: str, because: str) -> None:
    key = Key("network.network", id_)
    one = Import(key, name, f"{NET}.n[{quote(name)}]", id_, (because,))
    text = render(Adoption((one, one), (Kept(key, name, because),), project=because), version="0")
    assert len(read(text)) == 2
    inside = [line for line in text.splitlines() if not line.startswith("#") and line]
    assert [line.split()[0] for line in inside] == ["import", "to", "id", "}"] * 2


def test_nothing_chosen_is_an_error_and_so_is_what_nobody_knows() -> None:
    with pytest.raises(UsageError):
        tfclean.adopt(paths=FIXTURES / "killed-middle", inventory=recorded("killed-middle"))
    with pytest.raises(InputError):
        tfclean.adopt(["none"], FIXTURES / "killed-middle", inventory=recorded("killed-middle"))


def test_the_command_writes_a_file_and_never_over_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [str(FIXTURES / "killed-middle"), "--inventory", str(inventory_file(recorded("killed-middle"), tmp_path / "live.json"))]
    assert main(["adopt", "--all", *given]) == 0
    text = capsys.readouterr().out
    assert main(["adopt", "--all", *given, "--out", "a.tf"]) == 0
    assert (tmp_path / "a.tf").read_text() == text
    assert main(["adopt", "--all", *given, "--out", "a.tf"]) == 2
    assert "is there already" in capsys.readouterr().err
    one = read(text)[0]
    assert main(["adopt", one[0], *given]) == 0
    assert read(capsys.readouterr().out) == [one]
    found = tfclean.diff(given[0], inventory=given[2]).findings.values()
    managed = next(f.addresses[0] for f in found if f.verdict is Verdict.MANAGED)
    assert main(["adopt", managed, one[0], *given]) == 1
    assert "the present state has it" in capsys.readouterr().out
    (tmp_path / "tfclean.toml").write_text(f'paths = ["{given[0]}"]\n')
    assert main(["adopt", one[0], *given[1:]]) == main(["adopt", "--all", *given[1:]]) == 0
    assert read(capsys.readouterr().out)[0] == one
    assert main(["adopt", *given]) == 2
    assert main(["adopt", "--all", *given, "--out", "none/a.tf"]) == 2
    assert PROJECT not in text


def test_what_openstack_made_is_nothing_to_import_and_a_list_that_did_not_come_is_told(tmp_path: Path) -> None:
    port = live("network.port", "p1", "octavia-lb-l1", device_id="lb-l1", device_owner="Octavia", network_id="n1")
    balancer = live("load_balancer.load_balancer", "l1", "b", vip_port_id="p1", vip_network_id="n1")
    made = adopted(balancer, port, claims=(created("openstack_lb_loadbalancer_v2.b", "l1", name="b"),))
    assert [each.target.id for each in made.imports] == ["l1"]
    assert [kept.because for kept in made.left] == [OTHERS]
    gone = replace(recorded("killed-middle"), gaps=(Gap(GapKind.NOT_LISTED, "image.image", "refused"),))
    live_file = inventory_file(gone, tmp_path / "live.json")
    assert main(["adopt", "--all", str(FIXTURES / "killed-middle"), "--inventory", str(live_file)]) == 3
