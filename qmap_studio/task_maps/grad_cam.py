"""Where a classifier looks: Grad-CAM, as a quick map without any search.

Source: Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization".
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.core.errors import TaskModelError
from qmap_studio.core.language import tr
from qmap_studio.task_maps.optimise import reduced
from qmap_studio.task_maps.task_model import TaskModel, chosen_class, first_tensor


def grad_cam_map(
    model: TaskModel, pixels: NDArray[np.uint8], alpha: float = 1.0, label: int | None = None
) -> NDArray[np.float32]:
    """alpha * CAM of the label, or of the model's own top class.

    relu(sum over k of w_k A_k) with the last feature map A of at least 2 x 2 that the score depends on, and w the means
    of the score's gradient with respect to it; scaled to a maximum of alpha.

    Args:
        pixels: uint8 (H, W, 3).
        alpha: strength, the map's highest quality, from 0 to 1.
    Returns:
        float32 (H, W) in [0, alpha]; all 0 where the class has nothing that speaks for it.
    Raises:
        TaskModelError: the model is no classifier, does not take the picture, shows no inner values (TorchScript), or
            has no feature map.
    Source: Song et al. 2021, appendix D.2.
    """
    if not 0.0 <= alpha <= 1.0:
        raise ValueError(f"alpha is in 0 to 1, not {alpha}")
    rgb, _ = reduced(pixels)
    cam = F.interpolate(_cam(model, rgb, label), pixels.shape[:2], mode="bilinear", align_corners=False)[0, 0]
    peak = float(cam.max())
    return (alpha * cam / peak if peak > 0.0 else torch.zeros_like(cam)).clamp(0.0, alpha).numpy()


class _Recorder(torch.fx.Interpreter):
    """Runs a graph and keeps the feature maps on the way."""

    def __init__(self, graph: torch.fx.GraphModule) -> None:
        super().__init__(graph)
        self.features: list[Tensor] = []

    def run_node(self, n: torch.fx.Node) -> Any:
        value = super().run_node(n)
        is_map = isinstance(value, Tensor) and value.ndim == 4 and min(value.shape[2:]) > 1
        if is_map and n.op != "placeholder" and value.requires_grad:
            self.features.append(value)
        return value


def _cam(model: TaskModel, rgb: Tensor, label: int | None) -> Tensor:
    if model.graph is None:
        raise TaskModelError(
            tr("Grad-CAM cannot look into {name}: TorchScript hides it. Save it with torch.export.save.").format(
                name=model.name
            )
        )
    model(rgb)  # tells in a sentence what is wrong with the picture
    recorder = _Recorder(model.graph)
    scores = first_tensor(recorder.run(model.prepared(rgb).requires_grad_()), model.name)
    score = scores[0, chosen_class(scores, label, model.name)]
    for feature in reversed(recorder.features):
        (gradient,) = torch.autograd.grad(score, feature, retain_graph=True, allow_unused=True)
        if gradient is not None:
            weights = gradient.mean(dim=(2, 3), keepdim=True)
            return F.relu((weights * feature).sum(dim=1, keepdim=True)).detach()
    raise TaskModelError(tr("The model {name} has no feature map to look at.").format(name=model.name))
