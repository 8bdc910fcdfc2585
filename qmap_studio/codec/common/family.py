"""A family of models: one architecture, the models of it that the program knows, and what it takes to use them.

Each family's folder ends in a `family.py` that holds its one `Family`; `registry.FAMILIES` gathers them. What needs
torch is imported inside the functions of `family.py`, so that reading the registry stays quick.
"""

from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmap_studio.codec.common.interface import Codec
from qmap_studio.core.language import tr

if TYPE_CHECKING:
    from qmap_studio.codec.common.complexity import Work


@dataclass(frozen=True)
class Variant:
    """A model of a family.

    Attributes:
        model_id: names it in files, in the command line and as a file of weights.
        about: a few words, to stand in a sentence; marked, and translated where they are shown.
        config: the sizes of its network.
    """

    model_id: str
    about: str
    config: Any


@dataclass(frozen=True)
class Importer:
    """How a checkpoint of somebody else's becomes weights of this program.

    Attributes:
        model_id: the one model that it is for.
        convert: reads a checkpoint, without running anything in it, and writes the weights to the second path; raises
            WeightsError where it is no such checkpoint.
    """

    model_id: str
    convert: Callable[[Path, Path], None]


@dataclass(frozen=True)
class Family:
    """What the program needs to know of an architecture.

    Attributes:
        family_id: names it in weights files.
        config_type: a frozen dataclass, the sizes of a network.
        variants: its models, at least one, the usual one first.
        load: a codec from a model's id, the path of its weights and the device wanted ("auto", "cpu", ...).
        work: what a network of these sizes computes for a picture of a height and width that are multiples of 64.
        how_to_install: sentences that tell a person how to get the weights of a model.
        importer: None where nobody else has weights of this architecture.
    """

    family_id: str
    config_type: type[Any]
    variants: tuple[Variant, ...]
    load: Callable[[str, Path, str], Codec]
    work: Callable[[Any, int, int], "Work"]
    how_to_install: Callable[[str], str]
    importer: Importer | None = None

    def __post_init__(self) -> None:
        if not is_dataclass(self.config_type):
            raise TypeError(f"the sizes of {self.family_id} are no dataclass")
        if not self.variants:
            raise ValueError(f"{self.family_id} has no model")
        if foreign := [v.model_id for v in self.variants if not isinstance(v.config, self.config_type)]:
            raise TypeError(f"these models have sizes of another family than {self.family_id}: {', '.join(foreign)}")
        if self.importer is not None and self.variant(self.importer.model_id) is None:
            raise ValueError(f"the importer of {self.family_id} is for another family's {self.importer.model_id}")

    def variant(self, model_id: str) -> Variant | None:
        """The model of that id, None where this family has none."""
        return next((variant for variant in self.variants if variant.model_id == model_id), None)


def how_to_train(model_id: str) -> str:
    """A sentence that tells how the weights of a model are trained."""
    return tr(
        "Train them with `python -m qmap_studio.training train --model {model_id} --data FOLDER --run "
        "RUN` and install them with `python -m qmap_studio.training export --data FOLDER --run RUN`."
    ).format(model_id=model_id)
