"""What a person can choose as a task, by name or file."""

from functools import partial
from pathlib import Path
from typing import Literal

from qmap_studio.core.rect import Rect
from qmap_studio.task_maps.task_model import load_task_model
from qmap_studio.task_maps.tasks import Task, keep_edges, keep_region

Choice = Literal["edges"] | Rect | Path
"""To keep edges, a region's features, or what a model makes of the picture."""


def chosen_task(
    choice: Choice, height: int, width: int, label: int | None = None, *, whole_answer: bool = False
) -> Task:
    """The task for a picture of height x width.

    Args:
        label: of a classifier; its own top class without one.
        whole_answer: keep all that a model answers, even where it looks like a classifier's scores.
    Raises:
        QualityMapError: the region lies outside of the picture.
        TaskModelError: the model's file cannot be used.
    """
    if choice == "edges":
        return keep_edges
    if isinstance(choice, Rect):
        return keep_region(choice, height, width)
    model = load_task_model(Path(choice))
    if whole_answer:
        return model.keep
    return model.task if label is None else partial(model.classification, label=label)
