"""Unpacking zlib's format where the bytes may be hostile."""

import zlib


def inflate(data: bytes, limit: int) -> bytes | None:
    """A whole zlib stream and nothing after it; None if it is another thing or unpacks to more than limit bytes."""
    stream = zlib.decompressobj()
    try:
        # One byte beyond the limit tells too long from just right; zlib reads 0 as "no limit", this never is 0.
        values = stream.decompress(data, limit + 1)
    except zlib.error:
        return None
    whole = stream.eof and not stream.unused_data and len(values) <= limit
    return values if whole else None
