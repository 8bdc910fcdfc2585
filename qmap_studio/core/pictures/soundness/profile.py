"""Whether a colour profile is whole."""

import struct
from io import BytesIO

from PIL import ImageCms

_HEADER_BYTES = 128
_MOST_TAGS = 1000


def is_whole_profile(profile: bytes) -> bool:
    """Whether a profile has all the bytes that it says (ISO 15076-1, section 7), and can be opened."""
    if len(profile) < _HEADER_BYTES + 4 or profile[36:40] != b"acsp":
        return False
    (size_bytes,), (tags,) = struct.unpack(">I", profile[:4]), struct.unpack(">I", profile[128:132])
    table = profile[132 : 132 + 12 * tags]
    if size_bytes > len(profile) or tags > _MOST_TAGS or len(table) < 12 * tags:
        return False
    if any(start + length > size_bytes for _, start, length in struct.iter_unpack(">4sII", table)):
        return False
    try:
        ImageCms.ImageCmsProfile(BytesIO(profile))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return False
    return True
