"""How the models of a family are trained: one row beside each family's trainer, gathered in `registry.TRAININGS`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import PictureSet
from qmap_studio.training.learner import Learner
from qmap_studio.training.recipe import Recipe


@dataclass(frozen=True)
class Exported:
    """The hash that files of exported weights carry, and what else there is to tell of the export."""

    weights_hash: bytes
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class FamilyTraining:
    """What `python -m qmap_studio.training` needs of a family.

    Attributes:
        family_id: as in `codec.registry.FAMILIES`.
        recipe_type: its fields are options of the command line.
        make_learner: from the model's id, its recipe and the sizes of its network.
        export: writes the weights of a run's checkpoint; the pictures, those for training and those held out, are
            there where `exports_with_pictures`.
        has_sizes_as_options: the sizes of the network are options, too; else a model has those of its variant.
        comes_with_program: an export without a path becomes a resource of the program, with its checkpoint and curve.
    """

    family_id: str
    recipe_type: type[Recipe]
    make_learner: Callable[[str, Any, Any], Learner]
    export: Callable[[Checkpoint, Path, PictureSet | None, PictureSet | None], Exported]
    has_sizes_as_options: bool = False
    exports_with_pictures: bool = False
    comes_with_program: bool = False
