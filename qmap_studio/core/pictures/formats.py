"""Formats of pictures: those that can be read, and those that are told by name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from qmap_studio.core.language import N_, tr

# Formats that start other programs (EPS) or that have no signature (TGA) are left out.
_PILLOW_FORMATS = ("PNG", "JPEG", "MPO", "TIFF", "WEBP", "BMP", "GIF", "PPM", "JPEG2000", "AVIF", "ICO")
_SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".gif", ".ppm", ".pgm", ".jp2", ".avif", ".ico",
)  # fmt: skip
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_TIFF_HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_DEVELOP = N_("develop it and save it as TIFF, PNG or JPEG first")
_CONVERT = N_("save it as TIFF, PNG or JPEG first")
_FLATTEN = N_("flatten its layers and save it as TIFF or PNG first")
_TONE_MAP = N_("tone-map it and save it as TIFF or PNG of 16 bits first")
_RENDER = N_("render it as PNG at the size that you want first")
_ONE_FRAME = N_("save a frame of it as PNG first")
_DECODE = N_("qmap-studio decode makes a picture of it; the window opens it once its name ends in .sfc")


@dataclass(frozen=True)
class Extra:
    """A format that a package besides brings.

    Attributes:
        format: its name with Pillow.
        module, package: what is imported, what is installed.
        name: of the extra in this program.
    """

    title: str
    format: str
    suffixes: tuple[str, ...]
    module: str
    package: str
    name: str
    is_head: Callable[[bytes], bool]

    @property
    def is_installed(self) -> bool:
        return find_spec(self.module) is not None


@dataclass(frozen=True)
class Foreign:
    """A format that is known and not read.

    Attributes:
        title: what people call it.
        suffixes: of file names, in lower case.
        signatures: bytes that files have, each with its offset.
        advice: what to do; marked, and translated where it is shown.
    """

    title: str
    suffixes: tuple[str, ...]
    signatures: tuple[tuple[int, bytes], ...]
    advice: str

    def is_head(self, head: bytes) -> bool:
        return any(head[offset : offset + len(magic)] == magic for offset, magic in self.signatures)


def _is_heif(head: bytes) -> bool:
    brands = _brands(head)
    return any(brand in _HEIF_BRANDS for brand in brands) and not {b"avif", b"avis"} & brands


def _is_jxl(head: bytes) -> bool:
    return head.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"))


def _brands(head: bytes) -> set[bytes]:
    """The brands of an ISO base media file (ISO 14496-12, section 4.3)."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), 256, len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}


EXTRAS = (
    Extra("HEIC", "HEIF", (".heic", ".heif"), "pillow_heif", "pillow-heif", "heic", _is_heif),
    Extra("JPEG XL", "JXL", (".jxl",), "pillow_jxl", "pillow-jxl-plugin", "jxl", _is_jxl),  # no text: a name
)

# Most raw files are TIFF inside, where their first picture is a thumbnail: the suffix tells them from TIFF.
RAW_FORMATS = (
    Foreign(N_("raw file (Adobe DNG)"), (".dng",), (), _DEVELOP),
    Foreign(N_("raw file (Nikon)"), (".nef", ".nrw"), (), _DEVELOP),
    Foreign(N_("raw file (Canon CR2)"), (".cr2",), ((8, b"CR\x02"),), _DEVELOP),
    Foreign(N_("raw file (Canon CR3)"), (".cr3",), ((8, b"crx "),), _DEVELOP),
    Foreign(N_("raw file (Canon CRW)"), (".crw",), ((6, b"HEAPCCDR"),), _DEVELOP),
    Foreign(N_("raw file (Sony)"), (".arw", ".sr2", ".srf"), (), _DEVELOP),
    Foreign(N_("raw file (Fujifilm)"), (".raf",), ((0, b"FUJIFILMCCD-RAW"),), _DEVELOP),
    Foreign(N_("raw file (Olympus)"), (".orf",), ((0, b"IIRO"), (0, b"IIRS"), (0, b"MMOR")), _DEVELOP),
    Foreign(N_("raw file (Panasonic or Leica)"), (".rw2", ".rwl"), ((0, b"IIU\0"),), _DEVELOP),
    Foreign(N_("raw file (Sigma)"), (".x3f",), ((0, b"FOVb"),), _DEVELOP),
    Foreign(N_("raw file (Pentax)"), (".pef",), (), _DEVELOP),
    Foreign(N_("raw file (Minolta)"), (".mrw",), ((0, b"\0MRM"),), _DEVELOP),
    Foreign(
        N_("raw file"), (".raw", ".srw", ".3fr", ".fff", ".iiq", ".erf", ".kdc", ".dcr", ".mos", ".mef", ".gpr"), (),
        _DEVELOP,
    ),
)  # fmt: skip

