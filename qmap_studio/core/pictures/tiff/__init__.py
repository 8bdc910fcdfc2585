"""TIFF files: their directories, their samples of any depth, and how they are written."""
