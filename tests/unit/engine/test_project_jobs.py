"""Saving and opening projects, exporting layers, and giving a decoded picture its photo back."""

import json
import zipfile
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from qmap_studio.core.files import digest_of
from qmap_studio.core.pictures import load_picture
from qmap_studio.document import Brush, Document
from qmap_studio.document.layers.gradient import LinearGradient
from qmap_studio.document.project import Source, picture_in, project_bytes, write_project
from qmap_studio.engine import (
    AttachPicture,
    JobDone,
    JobFailed,
    OpenPicture,
    OpenProject,
    PictureAttached,
    PictureInQuestion,
    PictureOpened,
    ProjectOpened,
    SaveProject,
)


@pytest.fixture
def photo_path(tmp_path):
    rows, columns = np.mgrid[0:96, 0:128]
    pixels = np.stack([rows, columns, rows + columns], axis=2).astype(np.uint8)
    path = tmp_path / "photos" / "a.png"
    path.parent.mkdir()
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def document(photo_path):
    picture = load_picture(photo_path).picture
    document = Document(picture, photo_path, source=Source(str(photo_path), digest_of(photo_path)))
    document.begin_stroke(Brush(40), 50, 50)
    document.end_stroke()
    document.add_layer(LinearGradient((0, 0), (100, 0), 0.1, 0.9, opacity=0.5), "Gradient")
    return document


def saved(engine, results, path, document, **options):
    engine.submit(SaveProject(path, document.project(0.4), document.picture, **options))
    return results.wait_for(JobDone, lambda done: done.path == path)


def test_a_project_is_saved_and_opened_with_its_picture(engine, results, tmp_path, document):
    path = tmp_path / "a.qmapproj"
    assert saved(engine, results, path, document).text == "a.qmapproj is saved."
    engine.submit(OpenProject(path))
    found = results.wait_for(ProjectOpened)
    assert (found.path, found.notices, found.is_decoded, found.copy) == (path, (), False, None)
    assert not found.is_other_source
    np.testing.assert_array_equal(found.picture.pixels, document.picture.pixels)
    again = Document.of_project(found.project, found.picture)
    np.testing.assert_array_equal(again.quality_map.values, document.quality_map.values)
    assert (found.project.threshold, again.path) == (0.4, document.path)


def test_project_and_photo_may_move_together_or_the_photo_beside_the_project(
    engine, results, tmp_path, photo_path, document
):
    work = tmp_path / "work"
    work.mkdir()
    saved(engine, results, work / "a.qmapproj", document)
    for place in (tmp_path / "elsewhere" / "photos" / "a.png", work / "a.png"):
        place.parent.mkdir(parents=True, exist_ok=True)
        photo_path.rename(place)
        project = place.parent.parent / "work" / "a.qmapproj" if place.parent.name == "photos" else work / "a.qmapproj"
        project.parent.mkdir(exist_ok=True)
        if project != work / "a.qmapproj":
            project.write_bytes((work / "a.qmapproj").read_bytes())
        engine.submit(OpenProject(project))
        found = results.wait_for(ProjectOpened, lambda opened, project=project: opened.path == project)
        assert found.notices == (f"The picture was found as {found.project.source.path}.",)
        assert digest_of(place) == found.project.source.digest
        photo_path = place


def test_a_picture_that_is_gone_or_changed_is_asked_about(engine, results, tmp_path, photo_path, document):
    path = tmp_path / "a.qmapproj"
    saved(engine, results, path, document)
    moved = photo_path.rename(tmp_path / "other name.png")
    engine.submit(OpenProject(path))
    asked = results.wait_for(PictureInQuestion)
    assert (asked.expected, asked.changed) == (photo_path, None)
    engine.submit(replace(asked.job, picture_path=moved, takes_changed=True))
    assert "was found as" in results.wait_for(ProjectOpened).notices[0]
    Image.new("RGB", (128, 96), (9, 9, 9)).save(photo_path)
    engine.submit(OpenProject(path))
    asked = results.wait_for(PictureInQuestion, lambda question: question.changed is not None)
    engine.submit(replace(asked.job, picture_path=asked.changed, takes_changed=True))
    found = results.wait_for(ProjectOpened, lambda opened: "another picture" in "".join(opened.notices))
    assert (found.picture.pixels == 9).all()
    assert found.is_other_source
    assert found.project.source.digest == digest_of(photo_path)
    saved(engine, results, tmp_path / "b.qmapproj", Document.of_project(found.project, found.picture))
    engine.submit(OpenProject(tmp_path / "b.qmapproj"))
    opened = results.wait_for(ProjectOpened, lambda opened: opened.path == tmp_path / "b.qmapproj")
    assert (opened.notices, opened.is_other_source) == ((), False), "it is the project's own picture now"


