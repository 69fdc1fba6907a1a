"""States from before 0.12: they claim what the same state would claim today."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tfclean.model import Claim, GapKind, Tense
from tfclean.terraform import state
from tfclean.terraform.flatmap import unflatten
from tfclean.terraform.reading import Reading
from tfclean.terraform.recognise import Form, recognise

PORT = "openstack_networking_port_v2"
IDS = [f"00000000-0000-4000-8000-{n:012}" for n in range(9)]


V3: dict[str, Any] = {
    "version": 3,
    "terraform_version": "0.11.14",
    "serial": 12,
    "lineage": "6f3b",
    "modules": [
        {
            "path": ["root"],
            "outputs": {"ip": {"sensitive": False, "type": "string", "value": "10.0.0.4"}},
            "resources": {
                "openstack_compute_instance_v2.master.0": {
                    "type": "openstack_compute_instance_v2",
                    "depends_on": [f"{PORT}.a.*", "module.net", "data.openstack_images_image_v2.os"],
                    "primary": {
                        "id": IDS[0],
                        "attributes": {
                            "id": IDS[0],
                            "name": "m-1",
                            "network.#": "2",
                            "network.0.port": IDS[1],
                            "network.0.uuid": IDS[2],
                            "network.1.port": "",
                            "network.1.uuid": IDS[3],
                            "metadata.%": "2",
                            "metadata.kubespray_groups": "etcd,kube",
                            "metadata.ssh.user": "ubuntu",
                            "security_groups.#": "2",
                            "security_groups.2779334175": "bastion",
                            "security_groups.385713": "default",
                        },
                        "meta": {"schema_version": "1"},
                        "tainted": True,
                    },
                    "deposed": [{"id": IDS[4], "attributes": {"id": IDS[4]}, "meta": {}, "tainted": False}],
                    "provider": "provider.openstack",
                },
                "data.openstack_images_image_v2.os": {
                    "type": "openstack_images_image_v2",
                    "depends_on": [],
                    "primary": {"id": IDS[5], "attributes": {"id": IDS[5], "name": "debian"}},
                    "deposed": [],
                },
            },
            "depends_on": [],
        },
        {
            "path": ["root", "net", "ports"],
            "outputs": {},
            "resources": {
                f"{PORT}.a": {
                    "type": PORT,
                    "depends_on": ["openstack_networking_network_v2.n"],
                    "primary": {"id": IDS[6], "attributes": {}, "meta": {}, "tainted": False},
                },
            },
        },
    ],
}
V4: dict[str, Any] = {
    "version": 4,
    "serial": 12,
    "lineage": "6f3b",
    "resources": [
        {
            "mode": "managed",
            "type": "openstack_compute_instance_v2",
            "name": "master",
            "instances": [
                {
                    "index_key": 0,
                    "status": "tainted",
                    "attributes": {
                        "id": IDS[0],
                        "name": "m-1",
                        "network": [{"port": IDS[1], "uuid": IDS[2]}, {"port": "", "uuid": IDS[3]}],
                        "metadata": {"kubespray_groups": "etcd,kube", "ssh.user": "ubuntu"},
                        "security_groups": ["default", "bastion"],
                    },
                    "dependencies": [f"{PORT}.a", "module.net", "data.openstack_images_image_v2.os"],
                },
                {
                    "index_key": 0,
                    "deposed": "00000001",
                    "attributes": {"id": IDS[4]},
                    "dependencies": [f"{PORT}.a", "module.net", "data.openstack_images_image_v2.os"],
                },
            ],
        },
        {
            "mode": "data",
            "type": "openstack_images_image_v2",
            "name": "os",
            "instances": [{"attributes": {"id": IDS[5], "name": "debian"}}],
        },
        {
            "module": "module.net.module.ports",
            "mode": "managed",
            "type": PORT,
            "name": "a",
            "instances": [{"attributes": {"id": IDS[6]}, "dependencies": ["module.net.module.ports.openstack_networking_network_v2.n"]}],
        },
    ],
}


def read(document: Any) -> Reading:
    return state.read(json.dumps(document, indent=4).encode(), "terraform.tfstate")


def old(version: int, *modules: Any, **more: Any) -> Reading:
    return read({"version": version, "serial": 1, **more, "modules": list(modules)})


def resource(key: str, **body: Any) -> dict[str, Any]:
    return {"path": ["root"], "resources": {key: body}}


def test_a_state_of_version_3_claims_what_it_would_claim_today() -> None:
    reading = read(V3)
    assert reading.claims == read(V4).claims
    assert (reading.whole, reading.gaps, reading.serial, reading.lineage, reading.is_state) == (True, (), 12, "6f3b", True)


def test_a_state_of_version_2_is_version_3_whose_maps_are_announced_like_lists() -> None:
    text = json.dumps({**V3, "version": 2}).replace('"metadata.%"', '"metadata.#"')
    assert state.read(text.encode(), "terraform.tfstate").claims == read(V3).claims


def test_version_1_keeps_tainted_instances_beside_the_primary_and_has_no_path_for_its_root() -> None:
    reading = read(
        {
            "version": 1,
            "serial": 4,
            "modules": [
                {
                    "outputs": {"ip": "10.0.0.4"},
                    "resources": {
                        f"{PORT}.a": {
                            "type": PORT,
                            "primary": {"id": IDS[0], "attributes": {"id": IDS[0]}},
                            "tainted": [{"id": IDS[1], "attributes": {"id": IDS[1]}}, {"id": IDS[2]}],
                            "deposed": [{"id": IDS[3]}],
                        }
                    },
                }
            ],
        }
    )
    assert [(c.id, c.tense, c.deposed) for c in reading.claims] == [
        (IDS[0], Tense.RECORDED, None),
        (IDS[1], Tense.TAINTED, None),
        (IDS[2], Tense.TAINTED, None),
        (IDS[3], Tense.DEPOSED, "00000001"),
    ]
    assert {c.address for c in reading.claims} == {f"{PORT}.a"}
    assert (reading.lineage, reading.whole) == (None, True)


def test_the_id_of_the_instance_stands_for_a_missing_attribute_and_never_against_it() -> None:
    def ids(primary: Any) -> list[str | None]:
        return [c.id for c in old(3, resource(f"{PORT}.a", primary=primary)).claims]

    assert ids({"id": IDS[0], "attributes": {"id": ""}}) == [IDS[0]]
    assert ids({"id": IDS[0], "attributes": {"id": IDS[1]}}) == [IDS[1]]
    assert ids({"id": IDS[0], "attributes": None}) == [IDS[0]]


def test_an_instance_without_an_id_does_not_exist() -> None:
    for primary in (None, {"id": "", "attributes": {}}, {"id": ""}):
        reading = old(3, resource(f"{PORT}.a", primary=primary))
        assert (reading.claims, reading.whole) == ((), True)


@pytest.mark.parametrize(
    "module",
    [
        None,
        {"path": ["net"], "resources": {}},
        {"path": "root", "resources": {}},
        {"path": ["root", 3], "resources": {}},
        {"path": ["root", "a b"], "resources": {f"{PORT}.a": {"primary": {"id": "x"}}}},
        {"path": ["root"], "resources": []},
        {"path": ["root"], "resources": {"nonsense": {}}},
        {"path": ["root"], "resources": {"a.b.c.d.e": {}}},
        {"path": ["root"], "resources": {f"{PORT}.a": []}},
        {"path": ["root"], "resources": {f"{PORT}.a": {"primary": 3}}},
        {"path": ["root"], "resources": {f"{PORT}.a": {"primary": {"id": "x", "attributes": []}}}},
        {"path": ["root"], "resources": {f"{PORT}.a": {"deposed": {}}}},
    ],
)
def test_what_cannot_be_read_of_an_old_state_is_a_gap_and_the_rest_is_read(module: Any) -> None:
    reading = old(3, module, resource(f"{PORT}.b", primary={"id": IDS[0]}))
    assert [c.id for c in reading.claims] == [IDS[0]]
    assert [gap.kind for gap in reading.gaps] == [GapKind.UNREADABLE]
    assert "modules[0]" in reading.gaps[0].reason
    assert not reading.whole


def test_an_old_state_without_a_list_of_modules_is_a_gap() -> None:
    reading = read({"version": 3, "serial": 1, "modules": {"x": 1}})
    assert [gap.kind for gap in reading.gaps] == [GapKind.UNREADABLE]
    assert read({"version": 3, "serial": 1, "lineage": "l"}).gaps == ()


def test_secrets_of_an_old_state_are_left_out() -> None:
    attributes = {"id": IDS[0], "name": "n", "admin_pass": "planted", "user_data": "planted"}
    reading = old(3, resource("openstack_compute_instance_v2.a", primary={"id": IDS[0], "attributes": attributes}))
    assert reading.claims[0].attributes["name"] == "n"
    assert "planted" not in repr(reading)


def test_an_old_state_that_ends_early_tells_what_stands_before_its_end() -> None:
    text = json.dumps(V3, indent=4)
    whole = {(c.address, c.id, c.tense): c for c in read(V3).claims}
    known = 0
    for end in range(60, len(text) - 2):
        data = text[:end].encode()
        assert recognise(data).form is Form.CUT_OFF_STATE
        reading = state.read(data, "terraform.tfstate")
        assert [gap.kind for gap in reading.gaps] == [GapKind.STATE_LOST]
        for claim in reading.claims:
            assert _less(claim, whole[claim.address, claim.id, claim.tense])
        assert len(reading.claims) >= known
        known = len(reading.claims)
    assert known == len(whole)


def _less(part: Claim, whole: Claim) -> bool:
    return part == whole or (part.id == whole.id and part.lineage == whole.lineage)


def test_a_member_of_a_list_of_blocks_is_no_key_of_a_map() -> None:
    assert unflatten({"a.#": "1", "a.0.b.#": "1", "a.0.b.17": "x", "a.0.c.%": "1", "a.0.c.k.l": "y"}) == {
        "a": [{"b": ["x"], "c": {"k.l": "y"}}]
    }
    assert unflatten({"t.#": "1", "t.Name": "x"}) == {"t": {"Name": "x"}}


def test_blocks_of_a_set_come_in_the_order_of_their_hashes() -> None:
    attributes = {"id": IDS[0], "volume.#": "2", "volume.91.id": "b", "volume.4.id": "a", "metadata.#": "0"}
    (claim,) = old(1, resource("openstack_compute_instance_v2.x.10", primary={"id": IDS[0], "attributes": attributes})).claims
    assert claim.address == "openstack_compute_instance_v2.x[10]"
    assert (claim.attributes["volume"], claim.attributes["metadata"]) == ([{"id": "a"}, {"id": "b"}], [])
