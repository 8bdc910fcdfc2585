"""What dialogs offer to choose from when they ask for a file."""

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.dropped_files import annotation_suffixes

PICTURES = N_("PNG (*.png);;JPEG (*.jpg);;TIFF (*.tif);;WebP, lossless (*.webp);;BMP (*.bmp)")
MAPS = N_("Maps (*.png *.tif *.tiff *.npy *.jpg *.jpeg *.webp);;All files (*)")
SAVED_MAPS = N_(
    "PNG, 16 bits (*.png);;PNG, 8 bits (*.png);;TIFF, 16 bits (*.tif);;NumPy array (*.npy);;"
    "JPEG, with losses (*.jpg);;WebP, with losses (*.webp)"
)
EIGHT_BITS = 1
"""Which of them is a PNG of 8 bits."""
RULES = N_("Rules (*.toml);;All files (*)")
CHECKPOINTS = N_("Checkpoints (*.pt *.pth *.pth.tar);;All files (*)")


def photo_filters() -> str:
    """What the program opens."""
    from qmap_studio.core.pictures import picture_suffixes  # behind the window

    # For translators: {patterns} is such as "*.png *.jpg".
    filters = tr("Photos, projects and .sfc files ({patterns});;All files (*)")
    return filters.format(patterns=" ".join(f"*{suffix}" for suffix in (*picture_suffixes(), ".qmapproj", ".sfc")))


def annotation_filters() -> str:
    """Every format of annotations that can be read."""
    patterns = " ".join(f"*{suffix}" for suffix in annotation_suffixes())
    # For translators: {patterns} is such as "*.json *.txt".
    return tr("Annotations ({patterns});;All files (*)").format(patterns=patterns)
