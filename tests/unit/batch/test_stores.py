"""Photos, annotations and results in an object store: fsspec's own in memory, and S3 where a server is installed."""

import json
import sys
from pathlib import Path
from secrets import token_hex

import numpy as np
import pytest
from PIL import Image

from qmap_studio.batch import Plan, Run, stores
from qmap_studio.batch.coder import Coder
from qmap_studio.batch.stores import place
from qmap_studio.core.errors import FileAccessError, QMapStudioError
from qmap_studio.core.pictures import Picture, write_picture
from qmap_studio.recipes.maps import MapRecipe
from tests.unit.evaluation.pictures import JpegCodec, waves

fsspec = pytest.importorskip("fsspec", reason="the extra batch is not installed")


class Here:
    """One worker, which is this process."""

    count = 1

    def __init__(self, monkeypatch):
        monkeypatch.setattr("qmap_studio.batch.coder.load_codec", lambda model, device: JpegCodec())
        self._coder = Coder("live", "cpu")

    def outcomes(self, tasks, is_stopped):
        for task in tasks:
            yield task, self._coder.do(task)

    def close(self):
        pass


class Watch:
    def listed(self, totals):
        pass

    def ended(self, outcome, totals):
        pass


@pytest.fixture(params=["memory", "s3"])
def root(request, monkeypatch):
    """The address of an empty place."""
    if request.param == "memory":
        store = fsspec.filesystem("memory")
        store.store.clear()
        store.pseudo_dirs[:] = [""]
        yield "memory://bucket"
        store.store.clear()
        return
    pytest.importorskip("s3fs", reason="no S3 is installed")
    server = pytest.importorskip("moto.server", reason="no server of S3 is installed").ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setitem(fsspec.config.conf, "s3", {"endpoint_url": f"http://{host}:{port}"})
    bucket = f"bucket-{token_hex(8)}"  # all servers of a process have the same content
    fsspec.filesystem("s3").mkdir(bucket)
    yield f"s3://{bucket}"
    server.stop()


@pytest.fixture
def local(tmp_path):
    """Photos and annotations on this machine."""
    for name, height in (("a/x.png", 48), ("a/y.png", 64), ("b/x.png", 56)):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_picture(path, Picture(waves(height, 64)))
    (tmp_path / "in" / "a" / "broken.png").write_bytes(b"no picture")
    (tmp_path / "in" / "notes.txt").write_text("no photo")
    (tmp_path / "labels").mkdir()
    levels = np.zeros((64, 64), np.uint8)
    levels[20:40, 20:40] = 255
    Image.fromarray(levels).save(tmp_path / "labels" / "y_mask.png")
    return tmp_path


def put(local: Path, root: str) -> None:
    store, inner = fsspec.core.url_to_fs(root)
    for path in sorted(path for folder in ("in", "labels") for path in (local / folder).rglob("*") if path.is_file()):
        store.pipe_file(f"{inner}/{path.relative_to(local).as_posix()}", path.read_bytes())


def results(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.sfc")}


def test_a_run_from_store_to_store_is_that_of_folders(root, local, tmp_path, monkeypatch):
    recipe = MapRecipe(0.3, annotations=local / "labels")
    own = Plan((local / "in",), tmp_path / "out", recipe)
    Run(own, Watch()).with_workers(Here(monkeypatch))

    put(local, root)
    records = tmp_path / "records"
    there = MapRecipe(0.3, annotations=place(f"{root}/labels"))
    plan = Plan((place(f"{root}/in"),), place(f"{root}/out"), there, records=records)
    totals = Run(plan, Watch()).with_workers(Here(monkeypatch))
    assert (totals.photos, totals.done, totals.failed) == (4, 3, 1)

    store, inner = fsspec.core.url_to_fs(f"{root}/out", use_listings_cache=False)
    files = {path[len(inner) + 1 :]: store.cat_file(path) for path in store.find(inner)}
    assert files == results(tmp_path / "out")
    assert sorted(files) == ["a/x.png.sfc", "a/y.png.sfc", "b/x.png.sfc"]

    lines = [json.loads(line) for line in (records / "batch.jsonl").read_text().splitlines()]
    error = next(line["error"] for line in lines if line["photo"] == "a/broken.png")
    assert error.startswith(f"{root}/in/a/broken.png is not ")
    assert (records / "batch.html").exists()

    again = Run(plan_again(plan), Watch()).with_workers(Here(monkeypatch))
    assert (again.before, again.done, again.failed) == (3, 0, 1)
    store.rm_file(f"{inner}/b/x.png.sfc")
    store.pipe_file(f"{inner[:-4]}/in/a/x.png", (local / "in/b/x.png").read_bytes())
    again = Run(plan_again(plan), Watch()).with_workers(Here(monkeypatch))
    assert (again.before, again.done, again.failed) == (1, 2, 1)


def plan_again(plan: Plan) -> Plan:
    """As a new run makes it, which knows nothing of what the store had before."""
    return Plan(plan.folders, plan.out, plan.recipe, records=plan.records)


def test_results_below_the_photos_are_no_photos(root, local, monkeypatch, tmp_path):
    put(local, root)
    plan = Plan((place(root),), place(f"{root}/in"), MapRecipe(), records=tmp_path / "records")
    assert [entry.place for entry in plan.entries()] == ["labels/y_mask.png"]


def test_a_folder_that_is_not_there_is_told(root, tmp_path):
    plan = Plan((place(f"{root}/nothing"),), tmp_path / "out", MapRecipe())
    with pytest.raises(FileAccessError, match=f"{root}/nothing is no folder; a folder of pictures was expected."):
        list(plan.entries())


def test_what_the_store_does_not_give_or_take_is_an_error_of_the_photo(local, monkeypatch, tmp_path):
    put(local, "memory://bucket")
    plan = Plan((place("memory://bucket/in/b"),), place("memory://bucket/out"), MapRecipe(), records=tmp_path)
    [task] = plan.entries()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("Access Denied")

    monkeypatch.setattr("fsspec.implementations.memory.MemoryFileSystem.put_file", refuse)
    coder = Here(monkeypatch)._coder
    assert coder.do(task).error == "memory://bucket/out/x.png.sfc: Access Denied."
    fsspec.filesystem("memory").rm("/bucket/in/b/x.png")
    assert coder.do(task).error == "memory://bucket/in/b/x.png does not exist."


def test_journal_and_table_need_a_folder_of_this_machine():
    with pytest.raises(FileAccessError, match="s3://bucket/out is an object store; a folder of this machine is needed"):
        Plan((Path("in"),), place("s3://bucket/out"), MapRecipe())


def test_an_unknown_kind_of_store_is_told():
    with pytest.raises(FileAccessError, match=r"^nosuch://x/y: Protocol not known: nosuch"):
        stores.is_folder(place("nosuch://x/y"))


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(QMapStudioError, match=r's3://b/x lies in an object store; .* "qmap-studio\[batch\]" with pip.'):
        stores.is_folder(place("s3://b/x"))


def test_addresses_and_paths(tmp_path):
    assert place(f"file://{tmp_path}/a%20b") == tmp_path / "a b"
    assert stores.url_of(place("s3://bucket/a/b.png")) == "s3://bucket/a/b.png"
    assert not any(stores.is_url(Path(text)) for text in ("a/b", "/a/b", "C:/a/b", "a:b"))
