"""The sizes of what codes latents in four passes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PassSizes:
    """Counts of channels.

    Attributes:
        latent, hyper_latent: of y and z.
        hyper: of psi, the features that h_s makes of z; `hidden`: within h_s.
        context: within the contexts.
    """

    latent: int
    hyper_latent: int
    hyper: int
    context: int
    hidden: int = 128
