import json
import math
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from qmap_studio.core.errors import ImageError
from qmap_studio.core.pictures import Picture, write_picture
from qmap_studio.evaluation.bjontegaard import INTERVAL_DB
from qmap_studio.evaluation.classical import CLASSICAL_CODECS
from qmap_studio.evaluation.protocol import REGION, UNIFORM
from qmap_studio.evaluation.report import plot_png, table
from qmap_studio.recipes import evaluate as evaluate_module
from qmap_studio.recipes.evaluate import evaluate_folder
from qmap_studio.recipes.folders import pictures_in
from tests.unit.evaluation.pictures import JpegCodec, waves


@pytest.fixture
def folder(tmp_path):
    write_picture(tmp_path / "b.png", Picture(waves(48, 64)))
    write_picture(tmp_path / "a.png", Picture(waves(64, 40)))
    (tmp_path / "notes.txt").write_text("not a picture")
    return tmp_path


def rename_to_kodak(monkeypatch):
    """Stands in for the 24 pictures, which are too many for a test."""
    monkeypatch.setattr(evaluate_module, "_KODAK_NAMES", {"a.png", "b.png"})


def test_samples_are_of_the_real_file(folder):
    evaluation = evaluate_folder(folder, JpegCodec(), qualities=(0.2, 0.8))

    assert list(evaluation.learned.samples) == ["a.png", "b.png"]
    sample = evaluation.learned.samples["b.png"][1]
    file = JpegCodec().encode(Picture(waves(48, 64)), np.full((48, 64), 0.8, np.float32))
    assert (sample.setting, sample.size_bytes) == (0.8, file.size_bytes)
    assert sample.bpp == pytest.approx(file.size_bytes * 8 / (48 * 64))


def test_the_curve_averages_each_picture_alike(folder):
    evaluation = evaluate_folder(folder, JpegCodec(), qualities=(0.5,))
    samples = [samples[0] for samples in evaluation.learned.samples.values()]
    (point,) = evaluation.learned.curve.points
    assert point.bpp == pytest.approx(sum(sample.bpp for sample in samples) / 2)
    assert point.psnr_db == pytest.approx(sum(sample.psnr_db for sample in samples) / 2)
    assert point.ms_ssim == pytest.approx(sum(sample.ms_ssim for sample in samples) / 2)


def test_a_codec_against_itself(folder):
    # The fake codec is a JPEG with a header, so it needs a little more than the JPEG measured beside it.
    evaluation = evaluate_folder(folder, JpegCodec(), against=["jpeg"])
    (jpeg,) = evaluation.measured_here
    assert jpeg.anchor.name == "jpeg"
    assert 1 < jpeg.bd_rate_percent < 15
    assert -2 < jpeg.bd_psnr_db < 0


def test_pictures_that_are_all_easy_are_compared_over_what_the_curves_share(tmp_path):
    for name, shape in (("a.png", (176, 320)), ("b.png", (240, 192))):
        y, x = np.mgrid[: shape[0], : shape[1]]
        pixels = np.stack([128 + 80 * np.sin((x + k * y) / 40) for k in (0, 1, 2)], axis=-1)
        write_picture(tmp_path / name, Picture(pixels.round().astype(np.uint8)))
    evaluation = evaluate_folder(tmp_path, JpegCodec(), qualities=(0.3, 0.5, 0.7), against=["jpeg", "webp"])

    learned = evaluation.learned.curve
    assert learned.range_db[0] > INTERVAL_DB[0]
    assert learned.range_db[0] <= evaluation.interval_db[0] < evaluation.interval_db[1] <= learned.range_db[1]
    assert all(None not in (other.bd_rate_percent, other.bd_psnr_db) for other in evaluation.measured_here)
    assert json.loads(evaluation.to_json())["interval_db"] == list(evaluation.interval_db)
    text = table(evaluation)
    assert "covers the usual 28.5 to 36.6 dB" in text
    assert "{:.1f} to {:.1f}".format(*evaluation.interval_db) in text


def test_published_curves_are_only_about_kodak(folder, monkeypatch):
    evaluation = evaluate_folder(folder, JpegCodec(), qualities=(0.5,))
    assert evaluation.anchors == ()
    assert any("Kodak" in notice for notice in evaluation.notices)

    rename_to_kodak(monkeypatch)
    evaluation = evaluate_folder(folder, JpegCodec())
    assert not any("Kodak" in notice for notice in evaluation.notices)
    published = {other.anchor.name: other for other in evaluation.published}
    assert isinstance(published["bpg444"].bd_rate_percent, float)
    assert isinstance(published["bpg444"].bd_psnr_db, float)
    assert published["evc-ss"].bd_rate_percent is None


def test_a_codec_this_pillow_lacks_is_named(folder, monkeypatch):
    monkeypatch.setattr("qmap_studio.evaluation.classical.features.check", lambda name: False)
    evaluation = evaluate_folder(folder, JpegCodec(), qualities=(0.5,), against=["avif"])
    assert evaluation.classical == ()
    assert any("AVIF is left out" in notice for notice in evaluation.notices)
    assert CLASSICAL_CODECS["avif"].title in table(evaluation)


