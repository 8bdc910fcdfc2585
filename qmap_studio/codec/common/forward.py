"""What a network gives for training and for maps found by backpropagation."""

from dataclasses import dataclass

from torch import Tensor


@dataclass
class Forward:
    """What a training step needs: the reconstruction (centred) and the bits of every picture (B,)."""

    x_hat: Tensor
    bits_y: Tensor
    bits_z: Tensor
