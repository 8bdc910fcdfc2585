from pathlib import Path
from time import perf_counter

import pytest
from made_annotations import identity

from qmap_studio.document.annotations.folders import belongs_to, find_in_folder

SUFFIXLESS = ["other.txt", "photo2.txt", "photo_2.json", "xphoto.xml", "photo.md", "notes.txt"]


def find(folder, names, picture="photo.jpg"):
    for name in names:
        (folder / name).write_text("")
    found = find_in_folder(folder, identity(picture))
    return found and found.name


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("photo.txt", "photo.jpg"),
        ("photo.xml", "a/photo.jpg"),
        ("photo.jpg.json", "photo.jpg"),
        ("gt_photo.txt", "photo.jpg"),
        ("PHOTO.XML", "photo.jpg"),
        ("photo_mask.png", "photo.jpg"),
        ("Photo_gtFine_labelIds.png", "photo.jpg"),
        ("mask-photo.tif", "photo.jpg"),
        ("photo_jpg.rf.0a1b2c3d4e5f.txt", "photo.jpg"),
        ("photo.txt", "photo_jpg.rf.0a1b2c3d4e5f.jpg"),
        ("my photo.xml", "my%20photo.jpg"),
        ("my_photo.xml", "a1b2c3d4-my photo.jpg"),
        ("bu\u0308hne.txt", "b\u00fchne.jpg"),
        ("img.001.txt", "img.001.jpg"),
        ("photo.png.xml", "photo.jpg"),
        ("photo.png", "photo.jpg"),
    ],
)
def test_the_file_of_a_photo(tmp_path, name, picture):
    assert find(tmp_path, [*SUFFIXLESS, "img.002.txt", name], picture) == name
    assert belongs_to(Path(name), identity(picture))


def test_files_of_other_photos_are_none(tmp_path):
    assert find(tmp_path, SUFFIXLESS) is None
    assert not any(belongs_to(Path(name), identity()) for name in SUFFIXLESS if name != "photo.md")
    assert find(tmp_path, ["img.002.txt"], "img.jpg") is None
    assert find(tmp_path, [], "") is None


def test_the_nearest_name_wins_then_the_format(tmp_path):
    assert find(tmp_path, ["Photo.xml", "photo.png", "photo_mask.png"]) == "photo.png"
    assert find(tmp_path, ["photo.txt"]) == "photo.txt"
    assert find(tmp_path, ["photo.json"]) == "photo.json"


def test_the_photo_itself_is_none(tmp_path):
    photo = str(tmp_path / "photo.png")
    assert find(tmp_path, ["photo.png"], photo) is None
    assert find(tmp_path, ["photo_mask.png"], photo) == "photo_mask.png"


def test_a_folder_that_cannot_be_read(tmp_path):
    with pytest.raises(OSError, match="nothing"):
        find_in_folder(tmp_path / "nothing", identity())


def test_a_large_folder_is_searched_quickly(tmp_path):
    for number in range(3_000):
        (tmp_path / f"photo{number:06}.txt").touch()
    assert find(tmp_path, [], "photo002000.jpg") == "photo002000.txt"
    began = perf_counter()
    assert find_in_folder(tmp_path, identity("photo_007.jpg")) is None
    assert perf_counter() - began < 1
