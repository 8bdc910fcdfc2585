"""Builds the wheel and tries it: `python -m tests.release.wheel`.

Every resource that the program reads is in it, and installed beside the packages of this Python it encodes and decodes
a photo.
"""

import sys
import sysconfig
import tempfile
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.release.trial import ROOT, Program, TrialError, build, report

NOT_READ = ("screenshot.webp", "layers.webp", "annotations.webp", "training", "task_maps")
"""What lies under resources/ for readers of the README and for training, not for the program."""


def build_wheel(folder: Path) -> Path:
    """The wheel of the clone, built in a folder.

    Raises:
        TrialError: it cannot be built.
    """
    build([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)])
    return next(folder.glob("*.whl"))


def check_content(wheel: Path) -> str:
    """That a wheel holds all modules and resources, and nothing besides.

    Raises:
        TrialError: it does not; names what is missing or too much.
    """
    resources = ROOT / "resources"
    files = {path.relative_to(resources) for path in resources.rglob("*") if path.is_file()}
    read = {f"qmap_studio/_resources/{path.as_posix()}" for path in files if path.parts[0] not in NOT_READ}
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "qmap_studio").rglob("*.py")}
    names = set(zipfile.ZipFile(wheel).namelist())
    if missing := sorted((read | modules) - names):
        raise TrialError(f"the wheel lacks {', '.join(missing)}.")
    packed = {name for name in names if name.startswith("qmap_studio/_resources/") or name.endswith(".py")}
    if foreign := sorted(packed - read - modules):
        raise TrialError(f"the wheel should not hold {', '.join(foreign)}.")
    return f"the wheel holds {len(modules)} modules and {len(read)} resources"


def install(wheel: Path, folder: Path) -> Path:
    """A new environment with the wheel and, for what it needs, the packages of this Python; gives the program's path.

    Raises:
        TrialError: it cannot be installed.
    """
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    build([str(scripts / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)])
    packages = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    # Packages are found there, but not what is installed there as a link to a clone: its .pth files are not read.
    needed = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    Path(packages, "needed.pth").write_text("\n".join(needed) + "\n", encoding="utf-8")
    return scripts / "qmap-studio"


def try_wheel(folder: Path, tell: Callable[[str], None]) -> None:
    """Builds the wheel in a folder and tries it.

    Raises:
        TrialError: it cannot be built or installed, or does not do what it must.
    """
    wheel = build_wheel(folder)
    tell(check_content(wheel))
    work = folder / "work"
    work.mkdir()
    program = Program([str(install(wheel, folder / "environment"))], work)
    tell(program.check_version())
    tell(program.check_photo())


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="qmap-studio-wheel-") as folder:
        return report(lambda tell: try_wheel(Path(folder), tell))


if __name__ == "__main__":
    sys.exit(main())
