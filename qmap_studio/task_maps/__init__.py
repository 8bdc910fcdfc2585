"""The quality map that serves a task best, found by backpropagation through the codec; and the quick ways to a map:
Grad-CAM, and what a model itself finds important.

Source: Song et al. 2021, section 3.5 and appendix D.2.
"""

from qmap_studio.task_maps.choice import Choice, chosen_task
from qmap_studio.task_maps.grad_cam import grad_cam_map
from qmap_studio.task_maps.importance_map import importance_map
from qmap_studio.task_maps.optimise import Iterate, optimise_map
from qmap_studio.task_maps.serve import Kept, Served, serve_task
from qmap_studio.task_maps.task_model import TaskModel, load_task_model
from qmap_studio.task_maps.tasks import Loss, Task, keep_edges, keep_region

__all__ = [
    "Choice",
    "Iterate",
    "Kept",
    "Loss",
    "Served",
    "Task",
    "TaskModel",
    "chosen_task",
    "grad_cam_map",
    "importance_map",
    "keep_edges",
    "keep_region",
    "load_task_model",
    "optimise_map",
    "serve_task",
]
