"""Devices as a person calls them."""


def device_name(device: str) -> str:
    """The name of what torch calls a device."""
    kind = device.split(":")[0]
    return {"cpu": "CPU", "cuda": "GPU (CUDA)", "mps": "GPU (Metal)"}.get(kind, device)  # no text: names
