"""Builds the bundle by build.spec and tries it: `python -m tests.release.bundle [--keep FOLDER]`.

It starts, its window shows a photo, and it encodes and decodes one. Needs the extra `bundle`, and for the window Xvfb
and xwininfo. Takes some minutes, and some GB of disk with a torch for CUDA.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.release.trial import ROOT, Program, build, report


def try_bundle(folder: Path, tell: Callable[[str], None]) -> None:
    """Builds the bundle in a folder and tries it.

    Raises:
        TrialError: it cannot be built, or does not do what it must.
    """
    begin = time.monotonic()
    places = ["--distpath", str(folder / "dist"), "--workpath", str(folder / "build")]
    build([sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN", *places, str(ROOT / "build.spec")])
    bundle = folder / "dist" / "qmap-studio"
    size_bytes = sum(path.lstat().st_size for path in bundle.rglob("*"))
    tell(f"the bundle is built in {time.monotonic() - begin:.0f} s, {size_bytes / 1e6:.0f} MB")
    work = folder / "work"
    work.mkdir(exist_ok=True)
    program = Program([str(bundle / "qmap-studio")], work)
    tell(program.check_version())
    tell(program.check_photo())
    tell(program.check_window())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="build in this folder and leave the bundle there")
    arguments = parser.parse_args()
    if arguments.keep is not None:
        return report(lambda tell: try_bundle(arguments.keep.resolve(), tell))
    with tempfile.TemporaryDirectory(prefix="qmap-studio-bundle-") as folder:
        return report(lambda tell: try_bundle(Path(folder), tell))


if __name__ == "__main__":
    sys.exit(main())
