from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.terraform.secrets import EVERYTHING, Sieve, is_secret_name, secret_attributes, unpad

UUID = "6f5d5b2e-6b3c-4a39-9a0c-0d4c8a1d2e3f"


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "admin_pass",
        "passwd",
        "user_data",
        "db_password",
        "OS_PASSWORD",
        "psk",
        "Temp-URL-Key",
        "temp_url_key_2",
        "token",
        "private_key",
        "passphrase",
        "client_secret",
        "secret_key",
        "access_key",
        "auth_token",
        "kubeconfig",
        "value_specs",
        "personality",
        "container_sync_key",
    ],
)
def test_names_of_secrets_are_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["name", "key_pair", "public_key", "secret_ref", "secret_type", "key", "tags", "compass", "bypass", "monkey", "tokens_used"]
)
def test_harmless_names_are_no_secrets(name: str) -> None:
    assert not is_secret_name(name)


def test_secrets_that_the_provider_does_not_flag_are_withheld() -> None:
    kept, gone = Sieve().sift("openstack_vpnaas_site_connection_v2", {"name": "n", "psk": "s"})
    assert (kept, gone) == ({"name": "n"}, {"psk"})
    kept, gone = Sieve().sift("openstack_dns_transfer_request_v2", {"id": "i", "key": "s"})
    assert (kept, gone) == ({"id": "i"}, {"key"})
    assert {"parameters", "outputs", "environment_opts"} <= secret_attributes("openstack_orchestration_stack_v1")


def test_a_nested_secret_goes_and_its_block_stays() -> None:
    attributes = {"user": [{"name": "u", "password": "s", "host": ["h"]}], "size": 1}
    kept, gone = Sieve().sift("openstack_x", attributes)
    assert kept == {"user": [{"name": "u", "host": ["h"]}], "size": 1}
    assert "user" in gone
    assert attributes["user"] == [{"name": "u", "password": "s", "host": ["h"]}]


def test_a_secret_in_metadata_goes() -> None:
    kept, gone = Sieve().sift("openstack_compute_instance_v2", {"metadata": {"job": "1", "db_password": "s"}})
    assert (kept, gone) == ({"metadata": {"job": "1"}}, {"metadata"})


def test_what_the_document_marks_goes() -> None:
    assert Sieve().sift("openstack_x", {"name": "n", "size": 1}, {"name"}) == ({"size": 1}, {"name"})
    assert Sieve().sift("openstack_x", {"name": "n", "size": 1}, {EVERYTHING}) == ({}, {"name", "size"})


def test_other_providers_give_no_attributes() -> None:
    assert Sieve().sift("random_password", {"result": "s"}) == ({}, frozenset())


def test_without_secrets_nothing_is_copied() -> None:
    attributes = {"name": "n", "fixed_ip": [{"subnet_id": UUID}], "tags": ["a"]}
    kept, gone = Sieve().sift("openstack_networking_port_v2", attributes)
    assert kept is attributes
    assert not gone


def test_padded_ids_are_stripped_and_other_padding_stays() -> None:
    attributes = {"id": f" {UUID}\n", "description": " two words ", "security_group_ids": [f"{UUID} "], "network": [{"uuid": f" {UUID}"}]}
    kept, gone = Sieve().sift("openstack_networking_port_v2", attributes)
    assert kept == {"id": UUID, "description": " two words ", "security_group_ids": [UUID], "network": [{"uuid": UUID}]}
    assert not gone
    assert unpad(" master ") == " master "


def test_names_that_come_later_are_learnt() -> None:
    sieve = Sieve()
    assert sieve.sift("openstack_x", {"name": "n"}) == ({"name": "n"}, frozenset())
    assert sieve.sift("openstack_x", {"name": "n", "password": "s"}) == ({"name": "n"}, {"password"})


values = st.recursive(
    st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "password", "b"]), inner)
)


@given(st.dictionaries(st.sampled_from(["id", "name", "password", "list", "metadata"]), values))
def test_no_secret_passes_at_any_depth(attributes: dict[str, object]) -> None:
    kept, _ = Sieve().sift("openstack_x", attributes)
    assert '"password"' not in json.dumps(kept)
