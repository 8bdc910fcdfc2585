import json
import pickle
import zipfile

import numpy as np
import pytest
import torch
from torch import nn

from qmap_studio.core.errors import TaskModelError
from qmap_studio.task_maps import load_task_model
from tests.unit.task_maps.conftest import Classifier, exported, scripted


def tensor(pixels):
    return torch.tensor(pixels).permute(2, 0, 1)[None].float() / 255


@pytest.fixture(params=["export_path", "script_path"])
def model(request):
    return load_task_model(request.getfixturevalue(request.param))


def test_a_classifier_keeps_its_own_top_class(model, right):
    original = tensor(right)
    loss = model.task(original)
    assert loss(original) < loss(0.5 * original) < loss(original.flip(3))
    assert torch.equal(loss(original), model.classification(original, 1)(original))


def test_another_class_can_be_asked_for(model, right):
    assert model.classification(tensor(right), 0)(tensor(right)) > 3


def test_the_loss_has_a_gradient(model, right):
    original = tensor(right)
    reconstruction = (0.5 * original).requires_grad_()
    (gradient,) = torch.autograd.grad(model.task(original)(reconstruction), reconstruction)
    assert gradient[..., 64:].mean() < 0 < gradient[..., :64].abs().sum() + 1e-9


def test_the_answer_itself_can_be_kept(model, right):
    loss = model.keep(tensor(right))
    assert loss(tensor(right)) == 0
    assert loss(torch.zeros(1, 3, 96, 128)) == pytest.approx(100, rel=1e-3)


def test_a_model_that_is_no_classifier_keeps_its_answer(tmp_path, face):
    model = load_task_model(scripted(nn.Conv2d(3, 4, 3), tmp_path / "features.pt"))
    assert model.task(tensor(face))(tensor(face)) == 0
    with pytest.raises(TaskModelError, match="no classifier"):
        model.classification(tensor(face))


def test_a_class_that_is_not_there(model, right):
    with pytest.raises(TaskModelError, match="classes 0 to 2; 7 is none"):
        model.classification(tensor(right), 7)


def test_an_exported_model_gets_pictures_of_its_size(export_path):
    assert load_task_model(export_path).prepared(torch.rand(1, 3, 100, 40)).shape == (1, 3, 64, 64)


def test_an_export_for_any_size(tmp_path, right):
    sides = {2: torch.export.Dim("height", min=16, max=4096), 3: torch.export.Dim("width", min=16, max=4096)}
    program = torch.export.export(nn.Conv2d(3, 4, 3, 2), (torch.rand(1, 3, 64, 96),), dynamic_shapes=(sides,))
    torch.export.save(program, tmp_path / "any.pt2")
    assert load_task_model(tmp_path / "any.pt2")(tensor(right)).shape == (1, 4, 47, 63)


class Two(nn.Module):
    def forward(self, x, y):
        return x + y


class Saves(nn.Module):
    def forward(self, x: torch.Tensor):
        torch.save(x, "stolen")
        return x


class Harm:
    def __reduce__(self):
        return (open, ("harm.txt", "w"))


def bad_bytes(good, tmp_path, kind):
    """A model's file, spoilt."""
    path = tmp_path / "bad.pt2"
    if kind in ("empty", "text", "cut"):
        path.write_bytes({"empty": b"", "text": b"not a model", "cut": good.read_bytes()[:2000]}[kind])
    elif kind == "checkpoint":
        torch.save(Classifier().state_dict(), path)
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a/b.txt", "c")
    elif kind == "twice":
        path.write_bytes(good.read_bytes())
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(archive.namelist()[0].upper(), "again")
    else:
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as archive:
            for name in source.namelist():
                archive.writestr(name, spoilt(name, source.read(name), kind))
    return path


