"""The lab's command line."""

import argparse
import json
import sys
from functools import partial

from . import LabError, down, install, is_up, project, status, up

DESCRIPTION = "A real OpenStack on loopback, below $TFCLEAN_LAB_ROOT (default /var/tmp/tfclean-lab). Needs Debian and root."


def _status() -> int:
    for name, what in status().items():
        print(f"{name:22} {what}")
    works = is_up()
    print("the lab is up" if works else "the lab is not up")
    return 0 if works else 1


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.openstack.lab", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("install", help="install the Debian packages and the services")
    commands.add_parser("up", help="start the lab, unless it is up")
    commands.add_parser("down", help="stop the lab")
    commands.add_parser("status", help="say which service runs; exit code 1 unless the lab is up")
    commands.add_parser("project", help="make a project and a user of this name").add_argument("name", metavar="NAME")
    chosen = parser.parse_args(arguments)
    try:
        match chosen.command:
            case "install":
                install()
            case "up":
                up(partial(print, flush=True))
            case "down":
                down()
            case "project":
                print(json.dumps({"clouds": {chosen.name: project(chosen.name)}}, indent=1))
            case _:
                return _status()
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