FOREIGN_FORMATS = (
    *RAW_FORMATS,
    Foreign(N_("Photoshop document"), (".psd", ".psb"), ((0, b"8BPS"),), _FLATTEN),
    Foreign(N_("GIMP document"), (".xcf",), ((0, b"gimp xcf"),), _FLATTEN),
    Foreign(N_("OpenRaster or Krita document"), (".ora", ".kra"), (), _FLATTEN),
    Foreign(N_("OpenEXR picture"), (".exr",), ((0, b"\x76\x2f\x31\x01"),), _TONE_MAP),
    Foreign(N_("Radiance HDR picture"), (".hdr", ".pic"), ((0, b"#?RADIANCE"), (0, b"#?RGBE")), _TONE_MAP),
    Foreign(N_("float map (PFM)"), (".pfm",), ((0, b"PF\n"), (0, b"Pf\n")), _TONE_MAP),
    Foreign(N_("PDF document"), (".pdf", ".ai"), ((0, b"%PDF"),), _RENDER),
    Foreign(N_("PostScript file"), (".eps", ".ps"), ((0, b"%!PS"), (0, b"\xc5\xd0\xd3\xc6")), _RENDER),
    Foreign(N_("SVG drawing"), (".svg", ".svgz"), ((0, b"<svg"),), _RENDER),
    Foreign(N_("Windows metafile"), (".wmf", ".emf"), ((0, b"\xd7\xcd\xc6\x9a"), (40, b" EMF")), _RENDER),
    Foreign(N_("DICOM picture"), (".dcm", ".dicom"), ((128, b"DICM"),), _CONVERT),
    Foreign(N_("FITS picture"), (".fits", ".fit", ".fts"), ((0, b"SIMPLE  ="),), _CONVERT),
    Foreign(N_("NIfTI volume"), (".nii",), ((344, b"n+1\0"),), _CONVERT),
    Foreign(N_("NumPy array"), (".npy", ".npz"), ((0, b"\x93NUMPY"),), _CONVERT),
    Foreign(N_("MATLAB or HDF5 file"), (".mat", ".h5", ".hdf5"), ((0, b"\x89HDF"), (0, b"MATLAB ")), _CONVERT),
    Foreign(N_("Truevision TGA picture"), (".tga", ".icb", ".vda"), (), _CONVERT),
    Foreign(N_("Silicon Graphics picture"), (".sgi", ".bw", ".rgb"), ((0, b"\x01\xda"),), _CONVERT),
    Foreign(N_("PCX picture"), (".pcx", ".dcx"), (), _CONVERT),
    Foreign(N_("DirectDraw texture"), (".dds",), ((0, b"DDS "),), _CONVERT),
    Foreign(N_("Khronos texture"), (".ktx", ".ktx2"), ((0, b"\xabKTX "),), _CONVERT),
    Foreign(N_("QOI picture"), (".qoi",), ((0, b"qoif"),), _CONVERT),
    Foreign(N_("JPEG XR picture"), (".jxr", ".wdp", ".hdp"), ((0, b"II\xbc"),), _CONVERT),
    Foreign(N_("BPG picture"), (".bpg",), ((0, b"BPG\xfb"),), _CONVERT),
    Foreign(N_("FLIF picture"), (".flif",), ((0, b"FLIF"),), _CONVERT),
    Foreign(N_("an .sfc file of this program"), (".sfc",), ((0, b"\x89SFC"),), _DECODE),
    Foreign(N_("Apple icon"), (".icns",), ((0, b"icns"),), _CONVERT),
    Foreign(N_("X bitmap or pixmap"), (".xbm", ".xpm"), ((0, b"/* XPM */"),), _CONVERT),
    Foreign(N_("YUV file without a header"), (".yuv", ".nv12", ".i420"), (), _CONVERT),
    Foreign(N_("DjVu document"), (".djvu", ".djv"), ((0, b"AT&TFORM"),), _RENDER),
    Foreign(N_("AVI video"), (".avi",), ((8, b"AVI "),), _ONE_FRAME),
    Foreign(N_("Matroska or WebM video"), (".mkv", ".webm"), ((0, b"\x1a\x45\xdf\xa3"),), _ONE_FRAME),
    Foreign(N_("MPEG video"), (".mpg", ".mpeg", ".ts", ".m2ts"), ((0, b"\0\0\x01\xba"),), _ONE_FRAME),
    Foreign(N_("YUV4MPEG video"), (".y4m",), ((0, b"YUV4MPEG2"),), _ONE_FRAME),
    Foreign(N_("AVIF picture"), (), ((8, b"avif"), (8, b"avis")), _CONVERT),  # damaged, or Pillow was built without it
    Foreign(N_("MP4 or QuickTime video"), (".mp4", ".m4v", ".mov", ".3gp"), ((4, b"ftyp"), (4, b"moov")), _ONE_FRAME),
)


