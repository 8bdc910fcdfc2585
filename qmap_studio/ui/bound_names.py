"""Error bounds as a person calls them."""

from collections.abc import Sequence

from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.language import ngettext, tr


def name_of(bound: int | None) -> str:
    """What is kept; None is the quality."""
    if bound is None:
        return tr("Quality")
    if bound == UNBOUNDED:
        return tr("No bound")
    if bound == WITHOUT_LOSS:
        return tr("Without loss")
    return ngettext("± {n} level", "± {n} levels", bound).format(n=bound)


def names_of(bounds: Sequence[int]) -> str:
    """Bounds that are above 0, from the first to the last."""
    if len(bounds) == 1:
        return name_of(bounds[0])
    # For translators: two error bounds in levels of 8 bits, as in "± 2 to 5 levels".
    return tr("± {first} to {last} levels").format(first=bounds[0], last=bounds[-1])
