"""Colours that files describe otherwise than by a profile, and their way to sRGB."""
