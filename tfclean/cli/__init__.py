"""Arguments in, an exit code out. Nothing heavy is imported before a command needs it, so that ``--help`` is quick."""

from tfclean.cli.entry import main

__all__ = ["main"]
