"""Folders of photos by one recipe, in a window of its own: what is done with them, and how it goes."""
