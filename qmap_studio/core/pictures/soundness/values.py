"""What a reader found in a file besides the pixels, without what is damaged."""

import warnings

from PIL import ExifTags, Image

from qmap_studio.core.pictures.soundness.carriers import MAX_BYTES, Part, State
from qmap_studio.core.pictures.soundness.exif import check_directory, check_exif
from qmap_studio.core.pictures.soundness.profile import is_whole_profile

# Pillow warns of what is told here in a sentence.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.(TiffImagePlugin|JpegImagePlugin|PngImagePlugin)")

_RAW_EXIF = "Raw profile type exif"  # no text: a keyword of PNG files
_XMP_TEXT = "XML:com.adobe.xmp"


def leave_out_damaged(image: Image.Image) -> tuple[tuple[Part, State], ...]:
    """Takes what is damaged or too large out of an image's `info` and EXIF; the orientation stays, where it is told."""
    found = (
        (Part.EXIF, _leave_out_exif(image)),
        (Part.PROFILE, _leave_out_profile(image)),
        (Part.XMP, _leave_out_xmp(image)),
    )
    return tuple((part, state) for part, state in found if state is not State.SOUND)


def _leave_out_exif(image: Image.Image) -> State:
    block = _exif_block(image)
    if block is None:
        return _leave_out_directories(image)
    check = check_exif(block)
    if check.is_whole and len(block) <= MAX_BYTES and _is_read(image):
        return State.SOUND
    image.info.pop("exif", None)
    image.info.pop(_RAW_EXIF, None)
    exif = _emptied_exif(image)
    if check.orientation != 1:
        exif[ExifTags.Base.Orientation] = check.orientation
    return State.TOO_LARGE if check.is_whole and len(block) > MAX_BYTES else State.DAMAGED


def _exif_block(image: Image.Image) -> bytes | None:
    """The bytes of an image's EXIF data; none that can be read where its text is no numbers; None where it has none."""
    if not image.info.get("exif", True):
        del image.info["exif"]  # pillow-heif says None, for none
    block = image.info.get("exif")
    if block is not None:
        return bytes(block)
    text = image.info.get(_RAW_EXIF)
    if text is None:
        return None
    try:
        return bytes.fromhex("".join(text.split("\n")[3:]))
    except (ValueError, AttributeError):
        return b""


def _leave_out_directories(image: Image.Image) -> State:
    """The same for a TIFF file, which keeps EXIF data in directories of its own beside the tags of the pixels."""
    if image.format != "TIFF":
        return State.SOUND
    exif = image.getexif()
    state = State.SOUND
    for tag in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        if tag in exif and not _is_directory_read(exif, tag):
            del exif[tag]
            state = State.DAMAGED
    return state


def _is_directory_read(exif: Image.Exif, tag: int) -> bool:
    try:
        exif.get_ifd(tag)
        return exif.bigtiff or check_directory(exif.fp, exif.endian or "<", int(exif[tag]))
    except Exception:  # whatever a hostile directory makes Pillow raise, the pixels are whole
        return False


def _is_read(image: Image.Image) -> bool:
    """Whether Pillow reads the EXIF data that it has found, too, and can write it."""
    try:
        exif = image.getexif()
        for tag in exif:
            exif[tag]
        exif.get_ifd(ExifTags.IFD.Exif)
        exif.get_ifd(ExifTags.IFD.GPSInfo)
        exif.tobytes()
    except Exception:  # as above
        return False
    return True


def _emptied_exif(image: Image.Image) -> Image.Exif:
    try:
        exif = image.getexif()
    except Exception:  # it stays with the image all the same, and is asked for no more
        exif = image.getexif()
    for tag in tuple(exif):
        del exif[tag]
    return exif


def _leave_out_profile(image: Image.Image) -> State:
    profile = image.info.get("icc_profile", b"")
    if profile == b"":
        return State.SOUND
    if profile is not None and len(profile) > MAX_BYTES:
        state = State.TOO_LARGE
    elif profile is None or not is_whole_profile(profile):
        state = State.DAMAGED
    else:
        return State.SOUND
    del image.info["icc_profile"]
    return state


def _leave_out_xmp(image: Image.Image) -> State:
    packet = image.info.get("xmp")
    if not isinstance(packet, bytes):
        return State.SOUND
    state = State.SOUND if len(packet) <= MAX_BYTES else State.TOO_LARGE
    try:
        packet.decode()
    except UnicodeDecodeError:
        state = State.DAMAGED
    if state is not State.SOUND:
        del image.info["xmp"]
        image.info.pop(_XMP_TEXT, None)
    return state