def test_a_picture_of_another_size_is_asked_about_again(engine, results, tmp_path, photo_path, document):
    path = tmp_path / "a.qmapproj"
    saved(engine, results, path, document)
    photo_path.unlink()
    other = tmp_path / "other.png"
    Image.new("RGB", (128, 95)).save(other)
    engine.submit(OpenProject(path, picture_path=other, takes_changed=True))
    asked = results.wait_for(PictureInQuestion)
    assert asked.reason == "other.png has 128 x 95 pixels, the map 128 x 96."


@pytest.mark.parametrize("path", ["/x/" + 3000 * "y" + ".png", "a\0b.png", "\ud800.png"])
def test_a_picture_where_no_file_can_be_is_asked_about(engine, results, tmp_path, document, path):
    content = project_bytes(replace(document.project(), source=Source("PLACE", "ab" * 32)))
    (tmp_path / "a.qmapproj").write_bytes(with_text(content, '"PLACE"', json.dumps(path)))
    engine.submit(OpenProject(tmp_path / "a.qmapproj"))
    assert results.wait_for(PictureInQuestion).changed is None


def with_text(content, old, new):
    """A project whose manifests have other text."""
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            is_manifest = name.startswith("manifest")
            after.writestr(name, data.replace(old.encode(), new.encode()) if is_manifest else data)
    return changed.getvalue()


def test_a_project_goes_on_holding_the_very_file_of_its_picture(engine, results, tmp_path, photo_path, document):
    path = tmp_path / "a.qmapproj"
    saved(engine, results, path, document, holds_picture=True)
    original = photo_path.read_bytes()
    photo_path.unlink()
    engine.submit(OpenProject(path))
    found = results.wait_for(ProjectOpened)
    assert found.holds_picture
    assert found.picture.metadata.file_name == "a.png"
    again = Document.of_project(found.project, found.picture)
    again.project_path = path
    saved(engine, results, tmp_path / "b.qmapproj", again, holds_picture=found.holds_picture)
    assert picture_in(tmp_path / "b.qmapproj") == original


def test_recovered_work_finds_the_picture_that_its_project_holds(engine, results, tmp_path, photo_path, document):
    path, copy = tmp_path / "a.qmapproj", tmp_path / "1-1.qmapproj"
    saved(engine, results, path, document, holds_picture=True)
    photo_path.unlink()
    document.project_path = path
    write_project(copy, document.project())
    engine.submit(OpenProject(copy, is_recovered=True))
    found = results.wait_for(ProjectOpened)
    assert (found.path, found.copy, found.holds_picture) == (path, copy, True)
    np.testing.assert_array_equal(found.picture.pixels, document.picture.pixels)


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_project_may_hold_its_picture(engine, results, tmp_path, photo_path, document, is_gone):
    path = tmp_path / "a.qmapproj"
    if is_gone:
        document.source = Source("", "")
    saved(engine, results, path, document, holds_picture=True)
    photo_path.unlink()
    engine.submit(OpenProject(path))
    found = results.wait_for(ProjectOpened)
    np.testing.assert_array_equal(found.picture.pixels, document.picture.pixels)


def test_a_damaged_project_says_what_is_lost_and_one_that_is_none_fails(engine, results, tmp_path, document):
    path = tmp_path / "a.qmapproj"
    saved(engine, results, path, document)
    path.write_bytes(path.read_bytes()[:-300])
    engine.submit(OpenProject(path))
    opened = results.wait_for(ProjectOpened)
    assert "a.qmapproj is damaged." in opened.notices
    assert opened.notices[-1] == "What could be read is a new project; a.qmapproj stays as it is."
    assert (opened.path, opened.is_damaged) == (None, True)
    (tmp_path / "b.qmapproj").write_bytes(b"no project")
    engine.submit(OpenProject(tmp_path / "b.qmapproj"))
    assert "b.qmapproj is no project" in results.wait_for(JobFailed).message


def test_a_disk_that_takes_nothing_leaves_the_old_project(engine, results, tmp_path, document):
    path = tmp_path / "a.qmapproj"
    saved(engine, results, path, document)
    before = path.read_bytes()
    path.chmod(0o444)
    engine.submit(SaveProject(path, document.project(), document.picture))
    assert "read-only" in results.wait_for(JobFailed).message
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["a.qmapproj"]


def test_a_photo_tells_what_it_is_and_can_take_the_place_of_what_was_decoded(engine, results, photo_path, document):
    engine.submit(OpenPicture(photo_path))
    assert results.wait_for(PictureOpened).digest == digest_of(photo_path)
    engine.submit(AttachPicture(photo_path, document.picture, "another"))
    found = results.wait_for(PictureAttached)
    assert found.of is document.picture
    assert "not the very file" in results.wait_for(JobDone, lambda done: "attached" in done.text).text
    small = photo_path.with_name("small.png")
    Image.new("RGB", (20, 20)).save(small)
    engine.submit(AttachPicture(small, document.picture))
    assert "20 x 20 pixels, the open picture 128 x 96" in results.wait_for(JobFailed).message
