"""The family `song2021`: the network of Song et al. 2021, its ablations, and the hyperprior that it grew from."""

from pathlib import Path
from typing import TYPE_CHECKING

from qmap_studio.codec.common.family import Family, Importer, Variant, how_to_train
from qmap_studio.codec.common.interface import Codec
from qmap_studio.codec.song2021.config import FAMILY_ID, Song2021Config
from qmap_studio.core.language import N_, tr

if TYPE_CHECKING:
    from qmap_studio.codec.common.complexity import Work

AUTHORS_MODEL = "song2021"


def _load(model_id: str, weights: Path, device: str) -> Codec:
    from qmap_studio.codec.song2021.codec import Song2021Codec

    return Song2021Codec.load(model_id, weights, device)


def _work(config: Song2021Config, height: int, width: int) -> "Work":
    from qmap_studio.codec.song2021.work import work_of

    return work_of(config, height, width)


def _how_to_install(model_id: str) -> str:
    if model_id != AUTHORS_MODEL:
        return how_to_train(model_id)
    command = f"qmap-studio models import 2M_itrs.pt --as {AUTHORS_MODEL}"
    return tr("Import the authors' checkpoint with `{command}`. Or: {training}").format(
        command=command, training=how_to_train(model_id)
    )


def _convert(checkpoint: Path, weights: Path) -> None:
    import torch

    from qmap_studio.codec.song2021.authors_checkpoint import read_checkpoint
    from qmap_studio.codec.song2021.model import save_model

    save_model(weights, read_checkpoint(checkpoint), torch.float32)


SONG2021 = Family(
    family_id=FAMILY_ID,
    config_type=Song2021Config,
    variants=(
        Variant("song2021", N_("Song et al. 2021: SFT with source conditioning"), Song2021Config()),
        Variant(
            "song2021-reduced",
            N_("the same, reduced to train quickly"),
            Song2021Config(N=64, M=64, prior=16, hidden=64),
        ),
        Variant(
            "song2021-no-source",
            N_("ablation: conditions of the map alone (W/O SC)"),
            Song2021Config(source_conditioning=False),
        ),
        Variant(
            "song2021-no-scaling",
            N_("ablation: conditions scaled by averaging (W/O CS)"),
            Song2021Config(convolutional_scaling=False),
        ),
        Variant(
            "song2021-no-sft",
            N_("ablation: conditions as further channels (W/O SFT)"),
            Song2021Config(conditioning="concatenated"),
        ),
        Variant(
            "song2021-naive",
            N_("appendix B: the map as a further channel of the inputs"),
            Song2021Config(conditioning="input"),
        ),
        Variant(
            "mean-scale",
            N_("mean-scale hyperprior (Minnen et al. 2018), one rate, knows no map"),
            Song2021Config(conditioning="none"),
        ),
        Variant(
            "mean-scale-wide",
            N_("the same with as many parameters as song2021"),
            Song2021Config(N=304, M=304, conditioning="none"),
        ),
    ),
    load=_load,
    work=_work,
    how_to_install=_how_to_install,
    importer=Importer(AUTHORS_MODEL, _convert),
)
