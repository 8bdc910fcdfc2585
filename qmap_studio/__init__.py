"""QMap Studio: decide where an image's bits go."""

__version__ = "0.1.0"
