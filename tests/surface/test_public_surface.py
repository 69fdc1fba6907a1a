"""What callers may rely on: the names, that they are cheap to import, and that they are typed."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tfclean
from tests.surface import telling

SURFACE = {
    "errors": "CloudError CredentialsError InputError Interrupted JournalError NothingToGoOn Refused TfcleanError Unreachable UsageError",
    "nouns": "Adoption Check Checkup Confidence Event Finding Footprint Group Inventory Judgement Key Outcome OutcomeKind Plan Resource Result Step Sweep SweepPlan Verdict",  # noqa: E501
    "verbs": "Explanation Watched adopt apply connect destroy diff doctor explain inventory load_inventory load_plan plan plan_sweep read resume run sweep watching",  # noqa: E501
}
HEAVY = "openstack keystoneauth1 networkx rich hcl2 msgpack requests yaml"


def test_the_surface_is_this() -> None:
    names = [*" ".join(SURFACE.values()).split(), "__version__"]
    assert sorted(tfclean.__all__) == sorted(names) == dir(tfclean)
    for name in names:
        assert getattr(tfclean, name) is not None


def test_other_names_are_none() -> None:
    with pytest.raises(AttributeError):
        tfclean.nothing_of_the_kind  # noqa: B018


@pytest.mark.parametrize(
    "code",
    [
        "import tfclean",
        "import tfclean; tfclean.destroy, tfclean.Plan, tfclean.TfcleanError",
        "from tfclean.cli import main; main(['--help'])",
        "from tfclean.cli import main; main(['--version'])",
        *(f"from tfclean.cli import main; main(['{name}', '--help'])" for name in ("diff", "plan", "destroy", "journal")),
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(code: str) -> None:
    check = f"import sys; loaded = set('{HEAVY}'.split()) & set(sys.modules); sys.exit(repr(loaded) if loaded else 0)"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{check}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_callers_hold_on_to_is_what_was_recorded() -> None:
    """Changed on purpose? ``python -m tests.surface.telling`` records it, and the diff shows what callers have to change."""
    assert telling.told() == telling.RECORDED.read_text(encoding="utf-8")


def test_every_verb_is_told_with_all_its_options() -> None:
    text = telling.told()
    for name in ("approve: ", "max_deletions: ", "protect: ", "on_event: ", "journal: "):
        destroy = text.partition("\ndestroy(")[2].partition("\ndiff(")[0]
        assert f"\n    {name}" in destroy
    assert all(f"\n    {each.name} = {each.value!r}\n" in text for each in tfclean.Verdict)
