"""What a reconstruction can be asked to keep, as differentiable losses. These need no model.

Losses are in percent: 0 for a perfect reconstruction, 100 if everything of what is asked for is gone.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from qmap_studio.core.errors import QualityMapError
from qmap_studio.core.language import tr
from qmap_studio.core.rect import Rect

Loss = Callable[[Tensor], Tensor]
"""Of a reconstruction, float32 (1, 3, H, W) in [0, 1]; a scalar."""
Task = Callable[[Tensor], Loss]
"""Gives the loss against a picture, float32 (1, 3, H, W) in [0, 1]."""

SCALES = 3
LUMA = (0.299, 0.587, 0.114)
_TINY = 1e-8


def keep_edges(original: Tensor) -> Loss:
    """Keeps strong contours: the error of the luma's gradient, each pixel weighed by the square of its own gradient.

    100 * sum |g|^2 |g_hat - g|^2 / sum |g|^4, with g the gradient by Sobel's operator. With a weight of |g| fine
    texture counts so much that hardly any map beats a uniform one.
    """
    gradient = sobel(luma(original))
    strength = gradient.square().sum(dim=1, keepdim=True)
    weight = 100.0 * strength / (strength.square().sum() + _TINY)

    def loss(reconstruction: Tensor) -> Tensor:
        return (weight * (sobel(luma(reconstruction)) - gradient).square()).sum()

    return loss


def keep_region(rect: Rect, height: int, width: int) -> Task:
    """Keeps a region's features: first and second derivatives of its colours at three scales.

    At the picture's size, a half and a quarter of it: 100 * sum |f_hat - f|^2 / sum |f|^2 over the region's pixels and
    features; the mean of the three. What lies outside of the region does not count.

    Args:
        rect: the region, in pixels of a picture of height x width; a picture of another size is taken as a scaled one.
    Raises:
        QualityMapError: no pixel of the region is in the picture.
    """
    inside = rect.clipped(width, height)
    if inside.empty:
        raise QualityMapError(
            tr(
                "The region of {region_width} x {region_height} at {x}, {y} holds no pixel of the picture, "
                "which is {width} x {height}."
            ).format(region_width=rect.width, region_height=rect.height, x=rect.x, y=rect.y, width=width, height=height)
        )

    def task(original: Tensor) -> Loss:
        part = _scaled(inside, height, width, *original.shape[-2:])
        features = _features(original[..., *part])
        norms = [100.0 / SCALES / (f.square().sum() + _TINY) for f in features]

        def loss(reconstruction: Tensor) -> Tensor:
            found = _features(reconstruction[..., *part])
            errors = [n * (a - b).square().sum() for n, a, b in zip(norms, found, features, strict=True)]
            return torch.stack(errors).sum()

        return loss

    return task


def luma(rgb: Tensor) -> Tensor:
    """(B, 3, H, W) to (B, 1, H, W), as BT.601 weighs the colours."""
    return (rgb * rgb.new_tensor(LUMA)[:, None, None]).sum(dim=1, keepdim=True)


def sobel(x: Tensor) -> Tensor:
    """The gradient of planes (B, C, H, W): (B, 2 C, H, W), for each plane its derivative along x, then y."""
    smooth, slope = x.new_tensor([0.25, 0.5, 0.25]), x.new_tensor([-0.5, 0.0, 0.5])
    return _filtered(x, [torch.outer(smooth, slope), torch.outer(slope, smooth)])


def _features(x: Tensor) -> list[Tensor]:
    """For each scale, first and second derivatives (B, 15, h, w)."""
    smooth, slope, bend = (x.new_tensor(taps) for taps in ([0.25, 0.5, 0.25], [-0.5, 0.0, 0.5], [0.5, -1.0, 0.5]))
    pairs = ((smooth, slope), (slope, smooth), (smooth, bend), (bend, smooth), (slope, slope))
    kernels = [torch.outer(down, across) for down, across in pairs]
    features = []
    for scale in range(SCALES):
        if scale:
            x = F.avg_pool2d(x, 2, ceil_mode=True, count_include_pad=False)
        features.append(_filtered(x, kernels))
    return features


def _filtered(x: Tensor, kernels: list[Tensor]) -> Tensor:
    planes = x.shape[1]
    weight = torch.stack(kernels)[:, None].repeat(planes, 1, 1, 1)
    return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), weight, groups=planes)


def _scaled(rect: Rect, height: int, width: int, to_height: int, to_width: int) -> tuple[slice, slice]:
    """Rows and columns of a rectangle in a picture that was scaled; at least one of each."""
    top, left = rect.y * to_height // height, rect.x * to_width // width
    bottom, right = -(-rect.bottom * to_height // height), -(-rect.right * to_width // width)
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))