@cache
def picture_suffixes() -> tuple[str, ...]:
    """Of the files that can be read here, such as ".png"; those of extras where they are installed."""
    extras = (suffix for extra in EXTRAS if extra.is_installed for suffix in extra.suffixes)
    return (*_SUFFIXES, *extras)


def pillow_formats(head: bytes) -> tuple[str, ...]:
    """What Pillow may take a file for that begins so; the package of an extra is imported when it is needed."""
    for extra in EXTRAS:
        if extra.is_head(head) and extra.is_installed:
            _register(extra.module)
            return (extra.format,)
    return _installed_formats()


def problem(head: bytes, path: Path) -> str:
    """Why a file that begins so is not read, and what to do, in a sentence that names it."""
    for extra in EXTRAS:
        if extra.is_installed and extra.is_head(head):
            return tr("{path} is {format}, but damaged or cut short.").format(path=path, format=extra.title)
        if extra.is_head(head) or (path.suffix.lower() in extra.suffixes and not extra.is_installed):
            return tr(
                '{path} is {format}, which needs the package {package}: pip install "qmap-studio[{extra}]", '
                "or save it as PNG or JPEG first."
            ).format(path=path, format=extra.title, package=extra.package, extra=extra.name)
    foreign = next((each for each in FOREIGN_FORMATS if each.is_head(head)), None)
    foreign = foreign or next((each for each in FOREIGN_FORMATS if path.suffix.lower() in each.suffixes), None)
    if foreign is None:
        return tr("{path} is not a picture in a format that can be read; save it as PNG, TIFF or JPEG.").format(
            path=path
        )
    return told(foreign, path)


def told(foreign: Foreign, path: Path) -> str:
    """That a file is of a format that is not read, and what to do."""
    # For translators: {format} is such as "Photoshop document", {advice} such as "save it as TIFF, PNG or JPEG first".
    return tr("{path} cannot be read ({format}): {advice}.").format(
        path=path, format=tr(foreign.title), advice=tr(foreign.advice)
    )


def raw_format(head: bytes, path: Path) -> Foreign | None:
    """Which camera's raw file it is: by its first bytes, or as one that is TIFF inside by its suffix."""
    for raw in RAW_FORMATS:
        if raw.is_head(head) or (head.startswith(_TIFF_HEADS) and path.suffix.lower() in raw.suffixes):
            return raw
    return None


def is_tiff(head: bytes) -> bool:
    return head.startswith(_TIFF_HEADS)


@cache
def _installed_formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in _PILLOW_FORMATS if name in Image.OPEN)


@cache
def _register(module: str) -> None:
    if module == "pillow_heif":
        import pillow_heif

        pillow_heif.register_heif_opener()
    else:
        import pillow_jxl  # noqa: F401 - registers itself
