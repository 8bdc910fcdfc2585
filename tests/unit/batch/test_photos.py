"""Which photos there are below folders, and what they are called."""

import os
import unicodedata

import pytest

from qmap_studio.batch.photos import photos_below
from qmap_studio.core.errors import FileAccessError


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def places(*folders, without=None):
    return [found.place for found in photos_below(folders, without)]


def test_the_structure_is_kept_and_the_order_is_that_of_names(tmp_path):
    touch(tmp_path, "b.png", "a.JPG", "sub/z.tif", "sub/deep/a.png", "other/a.png", "notes.txt", "no_suffix")
    assert places(tmp_path) == ["a.JPG", "b.png", "other/a.png", "sub/z.tif", "sub/deep/a.png"]


def test_hidden_files_and_folders_are_left_out(tmp_path):
    touch(tmp_path, ".a.png", ".thumbnails/b.png", "sub/.qmap-studio-1.tmp", "sub/c.png")
    assert places(tmp_path) == ["sub/c.png"]


def test_each_folder_is_looked_into_once_also_where_links_lead_in_a_loop(tmp_path):
    touch(tmp_path, "a/one.png", "b/two.png")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "b" / "again").symlink_to(tmp_path / "a")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    assert places(tmp_path) == ["a/one.png", "b/two.png"]
    assert places(tmp_path, tmp_path / "a") == [f"{tmp_path.name}/a/one.png", f"{tmp_path.name}/b/two.png"]


def test_links_to_photos_are_photos_and_those_to_nothing_are_told_of_when_they_are_read(tmp_path):
    touch(tmp_path, "photos/a.png")
    (tmp_path / "photos" / "broken.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "photos" / "linked.png").symlink_to(tmp_path / "photos" / "a.png")
    (tmp_path / "photos" / "loop.png").symlink_to(tmp_path / "photos" / "loop.png")
    found = {each.place: each.size for each in photos_below([tmp_path / "photos"])}
    assert found == {"a.png": 1, "broken.png": -1, "linked.png": 1, "loop.png": -1}


def test_a_folder_that_cannot_be_read_is_told_of_and_stops_nothing(tmp_path, monkeypatch):
    touch(tmp_path, "a/one.png", "closed/two.png", "z/three.png")
    scan = os.scandir

    def scandir(folder):
        if folder == tmp_path / "closed":
            raise PermissionError(13, "Permission denied")
        return scan(folder)

    monkeypatch.setattr("os.scandir", scandir)
    found = list(photos_below([tmp_path]))
    assert [each.place for each in found] == ["a/one.png", "closed", "z/three.png"]
    assert [each.error for each in found] == ["", f"{tmp_path / 'closed'} cannot be read: Permission denied.", ""]


def test_folders_of_one_name_keep_their_photos_apart(tmp_path):
    touch(tmp_path, "1/day/a.png", "2/day/a.png", "3/Day/a.png", "day-2/a.png")
    folders = [tmp_path / "1" / "day", tmp_path / "2" / "day", tmp_path / "3" / "Day", tmp_path / "day-2"]
    assert places(*folders) == ["day/a.png", "day-2/a.png", "Day-3/a.png", "day-2-2/a.png"]


def test_results_below_the_photos_are_no_photos(tmp_path):
    touch(tmp_path, "a.png", "out/a.png", "out/deep/b.png")
    assert places(tmp_path, without=tmp_path / "out") == ["a.png"]
    assert places(tmp_path, without=tmp_path / "not there yet") == ["a.png", "out/a.png", "out/deep/b.png"]


def test_results_may_lie_beside_the_photos(tmp_path):
    touch(tmp_path, "a.png", "sub/b.png")
    assert places(tmp_path, without=tmp_path) == ["a.png", "sub/b.png"]


def test_names_that_differ_in_case_suffix_or_unicode_form_are_different_photos(tmp_path):
    composed, decomposed = (unicodedata.normalize(form, "Bühne.png") for form in ("NFC", "NFD"))
    names = {"A.png", "a.PNG", "a.jpg", "a.png", composed, decomposed, "写真.png", "with\nbreak.png", "=1,2;.png"}
    touch(tmp_path, *names)
    if len(os.listdir(tmp_path)) < len(names):
        pytest.skip("this disk does not tell them apart")
    assert set(places(tmp_path)) == names


def test_a_folder_that_is_none_is_told_before_anything_is_done(tmp_path):
    touch(tmp_path, "a.png")
    for path in (tmp_path / "a.png", tmp_path / "nowhere"):
        with pytest.raises(FileAccessError, match="is no folder; a folder of pictures was expected"):
            places(tmp_path, path)
