"""Paths that the system does not take are told in its own words, wherever one is given."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from qmap_studio.cli.paths import check_output
from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.files import atomic_write
from qmap_studio.core.pictures import Picture, read_picture, write_picture
from qmap_studio.core.settings import Settings
from qmap_studio.document.annotations.readers import read_annotations
from qmap_studio.document.map_files import read_quality_map
from qmap_studio.recipes.folders import pictures_in
from qmap_studio.recipes.sfc_files import read_sfc

ACCESSES: dict[str, Callable[[Path], object]] = {
    "picture": read_picture,
    "save a picture": lambda path: write_picture(path, Picture(np.zeros((4, 4, 3), np.uint8))),
    ".sfc": read_sfc,
    "map": lambda path: read_quality_map(path, 4, 4),
    "boxes": lambda path: read_annotations(path, "a.png", 4, 4),
    "folder": pictures_in,
    "write": lambda path: atomic_write(path, b""),
    "before the work": check_output,
    "settings": lambda path: Settings().write(path),
    "settings' folder": lambda path: Settings().write(path / "settings.json"),
}


@pytest.mark.parametrize("access", ACCESSES.values(), ids=ACCESSES)
@pytest.mark.parametrize("number", [errno.ENAMETOOLONG, errno.ELOOP])
def test_the_systems_reason_is_told(tmp_path: Path, access: Callable[[Path], object], number: int) -> None:
    path = tmp_path / ("ü" * 200 + ".png")
    if number == errno.ELOOP:
        path = tmp_path / "a.png"
        (tmp_path / "b.png").symlink_to(path)
        path.symlink_to(tmp_path / "b.png")
    with pytest.raises(QMapStudioError, match=os.strerror(number)) as told:
        access(path)
    assert path.name in str(told.value)
