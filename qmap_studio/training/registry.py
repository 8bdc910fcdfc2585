"""How all families of models are trained."""

from importlib import import_module

from qmap_studio.codec.registry import FAMILIES, family_of_model
from qmap_studio.training.family import FamilyTraining


def _training(family_id: str) -> FamilyTraining:
    training: FamilyTraining = import_module(f"qmap_studio.training.families.{family_id}").TRAINING
    return training


TRAININGS: tuple[FamilyTraining, ...] = tuple(_training(family.family_id) for family in FAMILIES)
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
