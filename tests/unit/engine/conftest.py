from collections.abc import Iterator

import pytest
from fake_codec import FakeCodec, Results, encode_to_size, flat_map, photo

import qmap_studio.codec
import qmap_studio.recipes.encode
from qmap_studio.core.rect import Rect
from qmap_studio.engine import Engine, LiveResult
from qmap_studio.engine.live_picture import LivePicture


@pytest.fixture
def codec(monkeypatch: pytest.MonkeyPatch) -> FakeCodec:
    monkeypatch.setattr(qmap_studio.recipes.encode, "encode_to_size", encode_to_size)
    monkeypatch.setattr(qmap_studio.codec, "model_of", lambda data: "other" if data[2] else "fake")
    return FakeCodec()


@pytest.fixture
def results() -> Results:
    return Results()


@pytest.fixture
def engine(codec: FakeCodec, results: Results) -> Iterator[Engine]:
    """Started, with the fake codec."""
    engine = Engine(results, load=lambda _model_id: codec)
    engine.start()
    yield engine
    codec.at_checkpoint = lambda _what, _fraction: None
    engine.stop()


@pytest.fixture
def coded_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are encoded, as while the map is being edited; else what is shown would be written at once."""
    monkeypatch.setattr(LivePicture, "finished", lambda _live: None)


@pytest.fixture
def shown(engine: Engine, results: Results) -> Engine:
    """The engine with a picture and something painted on it."""
    picture = photo()
    values = flat_map(picture)
    values[Rect(16, 16, 64, 48).slices] = 65535
    engine.show(picture, values, 1)
    results.wait_for(LiveResult, lambda result: result.figures is not None)
    return engine
