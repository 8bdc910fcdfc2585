import io

import numpy as np
import pytest
from PIL import Image

from qmap_studio.cli.main import main
from qmap_studio.cli.progress import ProgressBar
from qmap_studio.codec.common.container import unpack
from qmap_studio.core.pictures import Metadata, Picture, read_picture, write_picture
from qmap_studio.core.rect import Rect
from qmap_studio.document import Document
from qmap_studio.document.project import write_project
from tests.unit.evaluation.pictures import JpegCodec, waves


def run(*arguments):
    return main([str(argument) for argument in arguments])


def encoded_with(quality_map):
    photo = Picture(waves(48, 64), metadata=Metadata(file_name="photo.png"))
    return JpegCodec().encode(photo, quality_map).data


def test_encode_with_one_quality_prints_one_line(codec, photo, tmp_path, capsys):
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--quality", "0.8", "--device", "cpu") == 0
    data = (tmp_path / "x.sfc").read_bytes()
    assert data == encoded_with(np.full((48, 64), 0.8, np.float32))
    assert codec.loaded == [("live", "cpu")]
    output = capsys.readouterr()
    assert output.out.startswith(f"{tmp_path / 'x.sfc'}: {len(data)} bytes, {len(data) * 8 / 3072:.4f} bpp, PSNR ")
    assert (output.out.count("\n"), output.err) == (1, "")


def test_a_picture_of_more_than_eight_bits_is_reduced_with_a_word(codec, tmp_path, capsys):
    Image.fromarray(np.full((48, 64), 40000, np.uint16)).save(tmp_path / "deep.png")
    assert run("encode", tmp_path / "deep.png", "-o", tmp_path / "x.sfc") == 0
    said = "qmap-studio: deep.png has more than 8 bits a channel; it is shown and exported with 8.\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("suffix", [".png", ".npy"])
def test_encode_with_a_map(codec, photo, tmp_path, suffix):
    levels = np.zeros((48, 64), np.uint8)
    levels[:, 32:] = 255
    path = tmp_path / f"map{suffix}"
    if suffix == ".png":
        Image.fromarray(levels).save(path)
    else:
        np.save(path, levels / np.float32(255))
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--map", path) == 0
    assert (tmp_path / "x.sfc").read_bytes() == encoded_with(levels / np.float32(255))


def test_encode_with_the_map_of_a_project(codec, photo, tmp_path):
    document = Document(read_picture(photo))
    document.fill_rectangle(Rect(8, 8, 20, 20), 0.9)
    write_project(tmp_path / "a.qmapproj", document.project())
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--map", tmp_path / "a.qmapproj") == 0
    assert (tmp_path / "x.sfc").read_bytes() == encoded_with(document.quality_map.quality())
    document.bound_everywhere(2)
    write_project(tmp_path / "a.qmapproj", document.project())
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--map", tmp_path / "a.qmapproj") == 0
    assert len(unpack((tmp_path / "x.sfc").read_bytes()).kept) == 3 * 48 * 64, "the bounds count, too"


def test_a_map_of_another_size_is_refused_with_both_sizes(codec, photo, tmp_path, capsys):
    Image.new("L", (65, 48)).save(tmp_path / "map.png")
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--map", tmp_path / "map.png") == 1
    said = capsys.readouterr().err
    assert "65" in said
    assert "64" in said
    assert said.count("\n") == 1
    assert codec.loaded == []


def test_a_map_with_a_nan_is_refused(codec, photo, tmp_path, capsys):
    np.save(tmp_path / "map.npy", np.full((48, 64), np.nan, np.float32))
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--map", tmp_path / "map.npy") == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "value", "target"), [("--target-bytes", "1500", 1500), ("--target-bpp", "4.2", 1612)]
)
def test_a_size_can_be_asked_for(codec, photo, tmp_path, monkeypatch, option, value, target):
    asked = []

    def encode_to_size(codec, picture, quality_map, target_bytes, **_options):
        asked.append((float(quality_map.mean()), target_bytes))
        return codec.encode(picture, quality_map)

    monkeypatch.setattr("qmap_studio.recipes.encode.encode_to_size", encode_to_size)
    assert run("encode", photo, "-o", tmp_path / "x.sfc", option, value, "--quality", "0.25") == 0
    assert asked == [(0.25, target)]


@pytest.mark.parametrize("size", [(), ("--target-bytes", "1500")])
def test_a_thorough_search_can_be_asked_for(codec, photo, tmp_path, size):
    assert run("encode", photo, "-o", tmp_path / "usual.sfc", *size) == 0
    assert set(codec.thorough) == {False}
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--thorough", *size) == 0
    assert codec.thorough[-1]


