"""How much of a picture's metadata is left out of what is written."""

from typing import Literal

Strip = Literal["none", "gps", "all"]
STRIPS: tuple[Strip, ...] = ("none", "gps", "all")
"""Nothing, the position, or everything. A colour profile always stays."""
