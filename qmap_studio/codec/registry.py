"""All families of models that there are."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from qmap_studio.codec.common.family import Family
from qmap_studio.codec.live.family import LIVE
from qmap_studio.codec.sigvic2023.family import SIGVIC2023
from qmap_studio.codec.song2021.family import SONG2021
from qmap_studio.core.errors import WeightsError
from qmap_studio.core.language import tr

FAMILIES: tuple[Family, ...] = (LIVE, SONG2021, SIGVIC2023)

DEFAULT_MODEL = "live"


def family_of_model(model_id: str) -> Family | None:
    """The family that knows a model of this id, None where none does: it may still be installed under that id."""
    return next((family for family in FAMILIES if family.variant(model_id) is not None), None)


def family_of_weights(path: Path) -> tuple[Family, Any]:
    """The family that a weights file belongs to, and the sizes of its network.

    The file states its family. One written before files did so has the sizes of only one family's network.

    Raises:
        WeightsError: the file is missing or damaged, or of a family that this version does not know.
    """
    from qmap_studio.codec.common.weights_file import damage_as_weights_error, read_header

    with damage_as_weights_error(path):
        header = read_header(path)
        for family in FAMILIES:
            names = {field.name for field in fields(family.config_type)}
            if family.family_id == header.family_id or (header.family_id is None and names == set(header.config)):
                return family, family.config_type(**header.config)
    known = ", ".join(family.family_id for family in FAMILIES)
    raise WeightsError(
        tr("The weights in {path} are of the family {family_id}; this version knows {known}.").format(
            path=path, family_id=header.family_id, known=known
        )
    )
