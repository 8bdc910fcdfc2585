"""A picture is kept encoded while its map changes: what is kept is what coding it anew gives."""

from functools import partial

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from qmap_studio.codec.common.coding import Coding
from qmap_studio.codec.common.incremental import IncrementalEncoding
from qmap_studio.codec.common.learned_codec import LearnedCodec
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.common.staged import CodingStage, Staged, dilated
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder
from qmap_studio.codec.common.tiling import Tile, parts
from qmap_studio.codec.live.codec import LiveCodec
from qmap_studio.codec.live.coding import LiveCoding
from qmap_studio.codec.models import weights_path
from qmap_studio.core.errors import Cancelled
from qmap_studio.core.pictures import Picture
from tests.fixtures import sample_photo

HEIGHT, WIDTH = 440, 500


@pytest.fixture(scope="module")
def pixels() -> NDArray[np.uint8]:
    return np.ascontiguousarray(sample_photo().pixels[:HEIGHT, :WIDTH])


@pytest.fixture(scope="module")
def codec() -> LearnedCodec:
    return LiveCodec.load("live", weights_path("live"), "cpu")


def coding_of(codec: LearnedCodec, pixels: NDArray[np.uint8], quality_map: NDArray[np.float32]) -> Coding:
    return codec.begin(MapCells.of(quality_map, 0.4), Source(pixels))


def stream_of(codec: LearnedCodec, coding: Coding) -> bytes:
    encoder = SymbolEncoder(codec._model.tables)
    coding.write(encoder)
    return encoder.finish()


def painted(random: np.random.Generator, quality_map: NDArray[np.float32]) -> NDArray[np.float32]:
    """A map with one more rectangle of another quality."""
    changed = quality_map.copy()
    top, left = random.integers(0, HEIGHT - 20), random.integers(0, WIDTH - 20)
    height, width = random.integers(5, 150, 2)
    changed[top : top + height, left : left + width] = random.uniform(0, 1)
    return changed