def spoilt(name, data, kind):
    if kind == "pickle" and name.endswith("sample_inputs/model.pt"):
        return pickle.dumps(Harm(), 2)
    if kind == "pickled weight" and name.endswith("weights_config.json"):
        config = json.loads(data)
        next(iter(config["config"].values()))["use_pickle"] = True
        return json.dumps(config)
    if name.endswith("models/model.json"):
        if kind == "operator":
            return data.replace(b"torch.ops.aten.relu.default", b"torch.ops.aten.from_file.default")
        if kind == "builtin":
            return data.replace(b"torch.ops.aten.relu.default", b"os.system")
        if kind == "expression":
            return data.replace(b'"guards_code": []', b'"guards_code": ["().__class__.__base__"]')
        if kind == "json":
            return data[: len(data) // 2]
    return data


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("empty", "is no model"), ("text", "is no model"), ("zip", "is no model"), ("cut", "is no model"),
        ("checkpoint", "is a checkpoint, which may run any code"), ("twice", "damaged"), ("json", "damaged"),
        ("pickle", "may run any code"), ("pickled weight", "may run any code"),
        ("operator", "not known to do nothing but compute"), ("builtin", "not known to do nothing but compute"),
        ("expression", "cannot be read safely"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_a_sentence(kind, reason, export_path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = bad_bytes(export_path, tmp_path, kind)
    with pytest.raises(TaskModelError, match=reason) as caught:
        load_task_model(path)
    assert path.name in str(caught.value)
    assert not (tmp_path / "harm.txt").exists()


def test_a_script_that_writes_files_is_refused(tmp_path):
    with pytest.raises(TaskModelError, match=r"torch.save, which is not known"):
        load_task_model(scripted(Saves(), tmp_path / "saves.pt"))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(TaskModelError, match="does not exist"):
        load_task_model(tmp_path / "none.pt")
    with pytest.raises(TaskModelError, match="Cannot read"):
        load_task_model(tmp_path)


def test_a_model_of_two_inputs(tmp_path, right):
    pair = (torch.rand(1, 3, 8, 8), torch.rand(1, 3, 8, 8))
    with pytest.raises(TaskModelError, match="takes 2 inputs"):
        load_task_model(exported(Two(), tmp_path / "two.pt2", *pair))
    model = load_task_model(scripted(Two(), tmp_path / "two.pt"))
    with pytest.raises(TaskModelError, match="does not take an RGB picture of 128 x 96"):
        model.task(tensor(right))


def test_a_model_that_wants_another_size(tmp_path):
    model = load_task_model(scripted(nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 5)), tmp_path / "flat.pt"))
    with pytest.raises(TaskModelError, match="does not take an RGB picture of 16 x 16"):
        model.task(torch.rand(1, 3, 16, 16))
    assert model.task(torch.rand(1, 3, 8, 8))(torch.rand(1, 3, 8, 8)) > 0


def test_a_model_without_a_gradient(tmp_path, right):
    class Detached(nn.Module):
        def forward(self, x):
            return x.detach()

    model = load_task_model(scripted(Detached(), tmp_path / "detached.pt"))
    with pytest.raises(TaskModelError, match="no gradient"):
        model.keep(tensor(right))(tensor(right).requires_grad_())


def test_a_model_that_answers_with_no_numbers(tmp_path):
    class Counts(nn.Module):
        def forward(self, x):
            return x.argmax(1)

    model = load_task_model(exported(Counts(), tmp_path / "counts.pt2", torch.rand(1, 3, 8, 8)))
    with pytest.raises(TaskModelError, match="no numbers"):
        model(torch.rand(1, 3, 8, 8))


def test_the_loss_of_a_map(export_path, face):
    from qmap_studio.codec import load_codec
    from qmap_studio.codec.common.differentiable import differentiable
    from qmap_studio.task_maps import optimise_map

    codec, model, found = differentiable(load_codec(device="cpu")), load_task_model(export_path), []
    optimise_map(codec, face, model.task, lmbda=10, iterations=2, report=found.append)
    assert found[-1].objective < found[0].objective
    assert np.isfinite(found[-1].quality_map).all()
