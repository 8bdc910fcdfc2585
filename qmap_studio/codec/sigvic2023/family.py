"""The family `sigvic2023`: the network of Liang et al. 2023, and the schemes of its ablation."""

from pathlib import Path
from typing import TYPE_CHECKING

from qmap_studio.codec.common.family import Family, Variant, how_to_train
from qmap_studio.codec.common.interface import Codec
from qmap_studio.codec.sigvic2023.config import FAMILY_ID, Sigvic2023Config
from qmap_studio.core.language import N_

if TYPE_CHECKING:
    from qmap_studio.codec.common.complexity import Work


def _load(model_id: str, weights: Path, device: str) -> Codec:
    from qmap_studio.codec.sigvic2023.codec import Sigvic2023Codec

    return Sigvic2023Codec.load(model_id, weights, device)


def _work(config: Sigvic2023Config, height: int, width: int) -> "Work":
    from qmap_studio.codec.sigvic2023.work import work_of

    return work_of(config, height, width)


SIGVIC2023 = Family(
    family_id=FAMILY_ID,
    config_type=Sigvic2023Config,
    variants=(
        Variant("sigvic2023", N_("SigVIC, Liang et al. 2023: learns what is important where"), Sigvic2023Config()),
        Variant(
            "sigvic2023-reduced",
            N_("the same, reduced to train quickly"),
            Sigvic2023Config(N=64, shallow=16, fusion=24, hyper_latent=32, hyper=32, hyper_hidden=96, context=96),
        ),
        Variant(
            "sigvic2023-a",
            N_("ablation: scale factors of the map alone (scheme A)"),
            Sigvic2023Config(has_gating=False, shallow=0),
        ),
        Variant(
            "sigvic2023-b",
            N_("ablation: gated, without shallow features (scheme B)"),
            Sigvic2023Config(shallow=0),
        ),
    ),
    load=_load,
    work=_work,
    how_to_install=how_to_train,
)
