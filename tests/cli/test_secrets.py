"""Secrets that stand in a run's traces and in its cloud never show, whatever is asked for."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.recorded import FIXTURES, inventory
from tfclean.cli import main
from tfclean.cloud.document import dump

PLANTED = re.compile(r"planted-(key|psk|password|secret|backend-password)")
HIDDEN = ("cloud.json", "before.json", "after.json", "made.json", "scenario.json")
PASSPHRASE = "correct-horse-battery-staple"


@pytest.mark.parametrize("scenario", ["http-killed", "errored", "wide-applied", "wide-killed", "wide-destroy-failed", "tofu-encrypted"])
@pytest.mark.parametrize("verb", ["diff", "plan"])
def test_no_planted_secret_shows_in_any_output(scenario: str, verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work = tmp_path / "work"
    shutil.copytree(FIXTURES / scenario, work, ignore=shutil.ignore_patterns(*HIDDEN))
    traces = "".join(p.read_text(errors="replace") for p in work.rglob("*") if p.is_file())
    assert PLANTED.search(traces) or scenario == "tofu-encrypted"
    live = tmp_path / "live.json"
    live.write_text(json.dumps(dump(inventory(scenario))))
    out = [] if verb == "diff" else ["--out", str(tmp_path / "a.plan")]
    main([verb, str(work), "--inventory", str(live), "-v", "-o", "console", "-o", f"json={tmp_path / 'report.json'}", *out])
    captured = capsys.readouterr()
    written = "".join(p.read_text() for p in tmp_path.iterdir() if p.is_file())
    for text in (captured.out, captured.err, written):
        assert not PLANTED.search(text)
        assert PASSPHRASE not in text
    assert captured.out


def test_an_encrypted_run_that_was_opened_shows_its_objects_and_no_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = f'key_provider "pbkdf2" "lab" {{\n  passphrase = "{PASSPHRASE}"\n}}\n'
    monkeypatch.setenv("TF_ENCRYPTION", provider + 'method "aes_gcm" "m" {\n  keys = key_provider.pbkdf2.lab\n}\n')
    work = tmp_path / "work"
    work.mkdir()
    for name in ("terraform.tfstate", "plan.tfplan"):
        shutil.copy(FIXTURES / "tofu-encrypted" / name, work)
    live = tmp_path / "live.json"
    live.write_text(json.dumps(dump(inventory("tofu-encrypted"))))
    assert main(["diff", str(work), "--inventory", str(live), "-v", "-o", "console", "-o", f"json={tmp_path / 'report.json'}"]) == 0
    captured = capsys.readouterr()
    document = json.loads((tmp_path / "report.json").read_text())
    assert document["summary"]["managed"] >= 14
    text = captured.out + captured.err + (tmp_path / "report.json").read_text()
    assert PASSPHRASE not in text
    assert not PLANTED.search(text)
