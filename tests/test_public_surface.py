"""What callers may rely on: the names, that they are cheap to import, and that they are typed."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

import pytest

import tfclean

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


def test_types_and_schemas_are_shipped() -> None:
    assert (files("tfclean") / "py.typed").is_file()
    for name in ("diff", "plan", "result", "inventory"):
        assert (files("tfclean.report") / "schemas" / f"{name}.json").is_file()
