"""The family `live`: the program's own network."""

from pathlib import Path
from typing import TYPE_CHECKING

from qmap_studio.codec.common.family import Family, Variant
from qmap_studio.codec.common.interface import Codec
from qmap_studio.codec.live.config import FAMILY_ID, LiveConfig
from qmap_studio.core.language import N_, tr

if TYPE_CHECKING:
    from qmap_studio.codec.common.complexity import Work


def _load(model_id: str, weights: Path, device: str) -> Codec:
    from qmap_studio.codec.live.codec import LiveCodec

    return LiveCodec.load(model_id, weights, device)


def _work(config: LiveConfig, height: int, width: int) -> "Work":
    from qmap_studio.codec.live.work import work_of

    return work_of(config, height, width)


def _how_to_install(_model_id: str) -> str:
    return tr("They come with the program. Install the program again.")


LIVE = Family(
    family_id=FAMILY_ID,
    config_type=LiveConfig,
    variants=(Variant("live", N_("a transform coder that learned, light enough to follow a brush"), LiveConfig()),),
    load=_load,
    work=_work,
    how_to_install=_how_to_install,
)
