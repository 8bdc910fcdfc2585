"""Fields of an .sfc file: numbers of few bytes, and bytes whose amount is told before them."""

from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import tr


class FieldReader:
    """Takes fields off the front of some bytes; never past their end."""

    def __init__(self, data: memoryview | bytes) -> None:
        self._data = memoryview(data)
        self._at = 0

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self._at == len(self._data)

    def take(self, size: int) -> bytes:
        """The next bytes.

        Raises:
            BitstreamError: so many are not left.
        """
        if size > len(self._data) - self._at:
            raise BitstreamError(tr("The .sfc file is damaged: a field reaches past the end."))
        self._at += size
        return bytes(self._data[self._at - size : self._at])

    def take_all(self) -> bytes:
        """All that is left."""
        return self.take(len(self._data) - self._at)

    def take_number(self) -> int:
        """7 bits a byte, the lowest first, the high bit set on all but the last; in the fewest bytes, below 2^35."""
        value = 0
        for shift in range(0, 35, 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if byte == 0 and shift:
                    break
                return value
        raise BitstreamError(tr("The .sfc file is damaged: a number is not well formed."))

    def take_sized(self) -> bytes:
        """The bytes whose amount is told before them."""
        return self.take(self.take_number())


def number(value: int) -> bytes:
    """A number as `take_number` reads it."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
