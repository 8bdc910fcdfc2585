"""Starts the window, or a command of the command line."""

import os
import sys
from pathlib import Path


def main() -> int:
    """Routes the command line; gives the exit code."""
    arguments = sys.argv[1:]
    # Nothing slow is imported on the way to the window.
    from qmap_studio.cli.main import COMMANDS

    if arguments and (arguments[0] in COMMANDS or not _may_be_picture(arguments[0])):
        from qmap_studio.cli.main import main as run_command

        return run_command(arguments)
    from qmap_studio.app import main as open_window

    return open_window(arguments)


def _may_be_picture(argument: str) -> bool:
    """Whether a first argument names a file rather than an option or a mistyped command."""
    return not argument.startswith("-") and (bool(Path(argument).suffix) or os.path.exists(argument))


if __name__ == "__main__":
    sys.exit(main())
