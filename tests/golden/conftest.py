"""What the program gave once is kept beside the tests; `--update-golden` writes it anew, to be looked at and kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

KEPT = Path(__file__).parent / "kept"
NEAR_LEVELS = 8
"""Of 255: another release of Qt may round an edge or a blend a little otherwise."""
OTHER_SHARE = 0.002
"""Of the pixels that may be further off, such as the ends of a line."""

Check = Callable[[str, np.ndarray], None]


@pytest.fixture
def check_picture(request: pytest.FixtureRequest, tmp_path: Path) -> Check:
    """Compares uint8 (H, W, 3) pixels with the picture that is kept by a name."""

    def check(name: str, pixels: np.ndarray) -> None:
        path = KEPT / f"{name}.png"
        if request.config.getoption("--update-golden"):
            KEPT.mkdir(exist_ok=True)
            Image.fromarray(pixels).save(path, optimize=True)
            return
        assert path.is_file(), f"{path} is missing: run this test with --update-golden and look at it"
        kept = np.asarray(Image.open(path).convert("RGB"))
        assert pixels.shape == kept.shape, f"{name}: {pixels.shape[:2]} pixels, {kept.shape[:2]} were expected"
        apart = np.abs(pixels.astype(int) - kept).max(axis=2)
        if np.mean(apart > NEAR_LEVELS) <= OTHER_SHARE:
            return
        found, difference = tmp_path / f"{name}.png", tmp_path / f"{name}-difference.png"
        Image.fromarray(pixels).save(found)
        Image.fromarray(np.clip(apart * 4, 0, 255).astype(np.uint8)).save(difference)
        pytest.fail(
            f"{name}: {np.mean(apart > NEAR_LEVELS):.2%} of the pixels differ from {path}; "
            f"what it is now is in {found}, where it differs in {difference}"
        )

    return check
