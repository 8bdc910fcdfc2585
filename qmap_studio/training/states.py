"""The full state of a run on disk: a folder a state, in files small enough to travel, several kept to go back to.

A state is stored by parameter, so that it can be taken up by another number of processes. It is whole once its folder
has its final name.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from qmap_studio.core.files import atomic_write
from qmap_studio.training.ring import Ring

PART_BYTES = 14 << 20
KEPT = 3


class States:
    """The states in a run's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[Path]:
        """Oldest first."""
        return sorted(p for p in self.folder.glob("step-*") if not p.suffix and (p / "about.json").exists())

    def newest(self) -> Path | None:
        return self.all()[-1] if self.all() else None

    def save(self, ring: Ring, about: dict[str, Any], tensors: dict[str, dict[str, Tensor]]) -> None:
        """Writes a state together with the other processes; it is not yet known to be sound.

        Args:
            about: what describes the run; `step` among it.
            tensors: this process's parameters by name, each with all that belongs to it.
        """
        final = self.folder / f"step-{about['step']:09d}"
        partial = final.with_suffix(".partial")
        if ring.rank == 0:
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
        ring.meet()
        for number, part in enumerate(_parts(tensors)):
            torch.save(part, partial / f"{ring.rank}-{number:03d}.pt")
        ring.meet()
        if ring.rank == 0:
            (partial / "about.json").write_text(json.dumps(about | {"is_good": False}, indent=1))
            if final.exists():
                final.rename(final.with_suffix(".old"))
            partial.rename(final)
            shutil.rmtree(final.with_suffix(".old"), ignore_errors=True)
            self._prune()
        ring.meet()

    def mark_good(self, path: Path, guard: dict[str, Any]) -> None:
        """A validation found the state sound; `guard` is what it goes on with."""
        changed = _about(path) | {"is_good": True, "guard": guard}
        atomic_write(path / "about.json", json.dumps(changed, indent=1).encode())

    def forget_after(self, path: Path) -> None:
        """Removes the states behind this one: nobody is to go on from them."""
        for later in self.all():
            if later.name > path.name:
                shutil.rmtree(later)

    def load(self, path: Path, device: torch.device) -> tuple[dict[str, Any], dict[str, dict[str, Tensor]]]:
        """What describes a state, and all its parameters."""
        about: dict[str, Any] = json.loads((path / "about.json").read_text())
        tensors: dict[str, dict[str, Tensor]] = {}
        for part in sorted(path.glob("*.pt")):
            tensors |= torch.load(part, map_location=device, weights_only=True)
        return about, tensors

    def last_good(self) -> Path | None:
        """The newest state that a validation found sound."""
        good = [p for p in self.all() if _about(p)["is_good"]]
        return good[-1] if good else None

    def _prune(self) -> None:
        """Keeps the newest state and the newest sound ones."""
        states = self.all()
        sound = [p for p in states if _about(p)["is_good"]][-KEPT:]
        for path in states[:-1]:
            if path not in sound:
                shutil.rmtree(path)


def _about(path: Path) -> dict[str, Any]:
    about: dict[str, Any] = json.loads((path / "about.json").read_text())
    return about


def _parts(tensors: dict[str, dict[str, Tensor]]) -> list[dict[str, dict[str, Tensor]]]:
    parts: list[dict[str, dict[str, Tensor]]] = [{}]
    filled = 0
    for name, state in tensors.items():
        size = sum(t.numel() * t.element_size() for t in state.values())
        if filled and filled + size > PART_BYTES:
            parts.append({})
            filled = 0
        parts[-1][name] = {k: v.clone() for k, v in state.items()}  # a view would bring all that it looks at
        filled += size
    return parts
