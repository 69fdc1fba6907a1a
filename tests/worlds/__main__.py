"""One random world again, with everything that happens in it: ``python -m tests.worlds SEED``."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.worlds.story import Broken, Story


def main() -> int:
    """Play the world with the given seed, and tell what happens."""
    with TemporaryDirectory() as folder:
        try:
            Story(int(sys.argv[1]), Path(folder) / "world", print).play()
        except Broken as error:
            print(f"broken:\n{error}")
            return 1
    print("every promise was kept")
    return 0


if __name__ == "__main__":
    sys.exit(main())
