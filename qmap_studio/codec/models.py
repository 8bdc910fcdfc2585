"""The models that there are: listed, loaded and installed by their ids."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qmap_studio.codec import registry
from qmap_studio.codec.common.container import unpack
from qmap_studio.codec.common.family import Family
from qmap_studio.codec.common.installed import installed_weights
from qmap_studio.codec.common.interface import Codec
from qmap_studio.codec.registry import DEFAULT_MODEL, family_of_model, family_of_weights
from qmap_studio.core.errors import WeightsError
from qmap_studio.core.language import tr
from qmap_studio.core.resources import user_path

if TYPE_CHECKING:
    from qmap_studio.codec.common.complexity import Complexity


def load_codec(model_id: str = DEFAULT_MODEL, device: str = "auto") -> Codec:
    """Loads a model's weights; what they are of, their file says, whatever its name.

    Args:
        device: "cpu", "cuda", "mps", or "auto" for the best one there is.
    Raises:
        WeightsError: no such model, or its weights are missing or damaged.
        ComputeError: there is no such device.
    """
    # Imported here: networks are slow to import, and most of what imports this package needs none.
    import torch

    torch.set_num_threads(1)  # see core.threads
    path = weights_path(model_id)
    family, _ = family_of_weights(path)
    return family.load(model_id, path, device)


def weights_path(model_id: str) -> Path:
    """Where a model's weights lie.

    Raises:
        WeightsError: there are none of that id; tells how to get them, or names those there are.
    """
    there = installed_weights()
    if model_id in there:
        return there[model_id]
    family = family_of_model(model_id)
    if family is not None:
        advice = family.how_to_install(model_id)
        raise WeightsError(
            tr("The weights of the model {model_id} are not installed. {advice}").format(
                model_id=model_id, advice=advice
            )
        )
    raise WeightsError(
        tr("There is no model {model_id!r}; installed are: {names}.").format(
            model_id=model_id, names=", ".join(sorted(there)) or tr("none")
        )
    )


def model_of(data: bytes) -> str:
    """The id of the model that made a file; BitstreamError where the bytes are no `.sfc` file."""
    return unpack(data).model_id


@dataclass(frozen=True)
class ModelInfo:
    """What there is to know of a model before it is loaded.

    Attributes:
        about: a few words, to stand in a sentence, in the language that is chosen.
        weights: where they lie, None where they are not installed.
    """

    model_id: str
    about: str
    family: Family
    complexity: "Complexity"
    weights: Path | None

    @property
    def is_importable(self) -> bool:
        """Whether a checkpoint of its authors can be installed as it."""
        return self.model_id in importable_models()


def list_models() -> list[ModelInfo]:
    """The models that the program knows, installed or not, and then the user's own.

    Raises:
        WeightsError: an installed file is damaged.
    """
    from qmap_studio.codec.common.complexity import complexity_of

    there = installed_weights()
    known = {variant.model_id: (family, variant) for family in registry.FAMILIES for variant in family.variants}
    models = []
    for model_id in dict.fromkeys((*known, *there)):
        weights = there.get(model_id)
        if weights is not None:
            family, config = family_of_weights(weights)
        else:
            family, config = known[model_id][0], known[model_id][1].config
        if model_id in known:
            about = tr(known[model_id][1].about)
        else:
            about = tr("weights of your own, of the family {family_id}").format(family_id=family.family_id)
        models.append(ModelInfo(model_id, about, family, complexity_of(family.work, config), weights))
    return models


def importable_models() -> tuple[str, ...]:
    """Ids of the models of which `import_checkpoint` takes a checkpoint."""
    return tuple(family.importer.model_id for family in registry.FAMILIES if family.importer is not None)


def import_checkpoint(path: Path, model_id: str) -> Path:
    """Installs a checkpoint of a model's authors for this user; returns where.

    Raises:
        WeightsError: the file is no such checkpoint; all that is wrong with it is named.
        FileAccessError: the weights cannot be written.
        ValueError: the model is not one of `importable_models`.
    """
    importer = next((f.importer for f in registry.FAMILIES if f.importer and f.importer.model_id == model_id), None)
    if importer is None:
        raise ValueError(f"checkpoints of {model_id} cannot be imported, only of {', '.join(importable_models())}")
    installed = user_path("models") / f"{model_id}.safetensors"
    importer.convert(path, installed)
    return installed
