"""Devices: which one there is, and the type in which it trains fastest."""

from functools import cache

import torch

from qmap_studio.core.errors import ComputeError
from qmap_studio.core.language import tr


def choose_device(wanted: str) -> torch.device:
    """The device for "auto", "cpu", "cuda" or "mps"; ComputeError where it is not there."""
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    kind = wanted.split(":")[0]
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not available.get(kind, False):
        there = ", ".join(name for name, is_there in available.items() if is_there)
        raise ComputeError(
            tr("The device {wanted!r} is not available here; available: {there}. Use --device auto.").format(
                wanted=wanted, there=there
            )
        )
    return torch.device(wanted)


@cache
def fast_type(device: torch.device) -> torch.dtype:
    """The type in which a device multiplies matrices fastest in training: bfloat16 where its units know it."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.get_device_capability(device) >= (8, 0) else torch.float32
    has: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)() if device.type == "cpu" else {}
    return torch.bfloat16 if has.get("avx512_bf16") or has.get("amx_bf16") else torch.float32
