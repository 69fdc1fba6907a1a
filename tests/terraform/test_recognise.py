from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.terraform.recognise import Form, recognise

FIXTURES = Path(__file__).parents[2] / "fixtures"
ENCRYPTED = {"tofu-encrypted/plan.tfplan", "tofu-encrypted/terraform.tfstate"}


def expected(path: Path) -> Form | None:
    """Tell from the name what a recorded file is, which the code under test must not."""
    place = f"{path.parent.name}/{path.name}"
    if place in ENCRYPTED:
        return Form.ENCRYPTED
    if path.parent.name == ".terraform":
        return Form.POINTER
    if not path.stat().st_size:
        return Form.EMPTY
    if ".tfstate" in path.name:
        return Form.STATE_V4
    if path.suffix == ".tfplan":
        return Form.PLAN_ZIP
    if path.suffix == ".log":
        return Form.LOG_JSON if path.read_bytes().lstrip().startswith(b'{"@level"') else Form.LOG_TEXT
    shown = {"plan.json": Form.PLAN_JSON, "again.json": Form.PLAN_JSON, "refresh.json": Form.PLAN_JSON, "state.json": Form.STATE_JSON}
    others = {"lock.json": Form.LOCK_INFO, "cloud.json": Form.JSON_OTHER, "scenario.json": Form.JSON_OTHER}
    return shown.get(path.name) or others.get(path.name)


RECORDED = [path for path in sorted(FIXTURES.rglob("*")) if path.is_file() and expected(path)]


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_every_recorded_file_is_recognised(path: Path) -> None:
    assert recognise(path.read_bytes()).form is expected(path)


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ("", Form.EMPTY),
        (" \n", Form.EMPTY),
        ("\0" * 4096, Form.EMPTY),
        ('{"version":4,"serial":1}', Form.STATE_V4),
        ('{"version":3,"serial":1,"lineage":"x","modules":[{"path":["root"],"resources":{"a.b":{}}}]}', Form.STATE_OLD),
        ('{"version":1,"modules":[]}', Form.STATE_OLD),
        ('{"version":5,"serial":1,"resources":[]}', Form.STATE_TOO_NEW),
        ('{"version":true,"serial":1,"resources":[]}', Form.STATE_TOO_NEW),
        ('{"version":"4","serial":1,"resources":[]}', Form.STATE_TOO_NEW),
        ('{"version":3,"backend":{"type":"http"},"modules":[{"path":["root"],"resources":{}}]}', Form.POINTER),
        ('{"version":3,"state_store":{"type":"x"}}', Form.POINTER),
        ('{"format_version":"1.0"}', Form.STATE_JSON),
        ('{"format_version":"1.2","resource_changes":[]}', Form.PLAN_JSON),
        ('{"format_version":"1.0","resources":[],"listed":[]}', Form.INVENTORY),
        ('{"format_version":"1.0","valid":true}', Form.JSON_OTHER),
        ('{"remote_plan_format":1,"run_id":"run-1","hostname":"h"}', Form.PLAN_BOOKMARK),
        ('{"meta":{},"encrypted_data":"x","encryption_version":"v0"}', Form.ENCRYPTED),
        ('{"serial":1,"lineage":"l","meta":{"key_provider.pbkdf2.lab":"e', Form.ENCRYPTED),
        ('{"ID":"1","Who":"a@b","Created":"2026-01-01T00:00:00Z"}', Form.LOCK_INFO),
        ('{"resource":{"a":{"b":{}}},"variable":{}}', Form.CONFIG),
        ('resource "openstack_x" "y" {\n}\n', Form.CONFIG),
        ("terraform {\n}\n", Form.CONFIG),
        ('{\n  "version": 4,\n  "terraform_version": "1.11.4",\n  "ser', Form.CUT_OFF_STATE),
        ('{\n  "vers', Form.CUT_OFF_STATE),
        ('{"lineage":"x","version":4,"resources":[', Form.CUT_OFF_STATE),
        ('{"version":4,"resources":[}', Form.CUT_OFF_STATE),
        ('{"format_version":"1.2","terraform_version":"1.11.4","variables":{', Form.PLAN_JSON),
        ('{"format_version":"1.0","terraform_version":"1.11.4","values":{', Form.STATE_JSON),
        ('{"a":', Form.JSON_OTHER),
        ("[1]", Form.JSON_OTHER),
        ("{}", Form.JSON_OTHER),
        ('CI says hello\n2026 {"@level":"info","@message":"Terraform 1.11.4","type":"version"}\n', Form.LOG_JSON),
        ("openstack_x.y: Creating...\n", Form.LOG_TEXT),
        ("{ not json }\nopenstack_x.y: Creating...\n", Form.LOG_TEXT),
        ("hello\n", Form.TEXT_OTHER),
        ("tfplan\x02", Form.PLAN_LEGACY),
        ("ab\0cd", Form.BINARY),
    ],
)  # fmt: skip
def test_content_tells_the_form(content: str, form: Form) -> None:
    assert recognise(content.encode()).form is form


def test_a_shell_may_have_changed_the_encoding() -> None:
    text = json.dumps({"version": 4, "serial": 1, "resources": []})
    for encoding in ("utf-8-sig", "utf-16"):
        assert recognise(text.encode(encoding)).form is Form.STATE_V4
    assert recognise("openstack_x.y: Creating...\n".encode("utf-16")).form is Form.LOG_TEXT


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: ("{" + text).encode("utf-8", "surrogatepass")))
def test_every_content_has_a_form(data: bytes) -> None:
    assert recognise(data).form in Form
    assert recognise(memoryview(data)).form is recognise(data).form


def test_too_deep_and_too_long_is_no_crash() -> None:
    assert recognise(b'{"version":4,"x":' + b"[" * 100_000).problem
    assert recognise(b'{"version":4,"x":' + b"9" * 10_000 + b"}").problem
