"""The codecs that jobs work with: the one that follows the painting, and one for files that another model made."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from qmap_studio.core.errors import ComputeError
from qmap_studio.core.language import tr

if TYPE_CHECKING:
    from qmap_studio.codec import Codec


class Codecs:
    """Knows the codec in use, and loads others.

    Args:
        load: gives the codec of a model.

    Attributes:
        in_use: the one that follows the painting; None until it is loaded.
        failure: why there is none, in a sentence.
    """

    def __init__(self, load: "Callable[[str], Codec]") -> None:
        self.load = load
        self.in_use: Codec | None = None
        self.failure = tr("The codec is not loaded yet.")
        self._other: Codec | None = None

    @property
    def required(self) -> "Codec":
        """The one in use.

        Raises:
            ComputeError: there is none.
        """
        if self.in_use is None:
            raise ComputeError(self.failure)
        return self.in_use

    def of_file(self, data: bytes) -> "Codec":
        """The codec that made a file; the last one that is not in use otherwise is kept.

        Raises:
            BitstreamError: the file is none that any model made.
            WeightsError: its model is not installed.
        """
        from qmap_studio.codec import model_of

        model_id = model_of(data)
        for codec in (self.in_use, self._other):
            if codec is not None and codec.model_id == model_id:
                return codec
        self._other = self.load(model_id)
        return self._other

    def forget_other(self) -> None:
        """Load it anew when it is needed next: its weights may be others now."""
        self._other = None
