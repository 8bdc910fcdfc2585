"""The authors' checkpoint, by a state of the same keys and shapes with numbers of our own."""

import numpy as np
import pytest
import torch

from qmap_studio.codec import load_codec
from qmap_studio.codec.common import installed
from qmap_studio.codec.song2021.authors_checkpoint import read_checkpoint
from qmap_studio.codec.song2021.model import save_model
from qmap_studio.core.errors import WeightsError
from qmap_studio.core.pictures import Picture
from tests.unit.codec.song2021.networks import authors_state


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    return authors_state()


@pytest.fixture
def checkpoint(tmp_path, state):
    """Writes the state with changes; None takes a key away."""
    path = tmp_path / "2M_itrs.pt"

    def write(**changes):
        changed = {name: value for name, value in (state | changes).items() if value is not None}
        torch.save({"itr": 2000000, "model": changed, "optimizer": {}, "aux_optimizer": {}}, path)
        return path

    return write


def test_a_checkpoint_becomes_a_model_that_codes(checkpoint, state, tmp_path, monkeypatch):
    model = read_checkpoint(checkpoint())
    assert torch.equal(model.network.g_a[0][0].weight, state["g_a0.weight"])
    save_model(tmp_path / "song2021.safetensors", model, torch.float32)
    monkeypatch.setattr(installed, "user_path", lambda _name: tmp_path)
    codec = load_codec("song2021", "cpu")
    assert torch.equal(codec._model.network.g_a[0][0].weight, state["g_a0.weight"])
    pixels = np.random.default_rng(1).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    encoding = codec.encode(Picture(pixels), np.full((40, 50), 0.7, np.float32))
    np.testing.assert_array_equal(codec.decode(encoding.data).picture.pixels, encoding.reconstruction)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("g_a0.weight", None, "g_a0.weight is missing"),
        ("entropy_bottleneck._matrices.2", None, "entropy_bottleneck._matrices.2 is missing"),
        ("entropy_bottleneck._cdf_length", None, "entropy_bottleneck._cdf_length is missing"),
        ("g_x.weight", torch.zeros(3), "g_x.weight is not a part of it"),
        ("h_s.0.bias", torch.zeros(7), r"h_s.0.bias has the shape \[7\], expected \[192\]"),
        ("h_s.0.bias", torch.full((192,), float("nan")), "h_s.0.bias holds numbers that are not finite"),
        ("h_s.0.bias", torch.full((192,), 2000.0), "h_s.0.bias holds numbers beyond 1024"),
        (
            "entropy_bottleneck._quantized_cdf",
            torch.zeros(192, 9),
            "the tables of entropy_bottleneck do not fit each other",
        ),
    ],
)
def test_what_is_wrong_is_named(checkpoint, name, value, said):
    with pytest.raises(WeightsError, match=f"not the checkpoint of song2021: {said}"):
        read_checkpoint(checkpoint(**{name: value}))


def test_many_faults_are_counted(checkpoint, state):
    gone = [name for name in state if name.startswith("g_s_c.") or name.startswith("qmap_feature_gs")]
    with pytest.raises(WeightsError, match=f"and {len(gone) - 5} more"):
        read_checkpoint(checkpoint(**dict.fromkeys(gone)))


def tables_of_compressai(**changes) -> dict[str, torch.Tensor]:
    tables = {
        "_quantized_cdf": torch.tensor([[0, 30000, 65535, 65536, 0]] * 192, dtype=torch.int32),
        "_cdf_length": torch.full((192,), 4, dtype=torch.int32),
        "_offset": torch.full((192,), -1, dtype=torch.int32),
    }
    return {f"entropy_bottleneck.{name}": value for name, value in (tables | changes).items()}


def test_tables_of_compressai_are_checked(checkpoint):
    read_checkpoint(checkpoint(**tables_of_compressai()))
    falling = torch.tensor([[0, 30000, 65535, 65536, 0]] * 192, dtype=torch.int32)
    falling[3, 1] = 65536
    with pytest.raises(WeightsError, match="does not rise from 0 to 65536 in row 3"):
        read_checkpoint(checkpoint(**tables_of_compressai(_quantized_cdf=falling)))


class Harmful:
    """Would leave a file behind, were it loaded as a pickle."""

    def __init__(self, path) -> None:
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_no_code_in_a_file_is_run(tmp_path):
    path, trace = tmp_path / "harmful.pt", tmp_path / "trace"
    torch.save({"model": Harmful(trace)}, path)
    with pytest.raises(WeightsError, match="nothing in it was run"):
        read_checkpoint(path)
    assert not trace.exists()


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 cut short"])
def test_other_files_are_told(tmp_path, content):
    path = tmp_path / "other.pt"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"other\.pt is damaged"):
        read_checkpoint(path)
    with pytest.raises(WeightsError, match="Cannot read"):
        read_checkpoint(tmp_path / "none.pt")
    torch.save([1, 2], path)
    with pytest.raises(WeightsError, match="no dictionary of tensors"):
        read_checkpoint(path)