def test_a_size_that_cannot_be_met_is_said(codec, photo, tmp_path, capsys):
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--target-bytes", "20") == 1
    assert "20 bytes" in capsys.readouterr().err
    assert not (tmp_path / "x.sfc").exists()


def test_decode_keeps_transparency_profile_and_metadata(codec, tmp_path, capsys):
    exif = Image.Exif()
    exif[0x0110] = "a camera"
    alpha = np.arange(48 * 64, dtype=np.uint32).reshape(48, 64).astype(np.uint8)
    profile = b"\0" * 16 + b"RGB " + b"\0" * 108
    write_picture(
        tmp_path / "in.png", Picture(waves(48, 64), alpha, profile, Metadata(exif.tobytes().removeprefix(b"Exif\0\0")))
    )
    assert run("encode", tmp_path / "in.png", "-o", tmp_path / "x.sfc", "--quality", "1") == 0
    assert run("decode", tmp_path / "x.sfc", "-o", tmp_path / "out.png") == 0
    given, back = read_picture(tmp_path / "in.png"), read_picture(tmp_path / "out.png")
    assert np.array_equal(back.alpha, alpha)
    assert (back.icc_profile, back.metadata.exif) == (given.icc_profile, given.metadata.exif)
    assert np.abs(back.pixels.astype(int) - given.pixels).mean() < 5
    assert codec.loaded[-1] == ("jpeg", "auto"), "the model is the file's"
    assert "64 x 48 pixels" in capsys.readouterr().out


def test_notices_of_the_codec_go_to_stderr(codec, photo, tmp_path, capsys):
    codec.notices.append("The GPU is out of memory; the CPU went on.")
    run("encode", photo, "-o", tmp_path / "x.sfc")
    run("decode", tmp_path / "x.sfc", "-o", tmp_path / "out.tif")
    assert capsys.readouterr().err.count("the CPU went on") == 2


@pytest.mark.parametrize("output", [".", "missing/x.sfc", "photo.png"])
def test_outputs_that_cannot_be_are_refused_before_the_work(codec, photo, tmp_path, capsys, output):
    before = photo.read_bytes()
    assert run("encode", photo, "-o", tmp_path / output) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert codec.loaded == []
    assert photo.read_bytes() == before


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\n but no more", b"not a picture"])
def test_inputs_that_are_no_pictures(codec, tmp_path, capsys, content):
    path = tmp_path / "in.png"
    if content is not None:
        path.write_bytes(content)
    assert run("encode", path, "-o", tmp_path / "x.sfc") == 1
    said = capsys.readouterr().err
    assert "in.png" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("command", ["decode", "info"])
@pytest.mark.parametrize("content", [None, b"", b"not an sfc file", "folder", "cut"])
def test_inputs_that_are_no_sfc_files(codec, photo, tmp_path, capsys, command, content):
    path = tmp_path / "in.sfc"
    match content:
        case "folder":
            path.mkdir()
        case "cut":
            path.write_bytes(encoded_with(np.full((48, 64), 0.5, np.float32))[:-3])
        case bytes():
            path.write_bytes(content)
    output = ["-o", tmp_path / "out.png"] if command == "decode" else []
    assert run(command, path, *output) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def test_a_suffix_no_picture_has(codec, photo, tmp_path, capsys):
    run("encode", photo, "-o", tmp_path / "x.sfc")
    assert run("decode", tmp_path / "x.sfc", "-o", tmp_path / "out.doc") == 1
    assert ".png" in capsys.readouterr().err


def test_a_page_is_chosen_and_another_one_refused(codec, tmp_path, capsys):
    pages = [Image.fromarray(waves(48, 64)), Image.fromarray(waves(32, 40))]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])
    assert run("encode", tmp_path / "pages.tif", "-o", tmp_path / "x.sfc", "--page", "2") == 0
    assert "2 pages" in capsys.readouterr().err
    assert run("decode", tmp_path / "x.sfc", "-o", tmp_path / "x.png") == 0
    assert read_picture(tmp_path / "x.png").width == 40
    assert run("encode", tmp_path / "pages.tif", "-o", tmp_path / "y.sfc", "--page", "3") == 1
    assert "pages.tif" in capsys.readouterr().err


def test_an_sfc_file_does_not_get_the_name_of_a_picture(codec, photo, tmp_path, capsys):
    assert run("encode", photo, "-o", tmp_path / "x.png") == 1
    assert "end its name in .sfc" in capsys.readouterr().err
    assert codec.loaded == []


