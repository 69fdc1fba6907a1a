"""What OpenTofu encrypted is read like what it did not, given the key; without it, one sentence says what to do, and no secret."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exhaustive import examples
from tests.recorded import FIXTURES
from tests.terraform.storing import serving, state
from tfclean.errors import NothingToGoOn
from tfclean.model import GapKind, Tense
from tfclean.terraform.encryption import Locked, Setup, opened
from tfclean.terraform.read import read

RECORDED = FIXTURES / "tofu-encrypted"
PASSPHRASE = "correct-horse-battery-staple"
BLOCK = """
key_provider "pbkdf2" "lab" {
  passphrase = "%s"
}
method "aes_gcm" "main" {
  keys = key_provider.pbkdf2.lab
}
state {
  method = method.aes_gcm.main
}
plan {
  method = method.aes_gcm.main
}
"""
KEY = "0123456789abcdef" * 4


def sealed(data: bytes, key: bytes, meta: Mapping[str, Any], aad: bytes | None = None, **more: Any) -> bytes:
    nonce = b"n" * 12
    body = base64.b64encode(nonce + AESGCM(key).encrypt(nonce, data, aad)).decode()
    return json.dumps({**more, "meta": meta, "encrypted_data": body, "encryption_version": "v0"}).encode()


def noted(**facts: Any) -> str:
    return base64.b64encode(json.dumps(facts).encode()).decode()


def derived(passphrase: bytes, *, hashed: str = "sha512", length: int = 32) -> tuple[bytes, dict[str, Any]]:
    salt = b"salt" * 8
    facts = {"salt": base64.b64encode(salt).decode(), "iterations": 10, "hash_function": hashed, "key_length": length}
    return hashlib.pbkdf2_hmac(hashed, passphrase, salt, 10, length), facts


def setup(text: str, tmp_path: Path, **environ: str) -> Setup:
    return Setup.of(tmp_path, {"TF_ENCRYPTION": text, **environ})


def test_a_recorded_encrypted_run_is_read_as_its_state_in_clear(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    for name in ("terraform.tfstate", "plan.tfplan"):
        shutil.copy(RECORDED / name, work)
    found = read([work], environ={"TF_ENCRYPTION": BLOCK % PASSPHRASE})
    in_clear = read([RECORDED / "state.json"], environ={})
    owned = {(claim.address, claim.id) for claim in found.claims if claim.present and claim.tense is Tense.RECORDED}
    assert owned == {(claim.address, claim.id) for claim in in_clear.claims if claim.tense is Tense.RECORDED}
    assert len(owned) > 14
    assert (found.complete, found.gaps) == (True, ())
    assert found.variables["job"].value == "800010"
    assert PASSPHRASE not in repr(found)


@pytest.mark.parametrize("name", ["terraform.tfstate", "plan.tfplan"])
def test_without_the_key_or_with_a_wrong_one_a_sentence_says_what_to_do(name: str) -> None:
    for environ, words in (
        ({}, "the key is not known: set TF_ENCRYPTION as for tofu"),
        ({"TF_ENCRYPTION": BLOCK % "planted-and-quite-wrong"}, "key_provider.pbkdf2.lab is not that of this file"),
        ({"TF_ENCRYPTION": "planted {{"}, "TF_ENCRYPTION is neither HCL nor JSON"),
        ({"TF_ENCRYPTION": '{"planted'}, "TF_ENCRYPTION is neither HCL nor JSON"),
    ):
        with pytest.raises(NothingToGoOn) as error:
            read([RECORDED / name], environ=environ)
        assert words in str(error.value)
        assert "give the output of `tofu" in str(error.value)
        assert "planted" not in str(error.value)


def test_without_the_extra_the_sentence_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(NothingToGoOn, match=r"install tfclean\[encryption\]"):
        read([RECORDED / "terraform.tfstate"], environ={"TF_ENCRYPTION": BLOCK % PASSPHRASE})


def test_the_block_of_the_configuration_is_used_with_its_variables(tmp_path: Path) -> None:
    shutil.copy(RECORDED / "terraform.tfstate", tmp_path)
    block = BLOCK % "${var.prefix}-battery-${var.end}"
    (tmp_path / "main.tf").write_text(f'terraform {{\nencryption {{{block}}}\n}}\nvariable "prefix" {{\n  default = "correct-horse"\n}}\n')
    for environ, file, good in (({}, "", False), ({"TF_VAR_end": "staple"}, "", True), ({"TF_VAR_end": "x"}, 'end = "staple"\n', True)):
        (tmp_path / "terraform.tfvars").write_text(file)
        if good:
            assert read([tmp_path], environ=environ).complete
        else:
            with pytest.raises(NothingToGoOn, match="TF_VAR_"):
                read([tmp_path], environ=environ)


def test_a_block_in_json_is_read_alike_and_the_environment_is_stronger(tmp_path: Path) -> None:
    shutil.copy(RECORDED / "terraform.tfstate", tmp_path)
    body = {
        "key_provider": {"pbkdf2": {"lab": {"passphrase": "not-this-one-at-all"}}},
        "method": {"aes_gcm": {"main": {"keys": "${key_provider.pbkdf2.lab}"}}},
        "state": {"method": "${method.aes_gcm.main}"},
    }
    (tmp_path / "main.tf.json").write_text(json.dumps({"terraform": {"encryption": body}}))
    with pytest.raises(NothingToGoOn):
        read([tmp_path], environ={})
    stronger = json.dumps({"key_provider": {"pbkdf2": {"lab": {"passphrase": PASSPHRASE}}}})
    assert read([tmp_path], environ={"TF_ENCRYPTION": stronger}).complete


def test_an_encrypted_state_behind_a_backend_is_opened_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with serving() as server:
        server.answers["/state"] = (200, (RECORDED / "terraform.tfstate").read_bytes())
        assert read([f"{server.url}/state"], environ={"TF_ENCRYPTION": BLOCK % PASSPHRASE}).complete


def test_fallbacks_are_tried_in_their_order_and_the_unencrypted_one_is_none(tmp_path: Path) -> None:
    text = f"""
