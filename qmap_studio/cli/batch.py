"""The command `batch`."""

import argparse
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmap_studio.cli import options
from qmap_studio.cli.messages import tell
from qmap_studio.cli.progress import ProgressBar
from qmap_studio.core.errors import AnnotationError, QMapStudioError
from qmap_studio.core.language import N_, ngettext, tr
from qmap_studio.core.sizes import size_text
from qmap_studio.core.threads import workers as cores

if TYPE_CHECKING:
    from qmap_studio.batch import Outcome, Plan, Totals, Workers

HELP = N_("folders of pictures to .sfc files")
DESCRIPTION = N_(
    "Encodes all pictures below folders by one recipe. A run that ended in any way goes on when it is started again: "
    "what is done is not done once more. Beside the files lie batch.csv with a line a picture and batch.html."
)
MOST_TOLD = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(wrong_usage=parser.error)
    parser.add_argument("folders", type=_place, nargs="+", metavar="FOLDER")
    parser.add_argument(
        "-o", "--output", type=_place, required=True, metavar="OUT", help=tr("a folder for the results")
    )
    parser.add_argument(
        "--records", type=Path, metavar="FOLDER", help=tr("for batch.csv and the like (default: that for the results)")
    )
    what = options.add_quality(parser)
    what.add_argument(
        "--map-for",
        metavar="PATTERN",
        help=tr("the map of each picture, such as maps/{stem}.png; also {name} with the suffix, {folder}"),
    )
    parser.add_argument(
        "--annotations",
        type=_place,
        metavar="PATH",
        help=tr("a file for all pictures, or a folder with one for each"),
    )
    options.add_rules(parser)
    options.add_target_size(parser)
    options.add_thorough(parser)
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=options.whole_number,
        default=0,
        metavar="N",
        help=tr("processes side by side (default: {count}, one for each core)").format(count=cores()),
    )
    where.add_argument(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help=tr("of Dask, whose workers do the work on any number of machines"),
    )
    parser.add_argument(
        "--path-map",
        type=_path_pair,
        action="append",
        default=[],
        metavar="HERE=THERE",
        help=tr("a folder of this machine and where the scheduler's workers see it; any number of times"),
    )
    options.add_strip_metadata(parser)
    options.add_model(parser)
    options.add_device(parser)


def run(arguments: argparse.Namespace) -> None:
    from qmap_studio.batch import Run

    if arguments.rules is not None and arguments.annotations is None:
        arguments.wrong_usage(tr("--rules needs --annotations PATH"))
    if arguments.path_map and arguments.scheduler is None:
        arguments.wrong_usage(tr("--path-map needs --scheduler tcp://HOST:PORT"))
    plan = _plan(arguments)
    watch = _Watch()
    workers = _workers(arguments, plan)
    signal.signal(signal.SIGINT, watch.stop)
    try:
        with watch.bar:
            totals = Run(plan, watch, lambda: watch.is_stopped).with_workers(workers)
    finally:
        workers.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
    watch.tell(totals, plan)
    if watch.is_stopped:
        raise KeyboardInterrupt
    if totals.stopped:
        raise QMapStudioError(totals.stopped)
    if totals.failed:
        sys.stdout.flush()
        raise SystemExit(1)


def _workers(arguments: argparse.Namespace, plan: "Plan") -> "Workers":
    if arguments.scheduler is None:
        from qmap_studio.batch.processes import Processes

        return Processes(arguments.workers or cores(), arguments.model, arguments.device)
    from qmap_studio.batch.cluster import Cluster
    from qmap_studio.batch.places import PathMap

    paths = PathMap(tuple(arguments.path_map))
    return Cluster(arguments.scheduler, arguments.model, arguments.device, plan.weights, plan.out, paths, tell)


def _plan(arguments: argparse.Namespace) -> "Plan":
    from qmap_studio.batch import Plan
    from qmap_studio.batch.weights import weights_digest
    from qmap_studio.document.annotations.rules_file import read_rules
    from qmap_studio.recipes.maps import MapRecipe

    if arguments.annotations is not None and not arguments.annotations.exists():
        raise AnnotationError(tr("{path} does not exist.").format(path=arguments.annotations))
    recipe = MapRecipe(arguments.quality, annotations=arguments.annotations)
    if arguments.rules is not None:
        recipe = replace(recipe, rules=read_rules(arguments.rules))
    return Plan(
        tuple(arguments.folders),
        arguments.output,
        recipe,
        arguments.map_for,
        arguments.target_bytes,
        arguments.target_bpp,
        arguments.strip_metadata,
        weights_digest(arguments.model),
        arguments.records,
        arguments.thorough,
    )


class _Watch:
    """Follows a run on the terminal."""

    def __init__(self) -> None:
        self.bar = ProgressBar()
        self.is_stopped = False
        self._errors: list[str] = []

    def stop(self, *_: Any) -> None:
        """Ends the run; the second time at once."""
        if self.is_stopped:
            os._exit(130)
        self.is_stopped = True

    def listed(self, totals: "Totals") -> None:
        from qmap_studio.batch.needs import machine_bytes

        text = ngettext(
            "{photos} picture, {before} done before.", "{photos} pictures, {before} done before.", totals.photos
        )
        tell(text.format(photos=totals.photos, before=totals.before))
        for sentence in totals.needs.sentences(machine_bytes()) if totals.needs is not None else ():
            tell(sentence)

    def ended(self, outcome: "Outcome", totals: "Totals") -> None:
        if outcome.error and len(self._errors) < MOST_TOLD:
            self._errors.append(f"{outcome.photo}: {outcome.error}")
        left = totals.seconds_left
        self.bar.update(totals.share, outcome.photo if left is None else f"{_time(left)}  {outcome.photo}")

    def tell(self, totals: "Totals", plan: "Plan") -> None:
        """What has come of it all."""
        from qmap_studio.batch.stores import called

        for error in self._errors:
            tell(error)
        if totals.failed > len(self._errors):
            more = totals.failed - len(self._errors)
            text = ngettext("and {count} more; see {table}", "and {count} more; see {table}", more)
            tell(text.format(count=more, table=plan.kept / "batch.csv"))
        text = tr("{done} done ({size}), {before} done before, {failed} failed, of {photos}: {folder}")
        size = size_text(totals.bytes)
        print(
            text.format(
                done=totals.done,
                size=size,
                before=totals.before,
                failed=totals.failed,
                photos=totals.photos,
                folder=called(plan.out),
            )
        )


def _place(text: str) -> Path:
    """A folder of this machine or an address in an object store."""
    from qmap_studio.batch import stores

    return stores.place(text)


def _path_pair(text: str) -> tuple[Path, Path]:
    """HERE=THERE."""
    here, _, there = text.partition("=")
    if not here or not there:
        raise argparse.ArgumentTypeError(tr("HERE=THERE was expected, not {text!r}").format(text=text))
    return Path(here), Path(there)


def _time(seconds: float) -> str:
    """Such as 0:07, 12:30 or 3:05:00."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
