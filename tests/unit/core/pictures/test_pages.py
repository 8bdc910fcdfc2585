"""Files of several pages or frames, and what looks like one."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image, features

from qmap_studio.core.errors import ImageError
from qmap_studio.core.pictures import load_picture

COLOURS = [(200, 30, 40), (30, 200, 40), (30, 40, 200)]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.tif", {}),
        ("a.gif", {}),
        ("a.png", {}),
        ("a.webp", {"lossless": True}),
        ("a.mpo", {"format": "MPO", "quality": 95}),
        pytest.param(
            "a.avif", {}, marks=pytest.mark.skipif(not features.check("avif"), reason="Pillow was built without AVIF")
        ),
    ],
)
def test_each_page_can_be_chosen(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    pages = [Image.new("RGB", (32, 16), colour) for colour in COLOURS]
    pages[0].save(tmp_path / name, save_all=True, append_images=pages[1:], **options)
    for page, colour in enumerate(COLOURS):
        read = load_picture(tmp_path / name, page)
        assert read.page_count == 3
        assert np.abs(read.picture.pixels - np.array(colour)).max() <= 12
        assert any(f"3 pages or frames; number {page + 1} is shown" in notice for notice in read.notices)
    assert np.array_equal(load_picture(tmp_path / name).picture.pixels, load_picture(tmp_path / name, 0).picture.pixels)
    for missing in (3, -1):
        with pytest.raises(ImageError, match="has 3 pages; there is no page"):
            load_picture(tmp_path / name, missing)


def test_pages_of_deep_files(tmp_path: Path) -> None:
    pages = np.array([[[0, 65535]], [[32768, 0]]], np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", pages, photometric="minisblack")
    assert load_picture(tmp_path / "a.tif", 1).picture.pixels[0, :, 0].tolist() == [128, 0]


def test_smaller_versions_and_masks_are_no_pages(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(np.full((4, 4, 3), 9, np.uint8), photometric="rgb", subfiletype=1)
        file.write(np.full((16, 16, 3), 200, np.uint8), photometric="rgb", metadata=None)
        file.write(np.ones((16, 16), bool), photometric="mask", subfiletype=4, metadata=None)
    read = load_picture(tmp_path / "a.tif")
    assert (read.page_count, read.notices) == (1, ())
    assert read.picture.pixels.shape == (16, 16, 3)
    assert read.picture.pixels.min() == 200


@pytest.mark.parametrize(("size", "xmp"), [((8, 4), b""), ((32, 16), b"hdrgm:Version")])
def test_previews_and_maps_of_brightness_are_no_pages(tmp_path: Path, size: tuple[int, int], xmp: bytes) -> None:
    first, second = Image.new("RGB", (32, 16)), Image.new("RGB", size)
    first.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[second], xmp=xmp)
    assert load_picture(tmp_path / "a.jpg").page_count == 1


def test_sizes_of_an_icon_are_no_pages(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), (1, 2, 3)).save(tmp_path / "a.ico", sizes=[(16, 16), (64, 64)])
    read = load_picture(tmp_path / "a.ico")
    assert (read.page_count, read.notices) == (1, ())
    assert read.picture.width == 64


def test_a_chain_of_pages_that_leads_back_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.new("RGB", (8, 8)).save(path)
    data = bytearray(path.read_bytes())
    start = int.from_bytes(data[4:8], "little")
    end = start + 2 + 12 * int.from_bytes(data[start : start + 2], "little")
    data[end : end + 4] = data[4:8]
    path.write_bytes(data)
    assert load_picture(path).page_count == 1
