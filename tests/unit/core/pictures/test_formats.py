"""Every known format is read, or told by its name with what to do."""

import builtins
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from qmap_studio.core.errors import ImageError
from qmap_studio.core.pictures import load_picture, picture_suffixes, read_picture
from qmap_studio.core.pictures.formats import EXTRAS, FOREIGN_FORMATS
from tests.unit.core.pictures.test_tiff import tiff

HEADS = {  # the first bytes of files of cameras' and other programs
    "a.psd": b"8BPS\0\1" + bytes(20),
    "a.exr": b"\x76\x2f\x31\x01" + bytes(20),
    "a.hdr": b"#?RADIANCE\n",
    "a.pdf": b"%PDF-1.7\n",
    "a.svg": b"<?xml version='1.0'?><svg/>",
    "a.dcm": bytes(128) + b"DICM",
    "a.fits": b"SIMPLE  =                    T",
    "a.tga": bytes(18),
    "a.eps": b"%!PS-Adobe-3.0 EPSF-3.0",
    "a.npy": b"\x93NUMPY\1\0",
    "a.mp4": b"\0\0\0\x18ftypmp42" + bytes(12),
    "a.mkv": b"\x1a\x45\xdf\xa3" + bytes(12),
    "a.cr3": b"\0\0\0\x18ftypcrx \0\0\0\1",
    "a.raf": b"FUJIFILMCCD-RAW 0201",
    "a.orf": b"IIRO\x08\0\0\0",
    "a.rw2": b"IIU\0\x18\0\0\0",
    "a.xcf": b"gimp xcf v011\0",
    "a.qoi": b"qoif" + bytes(20),
}
TITLES = {
    "a.psd": "Photoshop", "a.exr": "OpenEXR", "a.hdr": "Radiance", "a.pdf": "PDF", "a.svg": "SVG", "a.dcm": "DICOM",
    "a.fits": "FITS", "a.tga": "TGA", "a.eps": "PostScript", "a.npy": "NumPy", "a.mp4": "MP4", "a.mkv": "Matroska",
    "a.cr3": "CR3", "a.raf": "Fujifilm", "a.orf": "Olympus", "a.rw2": "Panasonic", "a.xcf": "GIMP", "a.qoi": "QOI",
}  # fmt: skip


@pytest.mark.parametrize("name", HEADS)
def test_foreign_formats_are_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(HEADS[name])
    with pytest.raises(ImageError, match=rf"{name} cannot be read \(.*{TITLES[name]}.*\): .+ first\."):
        read_picture(tmp_path / name)


@pytest.mark.parametrize("name", ["a.nef", "a.arw", "a.dng", "a.cr2", "a.pef", "a.srw", "a.NEF"])
def test_raw_files_do_not_open_as_their_thumbnails(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(tiff(4, 4, 8, bytes(16)))
    with pytest.raises(ImageError, match=rf"{name} cannot be read \(raw file.*\): develop it"):
        read_picture(tmp_path / name)


@pytest.mark.parametrize("tags", [{"t50706": 1}, {"t262": 32803}])
def test_raw_files_are_known_under_another_name(tmp_path: Path, tags: dict[str, int]) -> None:
    (tmp_path / "a.tif").write_bytes(tiff(4, 4, 8, bytes(16), **tags))
    with pytest.raises(ImageError, match="develop it"):
        read_picture(tmp_path / "a.tif")


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), (9, 8, 7)).save(tmp_path / "a.psd", "PNG")
    assert read_picture(tmp_path / "a.psd").pixels[0, 0].tolist() == [9, 8, 7]


def test_no_suffix_is_both_read_and_foreign() -> None:
    foreign = [suffix for each in FOREIGN_FORMATS for suffix in each.suffixes]
    assert len(foreign) == len(set(foreign))
    assert not set(foreign) & set(picture_suffixes())


def saved(path: Path) -> np.ndarray:
    """A smooth picture in the format of an extra."""
    extra = next(each for each in EXTRAS if path.suffix in each.suffixes)
    pytest.importorskip(extra.module)
    if extra.module == "pillow_heif":
        importlib.import_module("pillow_heif").register_heif_opener()
    y, x = np.mgrid[0:40, 0:60]
    pixels = np.stack([4 * x, 6 * y, 3 * x + y], axis=2).astype(np.uint8)
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    Image.fromarray(pixels).save(path, extra.format, quality=95, exif=exif.tobytes())
    return pixels


@pytest.mark.parametrize("name", ["a.heic", "a.jxl"])
def test_extras_read_their_formats(tmp_path: Path, name: str) -> None:
    pixels = saved(tmp_path / name)
    read = load_picture(tmp_path / name)
    assert np.abs(read.picture.pixels.astype(int) - pixels).mean() < 4
    assert read.picture.metadata.exif is not None
    assert b"a camera" in read.picture.metadata.exif
    assert read.page_count == 1
    assert Path(name).suffix in picture_suffixes()


def test_a_damaged_file_of_an_extra_is_not_told_to_want_it(tmp_path: Path) -> None:
    pytest.importorskip("pillow_heif")
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    with pytest.raises(ImageError, match="damaged or cut short"):
        read_picture(tmp_path / "a.heic")


@pytest.mark.parametrize(
    ("name", "head", "extra"),
    [
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
        ("a.jpg", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "heic"),
        ("a.jxl", b"\xff\x0a" + bytes(20), "jxl"),
        ("a.png", b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(20), "jxl"),
    ],
)
def test_extras_that_are_missing_are_named(
    tmp_path: Path, name: str, head: bytes, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = builtins.__import__

    def blocked(module: str, *others: Any) -> Any:
        if module in ("pillow_heif", "pillow_jxl"):
            raise ImportError(module)
        return imported(module, *others)

    found = importlib.util.find_spec
    monkeypatch.setattr(builtins, "__import__", blocked)
    monkeypatch.setattr(
        "qmap_studio.core.pictures.formats.find_spec",
        lambda module: None if module in ("pillow_heif", "pillow_jxl") else found(module),
    )
    monkeypatch.setattr("qmap_studio.core.pictures.formats.picture_suffixes", picture_suffixes.__wrapped__)
    (tmp_path / name).write_bytes(head)
    with pytest.raises(ImageError, match=rf'{name} is .*pip install "qmap-studio\[{extra}\]"'):
        read_picture(tmp_path / name)
    assert ".heic" not in picture_suffixes.__wrapped__()


def test_a_vast_jpeg_xl_picture_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    # 2^30 pixels high, square: U32 selector 3, 30 bits of ones, ratio 1.
    bits = (3 << 1) | (((1 << 30) - 1) << 3) | (1 << 33)
    (tmp_path / "a.jxl").write_bytes(b"\xff\x0a" + bits.to_bytes(12, "little"))
    with pytest.raises(ImageError, match="too large: 1073741824 x 1073741824"):
        read_picture(tmp_path / "a.jxl")
