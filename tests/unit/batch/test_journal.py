"""What is done is known after any end, whatever stands in the file."""

import json

import pytest

from qmap_studio.batch.journal import NAME, Journal
from qmap_studio.batch.outcome import Outcome
from qmap_studio.core.errors import FileAccessError

ONE = Outcome("a.png", "a.png.sfc", width=32, height=24, bytes=700, bpp=7.3, psnr=float("inf"), notices=("A word.",))
OTHER = Outcome("sub/b.png", "sub/b.png.sfc", bytes=800, seconds=1.5)
FAILED = Outcome("c.png", "c.png.sfc", error="It is damaged.")


def written(folder, *entries):
    with Journal(folder) as journal:
        for made_of, outcome in entries:
            journal.add(made_of, outcome)
    return folder / NAME


def test_what_was_added_is_there_for_the_next_run(tmp_path):
    written(tmp_path, ("1", ONE), ("2", OTHER))
    written(tmp_path, ("3", FAILED))
    journal = Journal(tmp_path)
    assert journal.done() == {"a.png": "1", "sub/b.png": "2"}
    assert list(journal.outcomes({"a.png": "1", "sub/b.png": "2"})) == [ONE, OTHER]
    assert list(journal.outcomes({"a.png": "other"})) == []


def test_a_line_is_there_as_soon_as_it_is_added(tmp_path):
    with Journal(tmp_path) as journal:
        journal.add("1", ONE)
        assert Journal(tmp_path).done() == {"a.png": "1"}


def test_no_journal_is_an_empty_one(tmp_path):
    assert Journal(tmp_path).done() == {}
    with Journal(tmp_path):
        pass
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize("kept", [1, 10, 60])
def test_a_torn_last_line_costs_no_more_than_itself(tmp_path, kept):
    path = written(tmp_path, ("1", ONE), ("2", OTHER))
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second[:kept])
    assert Journal(tmp_path).done() == {"a.png": "1"}
    written(tmp_path, ("3", OTHER))
    assert Journal(tmp_path).done() == {"a.png": "1", "sub/b.png": "3"}


def test_a_line_whose_end_alone_is_torn_counts(tmp_path):
    path = written(tmp_path, ("1", ONE))
    path.write_bytes(path.read_bytes()[:-1])
    written(tmp_path, ("2", OTHER))
    assert Journal(tmp_path).done() == {"a.png": "1", "sub/b.png": "2"}


STRANGE = {
    "bytes": b"\xff\xfe\x00\x01",
    "no JSON": b"a.png,1,2",
    "empty": b"",
    "number": b"7",
    "list": b'["made_of", "photo"]',
    "null": b"null",
    "other object": b'{"level": "info", "text": "something else"}',
    "no file": b'{"made_of": "1", "photo": "a.png"}',
    "photo is a list": b'{"made_of": "1", "photo": ["a.png"], "file": "a"}',
    "bytes are text": b'{"made_of": "1", "photo": "a.png", "file": "a", "bytes": "700"}',
    "error is a number": b'{"made_of": "1", "photo": "a.png", "file": "a", "error": 7}',
    "notices are text": b'{"made_of": "1", "photo": "a.png", "file": "a", "notices": "none"}',
    "notices are numbers": b'{"made_of": "1", "photo": "a.png", "file": "a", "notices": [1]}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("line", STRANGE.values(), ids=STRANGE)
def test_lines_that_are_damaged_or_of_something_else_are_passed_over(tmp_path, line):
    path = written(tmp_path, ("1", OTHER))
    path.write_bytes(line + b"\n" + path.read_bytes() + line + b"\n")
    assert Journal(tmp_path).done() == {"sub/b.png": "1"}
    assert list(Journal(tmp_path).outcomes({"sub/b.png": "1"})) == [OTHER]


def test_what_a_later_version_adds_is_left_out(tmp_path):
    (tmp_path / NAME).write_text(json.dumps({"made_of": "1", **ONE.to_json(), "colour": "red"}) + "\n")
    assert list(Journal(tmp_path).outcomes({"a.png": "1"})) == [ONE]


def test_a_photo_that_stands_there_twice_is_told_of_once_and_the_last_line_counts(tmp_path):
    written(tmp_path, ("1", ONE), ("1", ONE), ("2", ONE))
    assert Journal(tmp_path).done() == {"a.png": "2"}
    assert list(Journal(tmp_path).outcomes({"a.png": "2"})) == [ONE]
    written(tmp_path, ("2", Outcome("a.png", "a.png.sfc", error="It is gone.")))
    assert Journal(tmp_path).done() == {}, "it has failed since"


def test_names_that_are_no_unicode_are_kept(tmp_path):
    name = b"\xff.png".decode(errors="surrogateescape")
    written(tmp_path, ("1", Outcome(name, f"{name}.sfc")))
    assert Journal(tmp_path).done() == {name: "1"}


def test_a_journal_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / NAME).mkdir()
    with Journal(tmp_path) as journal, pytest.raises(FileAccessError, match="it is a folder"):
        journal.add("1", ONE)


@pytest.mark.skipif("not __import__('os').path.exists('/dev/full')", reason="a device of Linux")
def test_a_journal_on_a_full_disk_is_a_sentence(tmp_path):
    (tmp_path / NAME).symlink_to("/dev/full")
    journal = Journal(tmp_path)
    with pytest.raises(FileAccessError, match="the disk is full"), journal:
        journal.add("1", ONE)
