"""Arithmetic that is the same on every machine, for what picks entropy tables; and the plain layers beside it."""