def assert_as_coded_anew(codec: LearnedCodec, coding: Coding, pixels: NDArray, quality_map: NDArray) -> None:
    anew = coding_of(codec, pixels, quality_map)
    anew.encode(None)
    assert not coding.staged.stale.any()
    assert (coding.symbols != anew.symbols).float().mean() < 1e-5  # rounding may fall otherwise in another tile
    assert coding.cell_bits().sum() == pytest.approx(anew.cell_bits().sum(), rel=1e-4)
    assert np.mean(np.abs(coding.reconstruction.astype(int) - anew.reconstruction) > 1) < 1e-4
    # And whatever was rounded how, the stream means what is shown.
    cells = MapCells.of(quality_map, 0.4)
    file = codec.pack(Picture(pixels), cells, stream_of(codec, coding), coding)
    decoded = codec.decode(file)
    np.testing.assert_array_equal(codec.decode_symbols(file), coding.symbols.numpy())
    assert np.abs(decoded.picture.pixels.astype(int) - coding.reconstruction).max() <= 1
    np.testing.assert_allclose(decoded.cell_bits, coding.cell_bits() + cells.bits_per_cell, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_after_edits_it_is_what_coding_anew_gives(codec, pixels, seed):
    random = np.random.default_rng(seed)
    quality_map = np.full((HEIGHT, WIDTH), 0.4, np.float32)
    coding = coding_of(codec, pixels, quality_map)
    for _ in range(4):
        quality_map = painted(random, quality_map)
        coding.change_map(MapCells.of(quality_map, 0.4), None)
        if random.uniform() < 0.7:  # or only a part of it is brought up to date before the next edit
            coding.encode(None)
        else:
            wanted = random.uniform(size=coding.staged.done.shape) < 0.1
            coding.staged.bring_up_to_date(wanted, None)
            assert not coding.staged.stale[wanted].any()
    coding.encode(None)
    assert_as_coded_anew(codec, coding, pixels, quality_map)


def test_an_edit_that_was_stopped_goes_on_later(codec, pixels):
    random = np.random.default_rng(5)
    quality_map = np.full((HEIGHT, WIDTH), 0.4, np.float32)
    coding = coding_of(codec, pixels, quality_map)

    def stop(fraction: float) -> None:
        if fraction > random.uniform(0.1, 0.9):
            raise Cancelled

    for _ in range(4):
        quality_map = painted(random, quality_map)
        coding.change_map(MapCells.of(quality_map, 0.4), None)
        with pytest.raises(Cancelled):
            coding.encode(stop)
        assert coding.staged.stale.any()
    coding.encode(None)
    assert_as_coded_anew(codec, coding, pixels, quality_map)


def test_a_map_that_signals_the_same_costs_nothing(codec, pixels):
    quality_map = np.full((HEIGHT, WIDTH), 0.4, np.float32)
    coding = coding_of(codec, pixels, quality_map)
    coding.encode(None)
    coding.change_map(MapCells.of(quality_map + 0.001, 0.4), None)
    assert not coding.staged.stale.any()


def test_a_small_edit_is_done_again_around_it_only(codec):
    pixels = np.tile(sample_photo().pixels[:512, :512], (2, 2, 1))
    quality_map = np.full(pixels.shape[:2], 0.4, np.float32)
    coding = codec.begin(MapCells.of(quality_map), Source(pixels))
    coding.encode(None)
    before = coding.reconstruction.copy()
    quality_map[500:520, 500:520] = 0.9
    coding.change_map(MapCells.of(quality_map), None)
    stale = coding.staged.stale.copy()
    assert stale.sum() <= 36
    coding.encode(None)
    changed = (coding.reconstruction != before).any(axis=2)
    assert changed[500:520, 500:520].any()
    assert not changed[:200].any()
    assert not changed[:, 900:].any()


def test_parts_cover_the_blocks_in_pieces_that_are_not_too_large():
    random = np.random.default_rng(1)
    for _ in range(200):
        blocks = random.uniform(size=random.integers(1, 50, 2)) < random.choice([0.01, 0.2, 1.0])
        covered = np.zeros(blocks.shape, int)
        for rows, columns in parts(blocks, 16, 2):
            assert max(rows.stop - rows.start, columns.stop - columns.start) <= 16
            covered[rows, columns] += 1
        assert covered.max(initial=0) <= 1
        assert (covered[blocks] == 1).all()


def left_of(row: NDArray[np.int_]) -> NDArray[np.int_]:
    return np.concatenate([[0], row[:-1]])


def test_what_changes_beside_a_block_that_lacks_its_last_stage_only_is_seen_by_its_stages_before():
    """The picture is a row of three blocks; the first stage copies, the others add what lies one block to the left."""
    planes = np.zeros((4, 3), int)
    planes[0] = 1, 2, 3

    def add(number: int, tile: Tile, blocks: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        before, columns = planes[number + 1].copy(), tile.blocks[1]
        found = planes[0] if number == 0 else planes[number] + left_of(planes[number])
        meant = np.zeros(3, bool)
        meant[columns] = True if blocks is None else blocks[0]
        planes[number + 1, meant] = found[meant]
        return (planes[number + 1] != before)[None, columns]

    staged = Staged(1, 3, tuple(CodingStage(partial(add, number), min(number, 1)) for number in range(3)), 3)
    staged.bring_up_to_date(None, None)
    planes[0, 0] = 10
    staged.done[0] = 0, 2, 3  # the block in the middle waits for its last stage
    staged.bring_up_to_date(None, None)
    np.testing.assert_array_equal(planes[1], planes[0])
    np.testing.assert_array_equal(planes[2], planes[1] + left_of(planes[1]))
    np.testing.assert_array_equal(planes[3], planes[2] + left_of(planes[2]))


def test_dilated_reaches_as_far_as_asked():
    blocks = np.zeros((7, 9), bool)
    blocks[3, 4] = True
    for reach in range(5):
        rows, columns = np.indices(blocks.shape)
        expected = np.maximum(abs(rows - 3), abs(columns - 4)) <= reach
        np.testing.assert_array_equal(dilated(blocks, reach), expected)
    assert dilated(np.ones((1, 1), bool), 3).all()


def some_edits(codec: LearnedCodec, pixels: NDArray[np.uint8]) -> IncrementalEncoding:
    """A picture kept encoded under a few edits."""
    random, means = np.random.default_rng(5), np.full((28, 32), 26_000.0)
    encoder = codec.incremental(Picture(pixels), means, 26_000)
    for _ in range(3):
        encoder.update(random.uniform(size=encoder.stale.shape) < 0.5)
        top, left = random.integers(0, 20, 2)
        means[top : top + 6, left : left + 9] = random.integers(0, 65536)
        encoder.change_map(means, 26_000)
    return encoder


def test_a_full_gpu_is_worked_around_while_a_picture_is_kept_encoded(codec, pixels, monkeypatch):
    patient = LiveCodec.load("live", weights_path("live"), "cpu")
    patient._device = torch.device("meta")  # stands for a GPU that always runs out
    read = LiveCoding._pixels

    def run_out(self: LiveCoding, tile: Tile) -> torch.Tensor:
        if self.grid.device.type != "cpu":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return read(self, tile)

    monkeypatch.setattr(LiveCoding, "_pixels", run_out)
    found, expected = some_edits(patient, pixels).finish(), some_edits(codec, pixels).finish()
    assert "CPU" in patient.notices[-1]
    assert found.data == expected.data
    np.testing.assert_array_equal(found.reconstruction, expected.reconstruction)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_keeps_a_picture_encoded_in_the_same_symbols(codec, pixels):
    encoding = some_edits(LiveCodec.load("live", weights_path("live"), "cuda"), pixels).finish()
    decoded = codec.decode(encoding.data)
    assert np.abs(decoded.picture.pixels.astype(int) - encoding.reconstruction).max() <= 1
    assert encoding.size_bytes == pytest.approx(some_edits(codec, pixels).finish().size_bytes, rel=1e-3)
