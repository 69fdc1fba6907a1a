"""How long reading a large state takes, against `json.loads` of the same bytes.

Run: ``python benchmarks/read_state.py [MEGABYTES]``. It repeats a recorded state (64 resource types) until it is large enough.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tfclean.terraform import state

RECORDED = Path(__file__).parent.parent / "fixtures" / "wide-applied" / "terraform.tfstate"


def grown(megabytes: int) -> bytes:
    """Give a state of about that size, as Terraform would write it: one module for each copy of the recorded one."""
    document = json.loads(RECORDED.read_bytes())
    text = json.dumps(document["resources"], indent=2)
    copies = max(1, megabytes * 1_000_000 // len(text))
    resources = []
    for copy in range(copies):
        renamed = json.loads(text.replace("w200", f"w{copy:05}"))
        resources.extend({"module": f'module.copy["{copy}"]', **resource} for resource in renamed)
    return json.dumps({**document, "resources": resources}, indent=2).encode()


def best(work: Callable[[], object], rounds: int = 5) -> float:
    """Give the shortest of some runs, in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print the table."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "terraform.tfstate"
        path.write_bytes(grown(megabytes))
        data = path.read_bytes()
    reading = state.read(data, "terraform.tfstate")
    parsed = best(lambda: json.loads(data))
    whole = best(lambda: state.read(data, "terraform.tfstate"))
    gc.disable()
    bare = best(lambda: json.loads(data))
    gc.enable()
    print(f"{'size':>10} {'instances':>10} {'json.loads':>11} {'collector off':>14} {'state.read':>11} {'ratio':>6} {'per instance':>13}")
    extra = (whole - bare) / max(1, len(reading.claims)) * 1e6
    print(
        f"{len(data) / 1e6:>7.1f} MB {len(reading.claims):>10} {parsed:>9.3f} s {bare:>12.3f} s {whole:>9.3f} s"
        f" {whole / parsed:>6.2f} {extra:>10.1f} us"
    )


if __name__ == "__main__":
    main()