def test_a_size_that_is_not_reached_is_told(codec, photo, tmp_path, capsys, monkeypatch):
    def encode_to_size(codec, picture, quality_map, target_bytes, *, checkpoint=None, **_options):
        return codec.encode(picture, quality_map, checkpoint=checkpoint)

    monkeypatch.setattr("qmap_studio.recipes.encode.encode_to_size", encode_to_size)
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--target-bytes", "9999999") == 0
    assert "9,999,999 bytes" in capsys.readouterr().err


def test_progress_is_drawn_on_terminals_only_and_leaves_nothing():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        with ProgressBar(stream) as bar:
            bar.update(0.5, "half")
    assert "[###############               ]  50% half" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert pipe.getvalue() == ""


def test_an_sfc_file_is_not_encoded_again(codec, photo, tmp_path, capsys):
    file = tmp_path / "x.sfc"
    assert main(["encode", str(photo), "-o", str(file)]) == 0
    capsys.readouterr()
    assert main(["encode", str(file), "-o", str(tmp_path / "y.sfc")]) == 1
    assert "qmap-studio decode" in capsys.readouterr().err


YOLO = "0 0.5 0.5 0.5 0.5 0.9\n1 0.125 0.125 0.25 0.25 0.3\n"


@pytest.fixture
def annotated(photo, tmp_path):
    """A file of two boxes for the photo, of 64 x 48 pixels, with the names of their classes."""
    (tmp_path / "photo.txt").write_text(YOLO)
    (tmp_path / "classes.txt").write_text("face\nsign\n")
    return tmp_path / "photo.txt"


def test_encode_with_annotations_and_rules_and_the_map_that_they_make(codec, photo, annotated, tmp_path):
    (tmp_path / "rules.toml").write_text('feather = 0\nrest = 0.4\n[classes]\nface = 0.2\nsign = "lossless"\n')
    options = ("--annotations", annotated, "--rules", tmp_path / "rules.toml", "--save-map", tmp_path / "map.png")
    assert run("encode", photo, "-o", tmp_path / "x.sfc", *options) == 0
    quality = np.full((48, 64), 0.4, np.float32)
    quality[12:36, 16:48] = 0.2
    assert np.asarray(Image.open(tmp_path / "map.png"))[[0, 20], [0, 20]].tolist() == [26214, 13107]
    assert run("encode", photo, "-o", tmp_path / "y.sfc", "--map", tmp_path / "map.png") == 0
    assert (tmp_path / "y.sfc").read_bytes() == encoded_with(quality)


def test_annotations_of_a_low_score_are_left_out(codec, photo, annotated, tmp_path):
    for score, covered in (("0.2", True), ("0.5", False)):
        options = ("--annotations", annotated, "--score", score, "--save-map", tmp_path / "map.npy")
        assert run("encode", photo, "-o", tmp_path / "x.sfc", "--quality", "0.1", *options) == 0
        quality = np.load(tmp_path / "map.npy")
        assert quality[24, 32] == pytest.approx(0.9, abs=1e-4)
        assert (quality[2, 2] > 0.8) == covered


def test_annotations_of_another_photo_are_told(codec, photo, tmp_path, capsys):
    content = '{"images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}], "annotations": []}'
    (tmp_path / "boxes.json").write_text(content)
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--annotations", tmp_path / "boxes.json") == 1
    assert "Name one with --picture: a.png, b.png" in capsys.readouterr().err
    options = ("--annotations", tmp_path / "boxes.json", "--picture", "b.png")
    assert run("encode", photo, "-o", tmp_path / "x.sfc", *options) == 0
    assert "has no annotations for" in capsys.readouterr().err


def test_annotations_from_a_folder_are_those_of_the_photo(codec, photo, annotated, tmp_path, capsys):
    folder = tmp_path / "labels"
    folder.mkdir()
    options = ("--annotations", folder, "--save-map", tmp_path / "map.npy")
    assert run("encode", photo, "-o", tmp_path / "x.sfc", *options) == 1
    assert f"{folder} has no file of annotations for {photo.name}." in capsys.readouterr().err
    annotated.rename(folder / f"{photo.stem}.txt")
    assert run("encode", photo, "-o", tmp_path / "x.sfc", *options) == 0
    assert np.load(tmp_path / "map.npy")[24, 32] == pytest.approx(0.9, abs=1e-4)


@pytest.mark.parametrize("option", ["--rules", "--score", "--picture"])
def test_what_belongs_to_annotations_needs_them(codec, photo, tmp_path, capsys, option):
    assert run("encode", photo, "-o", tmp_path / "x.sfc", option, "0.5") == 2
    assert "needs --annotations FILE" in capsys.readouterr().err
