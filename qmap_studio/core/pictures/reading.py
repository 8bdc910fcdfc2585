"""Pictures from files: upright, 8 bits a channel."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from qmap_studio.core.errors import ImageError
from qmap_studio.core.files import is_reading
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import formats
from qmap_studio.core.pictures.channels import GREY_MODES, channels, upright
from qmap_studio.core.pictures.colours.shown import shown_colours
from qmap_studio.core.pictures.metadata import left_behind, metadata_of
from qmap_studio.core.pictures.opening import OpenedPage
from qmap_studio.core.pictures.picture import MAX_PIXELS, Picture
from qmap_studio.core.pictures.soundness.opening import open_sound_page

# Pillow warns above its own limit and refuses twice as many pixels. Between the two, check_size says it in a sentence.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

HEAD_BYTES = 1 << 16


@dataclass(frozen=True)
class ReadPicture:
    """A picture that was read from a file.

    Attributes:
        notices: what a person should know about how it was read, in sentences that name the file.
        page_count: how many pages or frames the file has.
    """

    picture: Picture
    notices: tuple[str, ...] = ()
    page_count: int = 1


def read_picture(path: Path | str) -> Picture:
    """The picture that `load_picture` reads."""
    return load_picture(path).picture


def pixels_told(path: Path) -> int:
    """How many pixels a file says that it holds, in its header; 0 where that does not tell, or cannot be read."""
    with suppress(Exception), path.open("rb") as file:  # as reading it will tell
        head = file.read(HEAD_BYTES)
        file.seek(0)
        with Image.open(file, formats=formats.pillow_formats(head)) as image:
            return image.width * image.height
    return 0


def load_picture(path: Path | str, page: int = 0) -> ReadPicture:
    """Reads a picture as people see it: upright, 8 bits a channel.

    Integers are scaled by their bits per sample, whatever these are. Floats from 0 to 1 are taken as they are; floats
    and integers of 32 bits from 0 to 255 or to 65535 as such, and a notice says so; others are refused.

    Args:
        path: of a format that `picture_suffixes` lists; the content decides, not the name.
        page: of several pages or frames, counted from 0. Smaller versions and masks of a page are none.
    Raises:
        ImageError: it is missing, no picture, damaged, too large, of a format that is not read, or has no such page.
    """
    path = Path(path)
    with _told(path):
        if path.is_dir():
            raise ImageError(tr("{path} is a folder; a picture was expected.").format(path=path))
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            if not head:
                raise ImageError(tr("{path} is empty (0 bytes); a picture was expected.").format(path=path))
            if (raw := formats.raw_format(head, path)) is not None:
                raise ImageError(formats.told(raw, path))
            try:
                with open_sound_page(file, head, path, page) as opened:
                    return _picture_of(opened, file, path.name)
            except UnidentifiedImageError as error:
                raise ImageError(formats.problem(head, path)) from error


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tells what any reader may raise in a sentence about the file."""
    try:
        with is_reading(path, ImageError):
            yield
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageError(
            tr("{path} has more than {megapixels} megapixels.").format(path=path, megapixels=MAX_PIXELS // 10**6)
        ) from error
    except MemoryError as error:
        raise ImageError(tr("{path} does not fit in memory.").format(path=path)) from error
    except Exception as error:  # a hostile file makes Pillow's readers raise nearly anything
        if "nsupported" in str(error):
            text = tr("{path} cannot be read: {error}. Save it as PNG or TIFF of 8 or 16 bits.")
            raise ImageError(text.format(path=path, error=error)) from error
        raise ImageError(tr("{path} is damaged or cut short: {error}.").format(path=path, error=error)) from error


def _picture_of(opened: OpenedPage, file: BinaryIO, name: str) -> ReadPicture:
    image = opened.image
    orientation = _orientation(opened)
    profile = image.info.get("icc_profile") or None
    is_grey = image.mode in GREY_MODES
    if image.mode == "CMYK":
        image, profile = _cmyk_to_srgb(image, profile), None
    if profile is not None and profile[16:20] != (b"GRAY" if is_grey else b"RGB "):
        profile = None  # it describes other channels than these, so it means nothing here
    inks = (tr("The inks of {name} were converted to sRGB.").format(name=name),) if image is not opened.image else ()
    pixels, alpha = channels(image, name)
    colours = shown_colours(pixels, profile, opened.image, file, name)
    picture = Picture(
        pixels=upright(colours.pixels, orientation),
        alpha=None if alpha is None else upright(alpha, orientation),
        icc_profile=colours.icc_profile,
        metadata=metadata_of(opened.image, name, orientation, opened.tiff_block),
        is_grey=is_grey,
    )
    notices = (*opened.notices, *inks, *colours.notices, *left_behind(opened.image, name))
    return ReadPicture(picture, notices, opened.page_count)


def _orientation(opened: OpenedPage) -> int:
    """The EXIF orientation (1 to 8) that is to be applied."""
    image = opened.image
    if not opened.is_turned_by_exif:
        return 1
    exif = image.getexif()
    if image.format in ("AVIF", "HEIF"):  # only their boxes turn them, which stand in the EXIF data; XMP does not
        exif = Image.Exif()
        exif.load(image.info.get("exif") or b"")
    orientation = exif.get(ExifTags.Base.Orientation)
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _cmyk_to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Inks as their profile means them, or, without a usable one, as their plain complement."""
    if profile is not None:
        try:
            inks = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, inks, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None  # the profile is damaged or for other inks
        if converted is not None:
            return converted
    return image.convert("RGB")