key_provider "static" "new" {{
  key = "{"ff" * 32}"
}}
key_provider "static" "old" {{
  key = "{KEY}"
}}
method "aes_gcm" "new" {{
  keys = key_provider.static.new
}}
method "aes_gcm" "old" {{
  keys = key_provider.static.old
}}
method "unencrypted" "migrate" {{}}
state {{
  method = method.aes_gcm.new
  fallback {{
    method = method.unencrypted.migrate
    fallback {{
      method = method.aes_gcm.old
    }}
  }}
}}
"""
    known = setup(text, tmp_path)
    assert known.order["state"] == (("aes_gcm", "new"), ("unencrypted", "migrate"), ("aes_gcm", "old"))
    data = sealed(state(), bytes.fromhex(KEY), {"key_provider.static.old": noted(magic="Hello world!")}, serial=3, lineage="L")
    assert opened(json.loads(data), known) == state()
    assert "0123456789abcdef" not in repr(known)


def test_a_state_in_clear_needs_no_key(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_bytes(state())
    assert read([tmp_path], environ={"TF_ENCRYPTION": BLOCK % PASSPHRASE}).complete


@pytest.mark.parametrize(("hashed", "length"), [("sha256", 16), ("sha512", 24)])
@pytest.mark.parametrize("nested", [False, True])
def test_pbkdf2_is_derived_as_the_envelope_notes(tmp_path: Path, hashed: str, length: int, nested: bool) -> None:
    key, facts = derived(PASSPHRASE.encode(), hashed=hashed, length=length)
    document = json.loads(sealed(state(), key, {"key_provider.pbkdf2.lab": facts if nested else noted(**facts)}))
    assert opened(document, setup(BLOCK % PASSPHRASE, tmp_path)) == state()


def test_an_alias_a_chain_and_additional_data_are_followed(tmp_path: Path) -> None:
    text = f"""
