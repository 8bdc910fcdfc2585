"""A user's model as a task: keep its answer about the picture."""

import warnings
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from qmap_studio.core.errors import TaskModelError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.task_maps.model_files import check_model_file
from qmap_studio.task_maps.tasks import Loss


class TaskModel:
    """A model that takes RGB, float32 (1, 3, H, W), and answers with a tensor. Runs on the CPU.

    Args:
        name: for messages.
        module: called with the picture.
        input_size: (height, width) that pictures are scaled to; as they are without it.
        graph: the module is a graph whose inner values can be looked at.
    """

    def __init__(
        self,
        name: str,
        module: Any,
        input_size: tuple[int, int] | None = None,
        graph: torch.fx.GraphModule | None = None,
    ) -> None:
        self.name, self.graph = name, graph
        self._module, self._input_size = module, input_size

    def prepared(self, rgb: Tensor) -> Tensor:
        """Pictures (1, 3, H, W) in [0, 1], of the size that the model wants."""
        x = rgb.cpu()
        if self._input_size is not None and x.shape[-2:] != self._input_size:
            x = F.interpolate(x, self._input_size, mode="bilinear", antialias=True, align_corners=False)
        return x

    def __call__(self, rgb: Tensor) -> Tensor:
        """The model's answer, or its first tensor where there are several.

        Raises:
            TaskModelError: it does not take this picture, answers with no numbers, or lets no gradient through.
        """
        try:
            answer = self._module(self.prepared(rgb))
        except (RuntimeError, AssertionError, TypeError, ValueError, IndexError) as error:
            height, width = rgb.shape[-2:]
            raise TaskModelError(
                tr(
                    "The model {name} does not take an RGB picture of {width} x {height}; one input of 1 x 3 x height "
                    "x width was expected. A file of torch.export keeps the size that it wants."
                ).format(name=self.name, width=width, height=height)
            ) from error
        numbers = first_tensor(answer, self.name)
        if rgb.requires_grad and not numbers.requires_grad:
            raise TaskModelError(
                tr("The model {name} has no gradient: no map can be optimised for it.").format(name=self.name)
            )
        return numbers

    def task(self, original: Tensor) -> Loss:
        """As a Task: `classification` for a model that answers with one row of scores, else `keep`."""
        with torch.no_grad():
            answer = self(original)
        return self.classification(original) if answer.ndim == 2 and answer.shape[1] > 1 else self.keep(original)

    def classification(self, original: Tensor, label: int | None = None) -> Loss:
        """Cross-entropy with a label, or with the model's own top class of the picture.

        Raises:
            TaskModelError: the model's answer has no such class.
        """
        with torch.no_grad():
            label = chosen_class(self(original), label, self.name)
        return lambda reconstruction: -F.log_softmax(self(reconstruction).to(reconstruction), dim=1)[0, label]

    def keep(self, original: Tensor) -> Loss:
        """Keeps the model's answer, whatever it means: 100 * |a_hat - a|^2 / |a|^2, in percent."""
        with torch.no_grad():
            answer = self(original).flatten()
        scale = 100.0 / (answer.square().sum() + 1e-8)
        return lambda reconstruction: (scale * (self(reconstruction).flatten() - answer).square().sum()).to(
            reconstruction
        )


def chosen_class(scores: Tensor, label: int | None, name: str) -> int:
    """The label, or the top class without one; TaskModelError where scores are not (1, classes) with that label."""
    if scores.ndim != 2 or len(scores) != 1 or scores.shape[1] < 2:
        raise TaskModelError(
            tr("The model {name} is no classifier: it answers with {shape} numbers.").format(
                name=name, shape=tuple(scores.shape)
            )
        )
    if label is None:
        return int(scores[0].argmax())
    if not 0 <= label < scores.shape[1]:
        raise TaskModelError(
            tr("The model {name} has the classes 0 to {last}; {label} is none of them.").format(
                name=name, last=scores.shape[1] - 1, label=label
            )
        )
    return label


def first_tensor(answer: Any, name: str) -> Tensor:
    """The first tensor of floats in an answer; TaskModelError if there is none."""
    waiting = [answer]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, Tensor) and part.is_floating_point():
            return part
        if isinstance(part, tuple | list | dict):
            waiting.extend(part.values() if isinstance(part, dict) else part)
    raise TaskModelError(tr("The model {name} answers with no numbers that a loss could be made of.").format(name=name))


def load_task_model(path: Path) -> TaskModel:
    """Reads a model written by torch.export.save (.pt2) or torch.jit.save (TorchScript).

    It gets RGB in [0, 1], at the size that a torch.export file was made for, else as it is; what else it needs must be
    part of it.

    Raises:
        TaskModelError: the file is of another kind, damaged, not safe to read, or takes no picture.
    """
    kind = check_model_file(path)
    try:
        with warnings.catch_warnings(action="ignore"):  # torch would have TorchScript used no more
            if kind == "script":
                script = torch.jit.load(path, map_location="cpu").eval()  # type: ignore[no-untyped-call] # has no types
                for parameter in script.parameters():
                    parameter.requires_grad_(False)
                return TaskModel(path.name, script)
            program = torch.export.load(path)
            graph = program.module()
    except Exception as error:  # torch raises nearly anything for a damaged file
        raise TaskModelError(
            tr("The model {name} is damaged or of another version of torch.").format(name=path.name)
        ) from error
    assert isinstance(graph, torch.fx.GraphModule)
    graph.requires_grad_(False)
    inputs = [node.meta["val"] for node in graph.graph.nodes if node.op == "placeholder"]
    shape = inputs[0].shape if len(inputs) == 1 and isinstance(inputs[0], Tensor) else ()
    if len(shape) != 4 or shape[1] != 3:
        raise TaskModelError(
            ngettext(
                "The model {name} takes {count} input, the first of {shape}; "
                "one picture of 1 x 3 x height x width was expected.",
                "The model {name} takes {count} inputs, the first of {shape}; "
                "one picture of 1 x 3 x height x width was expected.",
                len(inputs),
            ).format(name=path.name, count=len(inputs), shape=list(shape))
        )
    sides = shape[2:]
    fixed = (sides[0], sides[1]) if all(isinstance(side, int) for side in sides) else None
    return TaskModel(path.name, graph, fixed, graph)
