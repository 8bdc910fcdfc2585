"""Metadata that is damaged is left out; it never costs the pixels."""
