"""Reads the command line and runs one command.

Exit codes: 0 done, 1 the world was at fault (one sentence on stderr), 2 wrong usage, 130 interrupted.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from qmap_studio import __version__
from qmap_studio.cli import batch, decode, encode, evaluate, info, models, optimise_map
from qmap_studio.cli.messages import PROGRAM, tell
from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.language import N_, tr

COMMANDS = {
    "encode": encode,
    "batch": batch,
    "decode": decode,
    "info": info,
    "evaluate": evaluate,
    "models": models,
    "optimise-map": optimise_map,
}

_DESCRIPTION = N_(
    "Decide where an image's bits go: paint a quality map, a learned codec follows live.\n\n"
    "  qmap-studio [IMAGE ...]         opens the window, with these pictures or .sfc files\n"
    "  qmap-studio COMMAND ...         works without a window"
)


def main(arguments: Sequence[str]) -> int:
    """Runs a command; gives the exit code."""
    try:
        parsed = _parser().parse_args(arguments)
        parsed.run(parsed)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse has told what was wrong, or has shown its help
        return stop.code if isinstance(stop.code, int) else 2
    except QMapStudioError as error:
        return _fail(str(error))
    except MemoryError:
        return _fail(tr("There is not enough memory for this picture."))
    except KeyboardInterrupt:
        tell(tr("interrupted"))
        return 130
    except BrokenPipeError:
        # Whoever read our output has read enough; Python must not try to flush it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description=tr(_DESCRIPTION), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title=tr("commands"), metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        command.add_arguments(commands.add_parser(name, help=tr(command.HELP), description=tr(command.DESCRIPTION)))
        commands.choices[name].set_defaults(run=command.run)
    return parser


def _fail(sentence: str) -> int:
    tell(sentence)
    return 1
