"""How all families of models are trained."""

from qmap_studio.codec.registry import family_of_model
from qmap_studio.training.family import FamilyTraining
from qmap_studio.training.live import LIVE
from qmap_studio.training.song2021 import SONG2021

TRAININGS: tuple[FamilyTraining, ...] = (LIVE, SONG2021)
"""One for each of `codec.registry.FAMILIES`."""


def training_of(model_id: str) -> FamilyTraining:
    """How a model is trained.

    Raises:
        KeyError: no family knows a model of this id.
    """
    family = family_of_model(model_id)
    if family is None:
        raise KeyError(model_id)
    return next(training for training in TRAININGS if training.family_id == family.family_id)
