"""Where the weights of models lie."""

from pathlib import Path

from qmap_studio.core.errors import WeightsError
from qmap_studio.core.resources import resource_path, user_path


def came_along(path: Path) -> bool:
    """Whether weights came with the program; else the user installed them."""
    return path.is_relative_to(resource_path("models"))


def advice(path: Path) -> str:
    """What to do about damaged weights, as a sentence."""
    return "Install the program again." if came_along(path) else "Install them again, or delete the file."


def installed_weights() -> dict[str, Path]:
    """The weights that there are, by model id; those that came with the program go before the user's own."""
    folders = (user_path("models"), resource_path("models"))
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.safetensors"))}


def weights_path(model_id: str) -> Path:
    """Where a model's weights lie.

    Raises:
        WeightsError: there are none of that id; names those there are.
    """
    there = installed_weights()
    if model_id in there:
        return there[model_id]
    if there:
        raise WeightsError(f"There is no model {model_id!r}; installed are: {', '.join(sorted(there))}.")
    folder = resource_path("models")
    raise WeightsError(f"The model weights are missing; they were expected in {folder}. Install the program again.")
