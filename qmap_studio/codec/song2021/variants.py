"""The networks of the paper that there are, by the id that a file names them with."""

from dataclasses import dataclass

from qmap_studio.codec.song2021.network import Song2021Config


@dataclass(frozen=True)
class Variant:
    """A network and a few words about it."""

    config: Song2021Config
    about: str


VARIANTS = {
    "song2021": Variant(Song2021Config(), "Song et al. 2021: SFT with source conditioning"),
    "song2021-reduced": Variant(Song2021Config(N=64, M=64, prior=16, hidden=64), "the same, reduced to train quickly"),
    "song2021-no-source": Variant(
        Song2021Config(source_conditioning=False), "ablation: conditions of the map alone (W/O SC)"
    ),
    "song2021-no-scaling": Variant(
        Song2021Config(convolutional_scaling=False), "ablation: conditions scaled by averaging (W/O CS)"
    ),
    "song2021-no-sft": Variant(
        Song2021Config(conditioning="concatenated"), "ablation: conditions as further channels (W/O SFT)"
    ),
    "song2021-naive": Variant(
        Song2021Config(conditioning="input"), "appendix B: the map as a further channel of the inputs"
    ),
    "mean-scale": Variant(
        Song2021Config(conditioning="none"), "mean-scale hyperprior (Minnen et al. 2018), one rate, knows no map"
    ),
    "mean-scale-wide": Variant(
        Song2021Config(N=304, M=304, conditioning="none"), "the same with as many parameters as song2021"
    ),
}
