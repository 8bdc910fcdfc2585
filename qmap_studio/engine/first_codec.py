"""Loading the codec when the program starts, which takes seconds, or a minute on a cold and busy machine."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from qmap_studio.engine.failures import LOADING, sentence

if TYPE_CHECKING:
    from qmap_studio.codec import Codec


class FirstCodec:
    """Loads it in a thread of its own, so that photos open meanwhile.

    Args:
        load: gives the codec of a model; called in that thread.
        model_id: without it the model that comes with the program is loaded.
        on_end: called in that thread when the attributes are there.

    Attributes:
        codec: None if no model could be loaded.
        model_id: of the codec.
        failure: why the model that was asked for could not be loaded, in a sentence; empty if it could.
    """

    def __init__(self, load: "Callable[[str], Codec]", model_id: str, on_end: Callable[[], None]) -> None:
        self._load, self._on_end = load, on_end
        self.model_id = model_id
        self.codec: Codec | None = None
        self.failure = ""
        self._ended = threading.Event()
        threading.Thread(target=self._run, name="qmap-studio-loading", daemon=True).start()

    @property
    def is_there(self) -> bool:
        """Whether loading has ended."""
        return self._ended.is_set()

    def wait(self) -> None:
        """Wait until loading has ended."""
        self._ended.wait()

    def _run(self) -> None:
        from qmap_studio.codec import DEFAULT_MODEL

        for model_id in dict.fromkeys((self.model_id, DEFAULT_MODEL)):
            try:
                self.codec, self.model_id = self._load(model_id), model_id
                break
            except Exception as error:
                self.failure = self.failure or sentence(error, LOADING)
        self._ended.set()
        self._on_end()
