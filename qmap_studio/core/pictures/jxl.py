"""The size of JPEG XL pictures, which their reader tells only after decoding (ISO 18181-1, annex D)."""

from pathlib import Path

from qmap_studio.core.pictures.picture import check_size

_CODESTREAM = b"\xff\x0a"
_CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}


def check_jxl_size(head: bytes, path: Path) -> None:
    """Refuses a JPEG XL picture that is too large; anything else passes.

    Raises:
        ImageError: with both the limit and what was found.
    """
    size = jxl_size(head)
    if size is not None:
        check_size(*size, path)


def jxl_size(head: bytes) -> tuple[int, int] | None:
    """Width and height; None where a file's first bytes do not have them.

    >>> jxl_size(bytes.fromhex("ff0a4f" + "00" * 12))
    (64, 64)
    """
    start = 0 if head.startswith(_CODESTREAM) else _start_in_container(head)
    if start is None or head[start : start + 2] != _CODESTREAM or len(head) < start + 12:
        return None
    bits = _Bits(head[start + 2 : start + 14])
    is_in_eights = bits.take(1)
    height = (bits.take(5) + 1) * 8 if is_in_eights else bits.size()
    ratio = bits.take(3)
    if ratio:
        across, down = _RATIOS[ratio]
        return height * across // down, height
    return ((bits.take(5) + 1) * 8 if is_in_eights else bits.size()), height


def _start_in_container(head: bytes) -> int | None:
    if not head.startswith(_CONTAINER):
        return None
    whole, part = head.find(b"jxlc"), head.find(b"jxlp")
    if whole >= 0:
        return whole + 4
    return part + 8 if part >= 0 else None  # after the part's number


class _Bits:
    """Bits of bytes, the lowest first."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._value & ((1 << count) - 1)
        self._value >>= count
        return value

    def size(self) -> int:
        return self.take((9, 13, 18, 30)[self.take(2)]) + 1
