"""Binary arithmetic coding of the quality map: bits and their probabilities to bytes, on integers alone."""

from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import tr

ONE = 1 << 16  # probabilities are 16-bit fractions


class BinaryEncoder:
    """A binary arithmetic coder: an interval of 32-bit numbers, whose settled bytes leave at the front."""

    def __init__(self) -> None:
        self._first, self._last = 0, 0xFFFFFFFF
        self._out = bytearray()

    def bit(self, value: int, probability: int) -> int:
        """Codes a bit that is 1 with this probability (of 65536); gives it back."""
        middle = self._first + ((self._last - self._first) * probability >> 16)
        if value:
            self._last = middle
        else:
            self._first = middle + 1
        while (self._first ^ self._last) < 1 << 24:
            self._out.append(self._last >> 24)
            self._first = self._first << 8 & 0xFFFFFFFF
            self._last = self._last << 8 & 0xFFFFFFFF | 0xFF
        return value

    def finish(self) -> bytes:
        """One byte more: with zeros after it, it lies in the interval, whose ends differ in their top bytes."""
        self._out.append((self._first + 0xFFFFFF) >> 24)
        return bytes(self._out)


class BinaryDecoder:
    """Reads what BinaryEncoder wrote."""

    def __init__(self, data: bytes) -> None:
        self._first, self._last = 0, 0xFFFFFFFF
        self._data = data + b"\0\0\0"
        self._number = int.from_bytes(self._data[:4], "big")
        self._at = 4

    def bit(self, value: int, probability: int) -> int:
        """The next bit, given its probability to be 1; value is not looked at."""
        middle = self._first + ((self._last - self._first) * probability >> 16)
        if self._number <= middle:
            value, self._last = 1, middle
        else:
            value, self._first = 0, middle + 1
        while (self._first ^ self._last) < 1 << 24:
            if self._at >= len(self._data):
                raise BitstreamError(tr("The .sfc file is damaged: its quality map is cut short."))
            self._first = self._first << 8 & 0xFFFFFFFF
            self._last = self._last << 8 & 0xFFFFFFFF | 0xFF
            self._number = self._number << 8 & 0xFFFFFFFF | self._data[self._at]
            self._at += 1
        return value

    def finish(self) -> None:
        """Raises BitstreamError where the bytes are not those that the encoder writes for these bits."""
        if self._at != len(self._data):
            raise BitstreamError(tr("The .sfc file is damaged: its quality map goes on after its end."))
        if self._number >> 24 != (self._first + 0xFFFFFF) >> 24:
            raise BitstreamError(tr("The .sfc file is damaged: its quality map does not end as it should."))
