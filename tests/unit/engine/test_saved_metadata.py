"""What the exported files say of the photo besides its pixels."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_codec import flat_map, photo

import qmap_studio.recipes.sfc_files
from qmap_studio.core.pictures import Metadata, read_picture
from qmap_studio.engine import ExportPicture, ExportSfc, JobDone, JobFailed, LiveResult, Notice

SAID = Metadata(comment="a comment", dpi=(300.0, 300.0))


@pytest.fixture
def shown(engine, results):
    """The engine with a photo that says something."""
    picture = replace(photo(), metadata=SAID)
    engine.show(picture, flat_map(picture), 1)
    results.wait_for(LiveResult, lambda result: result.figures is not None)
    return engine


def test_what_a_picture_is_saved_without_is_told(shown, results, tmp_path: Path):
    shown.submit(ExportPicture("reconstruction", tmp_path / "out.bmp"))
    results.wait_for(JobDone)
    assert [notice.text for notice in results.of(Notice)] == [
        "out.bmp was saved without the comment: the format has no place for it."
    ]


def test_a_saved_picture_has_the_metadata_that_is_kept(shown, results, tmp_path: Path):
    for strip in ("none", "all"):
        job = shown.submit(ExportPicture("reconstruction", tmp_path / f"{strip}.png", strip=strip))
        results.wait_for(JobDone, lambda done, job=job: done.job_id == job)
    assert read_picture(tmp_path / "none.png").metadata == replace(SAID, file_name="none.png")
    assert read_picture(tmp_path / "all.png").metadata == Metadata(file_name="all.png")


@pytest.mark.parametrize(("name", "has_alpha"), [("out.gif", False), ("out.jpg", True)])
def test_what_cannot_be_saved_fails_before_the_work(engine, codec, results, tmp_path: Path, name, has_alpha):
    picture = photo()
    if has_alpha:
        picture = replace(picture, alpha=np.zeros(picture.pixels.shape[:2], np.uint8))
    engine.show(picture, flat_map(picture), 1)
    results.wait_for(LiveResult, lambda result: result.figures is not None)
    codec.calls.clear()
    engine.submit(ExportPicture("reconstruction", tmp_path / name))
    assert name in results.wait_for(JobFailed).message
    assert codec.calls == []


def test_an_export_leaves_out_what_was_chosen(shown, results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        qmap_studio.recipes.sfc_files, "stripped_sfc", lambda data, strip: f"{strip}, {len(data)}".encode()
    )
    shown.submit(ExportSfc(tmp_path / "a.sfc", strip="gps"))
    results.wait_for(JobDone)
    assert (tmp_path / "a.sfc").read_text().startswith("gps, ")


def test_an_export_to_a_size_is_searched_without_what_is_left_out(
    shown, codec, results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    seen = []
    encode = codec.encode
    monkeypatch.setattr(
        codec, "encode", lambda picture, *rest, **more: seen.append(picture.metadata) or encode(picture, *rest, **more)
    )
    shown.submit(ExportSfc(tmp_path / "a.sfc", target_bytes=1000, strip="all"))
    results.wait_for(JobDone)
    assert seen == [Metadata()]
