"""How many bits a channel a file has, before it is decoded."""

from PIL import Image


def is_deep(image: Image.Image, head: bytes) -> bool:
    """Whether a file that is not decoded yet has more than 8 bits a channel, as far as Pillow and its head tell."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return True
    if image.format == "JPEG2000":
        return jpeg2000_bits(head) > 8
    if image.format == "AVIF":
        return _avif_is_deep(head)
    if image.format == "HEIF":
        return bool(image.info.get("bit_depth", 8) > 8)
    for tile in getattr(image, "tile", ()):
        # How the decoder is told to unpack: a raw mode such as "RGB;16B", or for PPM the largest value.
        arguments = tile[3] if isinstance(tile[3], tuple) else (tile[3],)
        if any(";16" in argument for argument in arguments if isinstance(argument, str)):
            return True
        if image.format == "PPM" and any(argument > 255 for argument in arguments if isinstance(argument, int)):
            return True
    return False


def jpeg2000_bits(head: bytes) -> int:
    """Bits of the first channel, from the codestream's first two markers (ISO 15444-1, annex A.5.1); 0 if not found."""
    size = head.find(b"\xff\x4f\xff\x51") + 4  # start of codestream, then its size
    return 1 + (head[size + 38] & 0x7F) if 4 <= size < len(head) - 38 else 0


def _avif_is_deep(head: bytes) -> bool:
    """The flag high_bitdepth of the decoder's configuration (AV1 in ISO base media files, section 2.3.3)."""
    flags = head.find(b"av1C") + 6
    return 6 <= flags < len(head) and bool(head[flags] & 0x40)
