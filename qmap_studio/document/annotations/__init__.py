"""Annotations of pictures: one file a format."""
