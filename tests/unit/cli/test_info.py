import json

import numpy as np

from qmap_studio.cli.main import main
from qmap_studio.codec.common.container import SfcFile, pack
from qmap_studio.codec.common.detail.coding import pack as pack_details
from qmap_studio.codec.common.kept.chunk import pack_tiles
from qmap_studio.codec.common.kept.codes import CHOSEN
from qmap_studio.codec.common.kept.tile import pack_tile
from qmap_studio.codec.common.map_coding import encode_steps
from qmap_studio.core.pictures import Metadata


def sfc(tmp_path, **fields):
    defaults = {"width": 40, "height": 20, "is_grey": False, "model_id": "live", "weights_hash": bytes(range(8))}
    path = tmp_path / "x.sfc"
    path.write_bytes(pack(SfcFile(**{**defaults, "base_quality": 32768, "streams": (b"12345", b"678"), **fields})))
    return path


def test_info_for_people(tmp_path, capsys):
    path = sfc(tmp_path, icc_profile=b"profile")
    assert main(["info", str(path)]) == 0
    text = capsys.readouterr().out
    size_bytes = path.stat().st_size
    assert str(path) in text
    assert "40 x 20 pixels, rgb" in text
    assert f"{size_bytes} bytes, {size_bytes / 100:.4f} bpp" in text
    assert "live, weights 0001020304050607" in text
    assert "0.500 everywhere" in text
    assert "picture 8 bytes, map 0 bytes" in text
    assert "colour profile 7 bytes" in text


def test_info_for_programs(tmp_path, capsys):
    steps = np.array([[0, 8, -32], [4, 0, 0]])
    path = sfc(tmp_path, map_stream=encode_steps(steps), is_grey=True, metadata=Metadata(b"II*\0"))
    assert main(["info", str(path), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["width"], facts["height"], facts["channels"]) == (40, 20, "grey")
    assert facts["size_bytes"] == path.stat().st_size
    assert facts["quality"]["lowest"] == 0, "clamped, as the decoder does"
    assert abs(facts["quality"]["highest"] - 0.75) < 1e-4
    assert facts["metadata_bytes"] == 4
    assert facts["map_bytes"] > 0


def kept_chunk():
    """The upper half within 3 levels, and below it 5 columns without loss."""
    codes = np.zeros((20, 40), np.uint8)
    codes[:10], codes[10:, :5], codes[10:, 5:8] = 252, 255, CHOSEN
    return pack_tiles({0: pack_tile(np.zeros((20, 40, 3), np.uint8), codes)})


def test_info_tells_what_is_without_loss_and_what_it_takes(tmp_path, capsys):
    kept = kept_chunk()
    kinds = np.array([[1, 0, 0], [0, 0, 1]], np.uint8)
    detail, _ = pack_details(kinds, np.ones((2, 3, 16, 16), np.int16))
    path = sfc(tmp_path, kept=kept, detail=detail)
    assert main(["info", str(path)]) == 0
    text = capsys.readouterr().out
    assert "50.0% of the pixels at most 3 levels off" in text
    assert "6.2% of the pixels without loss" in text
    assert "3.8% of the pixels as graphics or flat areas" in text
    assert (
        f"picture 8 bytes, map 0 bytes, details of 2 cells {len(detail)} bytes, kept pixels {len(kept)} bytes" in text
    )
    assert main(["info", str(path), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["kept_bytes"], facts["detail_bytes"], facts["detail_cells"]) == (len(kept), len(detail), 2)
    bounds = [{"largest_error": 0, "share": 0.0625}, {"largest_error": 3, "share": 0.5}]
    assert facts["kept"] == {"bounds": bounds, "graphics_share": 0.0375}


def test_a_damaged_part_without_loss_is_told_with_the_file(tmp_path, capsys):
    path = sfc(tmp_path, kept=b"\0\3abc")
    assert main(["info", str(path)]) == 1
    assert str(path) in capsys.readouterr().err


def test_one_byte_is_one(tmp_path, capsys):
    main(["info", str(sfc(tmp_path, streams=(b"1",)))])
    assert "picture 1 byte, map 0 bytes" in capsys.readouterr().out
