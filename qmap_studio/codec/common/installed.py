"""Where the weights of models lie."""

from pathlib import Path

from qmap_studio.core.language import tr
from qmap_studio.core.resources import resource_path, user_path


def is_bundled(path: Path) -> bool:
    """Whether weights came with the program; else the user installed them."""
    return path.is_relative_to(resource_path("models"))


def repair_advice(path: Path) -> str:
    """What to do about damaged weights, as a sentence."""
    return tr("Install the program again.") if is_bundled(path) else tr("Install them again, or delete the file.")


def installed_weights() -> dict[str, Path]:
    """The weights that there are, by model id; those that came with the program go before the user's own."""
    folders = (user_path("models"), resource_path("models"))
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.safetensors"))}