def test_a_region_of_interest_is_measured_by_its_own_protocol(tmp_path, monkeypatch):
    write_picture(tmp_path / "small.png", Picture(waves(48, 64)))
    write_picture(tmp_path / "a.png", Picture(waves(80, 96)))
    monkeypatch.setenv("PATH", str(tmp_path))  # no FFmpeg there
    evaluation = evaluate_folder(
        tmp_path, JpegCodec(), protocol=REGION, against=["x265-delta-8", "jpeg"], qualities=(0.5,)
    )

    assert list(evaluation.learned.samples) == ["a.png"]
    (sample,) = evaluation.learned.samples["a.png"]
    file = JpegCodec().encode(Picture(waves(80, 96)), REGION.map_of(80, 96, 0.5))
    assert sample.psnr_db == pytest.approx(REGION.psnr_db(waves(80, 96), file.reconstruction))
    assert [other.name for other in evaluation.classical] == ["jpeg"]
    assert any("x265, delta QP 8 is left out: FFmpeg" in notice for notice in evaluation.notices)
    assert not any("Kodak" in notice for notice in evaluation.notices)
    assert "--roi" in json.loads(evaluation.to_json())["command"]


def test_the_codec_s_own_notices_are_kept(folder):
    evaluation = evaluate_folder(folder, JpegCodec(notices=["No GPU was found."]), qualities=(0.5,))
    assert "No GPU was found." in evaluation.notices


def test_json_holds_everything_and_null_for_infinity(tmp_path):
    write_picture(tmp_path / "flat.png", Picture(np.full((32, 32, 3), 128, np.uint8)))  # JPEG keeps it exactly
    result = json.loads(evaluate_folder(tmp_path, JpegCodec(), qualities=(0.5, 1.0), against=["webp"]).to_json())
    assert result["learned"]["points"][0]["psnr_db"] is None
    assert result["learned"]["pictures"]["flat.png"][0]["ms_ssim"] == 1
    assert result["bd_rate_percent"]["measured_here"] == result["bd_psnr_db"]["measured_here"] == {"webp": None}
    assert [point["setting"] for point in result["learned"]["points"]] == [0.5, 1.0]
    assert len(result["classical"][0]["points"]) == len(CLASSICAL_CODECS["webp"].settings)


def test_a_table_and_a_plot_even_of_lossless_and_short_curves(folder, monkeypatch):
    rename_to_kodak(monkeypatch)
    write_picture(folder / "a.png", Picture(np.full((32, 32, 3), 128, np.uint8)))
    evaluation = evaluate_folder(folder, JpegCodec(), against=["jpeg"])
    assert all(point.psnr_db == math.inf for point in evaluation.learned.curve.points)
    text = table(evaluation)
    assert f"{UNIFORM.qualities[-1]:7.2f}" in text
    assert "identical" in text
    assert "does not cover" in text
    with Image.open(BytesIO(plot_png(evaluation))) as image:
        assert image.format == "PNG"
        assert image.width > image.height > 300


def test_progress_rises_to_one_and_may_stop_the_work(folder):
    seen = []
    evaluate_folder(
        folder, JpegCodec(), qualities=(0.5,), progress=lambda fraction, text: seen.append((fraction, text))
    )
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert "a.png, 1 of 2" in seen[0][1]

    def stop(fraction, text):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate_folder(folder, JpegCodec(), progress=stop)


def test_folders_that_are_none(folder):
    assert [path.name for path in pictures_in(folder)] == ["a.png", "b.png"]
    with pytest.raises(ImageError, match="does not exist"):
        pictures_in(folder / "missing")
    with pytest.raises(ImageError, match="is a file"):
        pictures_in(folder / "a.png")
    (folder / "empty").mkdir()
    with pytest.raises(ImageError, match="no pictures"):
        pictures_in(folder / "empty")


def test_files_that_are_no_pictures_are_passed_over(folder):
    (folder / "._a.png").write_bytes(b"\0\5\x16\7")  # what macOS leaves beside a picture
    (folder / "b.jpg").write_bytes(b"no picture")
    evaluation = evaluate_folder(folder, JpegCodec(), qualities=(0.5,))
    assert list(evaluation.learned.samples) == ["a.png", "b.png"]
    (notice,) = (notice for notice in evaluation.notices if "b.jpg" in notice)
    assert notice.startswith("Passed over: ")
    assert notice in table(evaluation)


def test_pictures_too_small_for_the_metrics_are_told(folder):
    write_picture(folder / "c.png", Picture(waves(5, 300)))
    write_picture(folder / "d.png", Picture(waves(161, 161)))
    evaluation = evaluate_folder(folder, JpegCodec(), qualities=(0.5,))
    assert list(evaluation.learned.samples) == ["a.png", "b.png", "d.png"]
    passed_over, few_scales = evaluation.notices[:2]
    assert passed_over.startswith("Passed over: c.png is smaller than 11 pixels")
    assert few_scales.startswith("2 pictures are smaller than 161 pixels")


def test_a_folder_of_damaged_pictures_is_refused(folder):
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(b"\x89PNG")
    with pytest.raises(ImageError, match="no picture that can be read"):
        evaluate_folder(folder, JpegCodec())