key_provider "static" "first" {{
  key = "{KEY}"
}}
key_provider "pbkdf2" "second" {{
  chain = key_provider.static.first
  encrypted_metadata_alias = "other"
}}
method "aes_gcm" "main" {{
  keys = key_provider.pbkdf2.second
  aad = [1, 2, 3]
}}
"""
    key, facts = derived(bytes.fromhex(KEY))
    document = json.loads(sealed(state(), key, {"other": noted(**facts)}, bytes([1, 2, 3])))
    assert opened(document, setup(text, tmp_path)) == state()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('key_provider "aws_kms" "lab" {}\nmethod "aes_gcm" "m" {\nkeys = key_provider.aws_kms.lab\n}\n', "only OpenTofu can ask"),
        ('method "aes_gcm" "m" {\nkeys = key_provider.static.none\n}\n', "is not set up"),
        ('method "external" "m" {\ncommand = ["planted"]\n}\n', "not aes_gcm"),
        ('key_provider "static" "a" {\nkey = "planted"\n}\nmethod "aes_gcm" "m" {\nkeys = key_provider.static.a\n}\n', "not hexadecimal"),
        ('key_provider "static" "a" {\nkey = "00ff"\n}\nmethod "aes_gcm" "m" {\nkeys = key_provider.static.a\n}\n', "bytes long"),
        ('key_provider "static" "a" {\nkey = file("planted")\n}\nmethod "aes_gcm" "m" {\nkeys = key_provider.static.a\n}\n', "not known"),
        ((BLOCK % "p").replace('passphrase = "p"', "chain = key_provider.pbkdf2.lab"), "is not set up"),
        ((BLOCK % "p").replace("lab", "other"), "was not encrypted with"),
    ],
)
def test_a_setup_that_does_not_open_it_is_told(tmp_path: Path, text: str, words: str) -> None:
    document = json.loads((RECORDED / "terraform.tfstate").read_text())
    with pytest.raises(Locked, match=words) as error:
        opened(document, setup(text, tmp_path))
    assert "planted" not in str(error.value)


@pytest.mark.parametrize(
    "change",
    [
        {"encryption_version": "v9"},
        {"encrypted_data": 3},
        {"encrypted_data": "AAAA"},
        {"encrypted_data": ""},
        {"meta": []},
        {"meta": {"key_provider.pbkdf2.lab": noted(salt="AAAA", iterations=10**12, hash_function="sha512", key_length=32)}},
        {"meta": {"key_provider.pbkdf2.lab": noted(salt="AAAA", iterations=5, hash_function="md5", key_length=32)}},
        {"meta": {"key_provider.pbkdf2.lab": noted(salt="AAAA", iterations=5, hash_function="sha512", key_length=10**9)}},
        {"meta": {"key_provider.pbkdf2.lab": "no base64"}},
        {"meta": {"key_provider.pbkdf2.lab": noted(salt="AAAA", iterations=5, hash_function="sha512", key_length=32.0)}},
        {"meta": {"key_provider.pbkdf2.lab": noted(salt="AAAA", iterations=5, hash_function=["sha512"], key_length=32)}},
        {"serial": 99},
        {"lineage": "another"},
    ],
)
def test_a_damaged_envelope_is_never_opened(tmp_path: Path, change: dict[str, Any]) -> None:
    document = json.loads((RECORDED / "terraform.tfstate").read_text())
    with pytest.raises(Locked):
        opened({**document, **change}, setup(BLOCK % PASSPHRASE, tmp_path))


def test_what_is_inside_and_is_no_state_is_a_gap(tmp_path: Path) -> None:
    key, facts = derived(PASSPHRASE.encode())
    (tmp_path / "terraform.tfstate").write_bytes(
        sealed(b"planted", key, {"key_provider.pbkdf2.lab": noted(**facts)}, serial=1, lineage="L")
    )
    (tmp_path / "a.log").write_text("openstack_networking_port_v2.a: Creation complete after 1s [id=y]\n")
    found = read([tmp_path], environ={"TF_ENCRYPTION": BLOCK % PASSPHRASE})
    assert ([gap.kind for gap in found.gaps], found.complete) == ([GapKind.ENCRYPTED], False)
    assert "planted" not in repr(found)


def test_configuration_that_cannot_be_read_leaves_the_environment(tmp_path: Path) -> None:
    shutil.copy(RECORDED / "terraform.tfstate", tmp_path)
    (tmp_path / "broken.tf").write_text("terraform { encryption {{{")
    (tmp_path / "broken.tf.json").write_text("[")
    (tmp_path / "terraform.tfvars").write_text("= = =")
    known = Setup.of(tmp_path, {"TF_ENCRYPTION": BLOCK % PASSPHRASE})
    assert opened(json.loads((RECORDED / "terraform.tfstate").read_text()), known)
    assert Setup.of(tmp_path / "none", {}) == Setup(order={"state": (), "plan": ()})


_NAMES = (  # noqa: SIM905
    "key_provider method state plan static pbkdf2 aes_gcm a key keys chain fallback passphrase encryption_version encrypted_data meta salt "
    "iterations key_length key_provider.pbkdf2.a aad serial"
).split()
_TEXTS = st.sampled_from(["", "${", "var.x", "key_provider.static.a", "00" * 16])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats() | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4),
    max_leaves=25,
)
_NOWHERE = Path("/nonexistent")


@given(told=_JSON, envelope=_JSON, whole=st.booleans())
@settings(max_examples=examples(200), deadline=None)
def test_whatever_is_set_up_and_whatever_is_encrypted_opens_or_is_told(told: Any, envelope: Any, whole: bool) -> None:
    known = Setup.of(_NOWHERE, {"TF_ENCRYPTION": json.dumps(told)})
    document = envelope if isinstance(envelope, dict) else {"meta": envelope}
    if whole:
        document = {"meta": {}, "encrypted_data": "AAAA", **document, "encryption_version": "v0"}
    with pytest.raises(Locked):
        opened(document, known)


@pytest.mark.parametrize("way", ["text", "in one line", "machine"])
def test_an_encrypted_state_that_was_dumped_into_a_log_is_opened_with_the_key_and_told_with_the_reason_without(
    way: str, tmp_path: Path
) -> None:
    envelope = (RECORDED / "terraform.tfstate").read_text().strip()
    message = {"@level": "info", "@message": "Emergency state dump", "@timestamp": "2026-11-23T00:00:00Z", "type": "log", "state": envelope}
    began = "openstack_networking_network_v2.never: Creating...\n"
    failed = f"{began}Error: Failed to persist state to backend\n\n"
    in_one = json.dumps(json.loads(envelope))
    lines = {"text": f"{failed}{envelope}\n", "in one line": f"{failed}{in_one}\n", "machine": json.dumps(message) + "\n"}
    (tmp_path / "apply.log").write_text(lines[way])
    found = read([tmp_path / "apply.log"], environ={"TF_ENCRYPTION": BLOCK % PASSPHRASE})
    in_clear = read([RECORDED / "state.json"], environ={})
    owned = {(c.address, c.id) for c in found.claims if c.present and c.tense is Tense.RECORDED}
    assert owned == {(c.address, c.id) for c in in_clear.claims if c.tense is Tense.RECORDED}
    assert not found.gaps
    for environ in ({}, {"TF_ENCRYPTION": BLOCK % "another-passphrase-than-that"}):
        try:
            gaps = [gap.reason for gap in read([tmp_path / "apply.log"], environ=environ).gaps]
        except NothingToGoOn as error:
            gaps = [str(error)]
        assert len(gaps) == 1
        assert "was not opened" in gaps[0]
        assert "another-passphrase" not in gaps[0]
