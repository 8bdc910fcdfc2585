"""Starts the window, or a command of the command line."""

import locale
import os
import sys
from pathlib import Path

from qmap_studio.core.language import use_language


def main() -> int:
    """Routes the command line; gives the exit code."""
    if getattr(sys, "frozen", False):  # the worker processes of a bundle start here
        from multiprocessing import freeze_support

        freeze_support()
    arguments = sys.argv[1:]
    use_language(locale.getlocale()[0])
    # The window imports nothing of the commands, and they nothing of the window.
    if not arguments or _may_be_picture(arguments[0]):
        from qmap_studio.app import main as open_window

        return open_window(arguments)
    from qmap_studio.cli.main import main as run_command

    return run_command(arguments)


def _may_be_picture(argument: str) -> bool:
    """Whether a first argument names a file rather than a command, an option or something mistyped."""
    if argument.startswith("-"):
        return False
    if Path(argument).suffix:
        return True
    if not os.path.exists(argument):
        return False
    from qmap_studio.cli.main import COMMANDS

    return argument not in COMMANDS


if __name__ == "__main__":
    if getattr(sys, "frozen", False):  # in a bundle worker processes are this very program
        from multiprocessing import freeze_support

        freeze_support()
    sys.exit(main())
