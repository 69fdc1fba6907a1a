"""What is used of quotas: one request per service, in each one's own form, and never an error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cloud.small_cloud import PROJECT, ROOTS, SmallCloud, small_cloud
from tfclean.kinds.quotas import SHEETS
from tfclean.kinds.registry import KINDS
from tfclean.model import Usage

SETS = {"compute": f"/os-quota-sets/{PROJECT}/detail", "block-storage": f"/os-quota-sets/{PROJECT}"}
NETWORK, BALANCER = f"{ROOTS['network']}/quotas/{PROJECT}/details.json", f"{ROOTS['load-balancer']}/lbaas/quotas/{PROJECT}"
NOVA, CINDER = (ROOTS[service] + path for service, path in SETS.items())


def said(document: Any, status: int = 200) -> tuple[int, dict[str, str], str]:
    return status, {"Content-Type": "application/json"}, json.dumps(document)


ANSWERS = {
    NOVA: said({"quota_set": {"id": PROJECT, "instances": {"limit": 10, "in_use": 4, "reserved": 0}, "cores": {"limit": -1, "in_use": 8}}}),
    CINDER: said({"quota_set": {"id": PROJECT, "volumes": {"limit": 5, "in_use": 5, "reserved": 0}}}),
    NETWORK: said({"quota": {"port": {"limit": 100, "used": 7, "reserved": 0}, "odd": 3}}),
    BALANCER: said({"quota": {"load_balancer": 2, "pool": -1}}),
}


def asked(small: SmallCloud) -> list[str]:
    return sorted(r.path for r in small.requests)


def test_each_service_is_asked_once_in_its_own_form() -> None:
    with small_cloud(always=ANSWERS, rows={("load-balancer", "/lbaas/loadbalancers"): [{"id": "lb", "name": "n"}]}) as small:
        cloud = small.connect()
        small.requests.clear()
        told = cloud.usages()
        assert set(told.of) == {
            Usage("compute", "servers", 4, 10),
            Usage("compute", "virtual CPUs", 8, -1),
            Usage("network", "ports", 7, 100),
            Usage("block-storage", "volumes", 5, 5),
            Usage("load-balancer", "load balancers", 1, 2),
        }
        assert told.gaps == ()
        assert asked(small) == sorted([NOVA, CINDER, NETWORK, BALANCER, f"{ROOTS['load-balancer']}/lbaas/loadbalancers"])
        assert small.asked(SETS["block-storage"])[0].query == [("usage", "True")]


@pytest.mark.parametrize(
    "answer",
    [said({"forbidden": {"message": "Policy"}}, 403), said({}, 404), (200, {}, "<html>"), said([]), said({"quota_set": 3}), said({}, 503)],
)
def test_a_service_that_does_not_tell_is_a_gap_and_is_not_asked_again(answer: tuple[int, dict[str, str], str]) -> None:
    with small_cloud(always={**ANSWERS, NOVA: answer}) as small:
        cloud = small.connect()
        small.requests.clear()
        told = cloud.usages()
        assert [gap.subject for gap in told.gaps] == ["compute quotas"]
        assert {u.service for u in told.of} == {"network", "block-storage", "load-balancer"}
        assert asked(small).count(NOVA) == 1


def test_numbers_that_are_none_are_left_out() -> None:
    odd = {"quota_set": {"instances": {"limit": "many", "in_use": 1}, "cores": {"limit": 1, "in_use": None}, "ram": True}}
    with small_cloud(always={**ANSWERS, NOVA: said(odd)}) as small:
        assert [u for u in small.connect().usages().of if u.service == "compute"] == [Usage("compute", "servers", 1, -1)]


def test_a_service_that_is_not_there_is_not_asked() -> None:
    with small_cloud(always=ANSWERS, catalog={"compute": "/compute/v2.1"}) as small:
        assert {u.service for u in small.connect().usages().of} == {"compute"}


def test_a_cloud_that_is_gone_is_no_error() -> None:
    with small_cloud(always=ANSWERS) as small:
        cloud = small.connect()
        small.dead = True
        told = cloud.usages()
    assert told.of == ()
    assert len(told.gaps) == len(SHEETS)


def test_what_is_counted_is_a_kind() -> None:
    assert all(sheet.used or sheet.counted.keys() == sheet.names.keys() for sheet in SHEETS)
    assert {kind for sheet in SHEETS for kind in sheet.counted.values()} <= KINDS.keys()
    assert {sheet.service for sheet in SHEETS} <= {kind.service for kind in KINDS.values()}
