"""Starts the window, or a command of the command line."""

import sys


def main() -> int:
    """Routes the command line; gives the exit code."""
    arguments = sys.argv[1:]
    # Nothing slow is imported on the way to the window.
    from qmap_studio.cli.main import COMMANDS

    if arguments and (arguments[0] in COMMANDS or arguments[0].startswith("-")):
        from qmap_studio.cli.main import main as run_command

        return run_command(arguments)
    from qmap_studio.app import main as open_window

    return open_window(arguments)


if __name__ == "__main__":
    sys.exit(main())
