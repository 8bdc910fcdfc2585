"""The tools, one file each: what the mouse does to the map, and the row that says how the tool is shown and chosen."""

from qmap_studio.ui.tools.arrange import ARRANGE
from qmap_studio.ui.tools.brush import BRUSH
from qmap_studio.ui.tools.ellipse import ELLIPSE
from qmap_studio.ui.tools.gradient import LINEAR, RADIAL
from qmap_studio.ui.tools.pan import PAN
from qmap_studio.ui.tools.polygon import LASSO, POLYGON
from qmap_studio.ui.tools.rectangle import RECTANGLE
from qmap_studio.ui.tools.select import SELECT
from qmap_studio.ui.tools.tool import Tool

TOOLS: tuple[Tool, ...] = (
    BRUSH, LINEAR, RADIAL, RECTANGLE, ELLIPSE, POLYGON, LASSO, ARRANGE, SELECT, PAN
)  # fmt: skip
"""In the order of strip and menu; the first is chosen as the program starts."""
