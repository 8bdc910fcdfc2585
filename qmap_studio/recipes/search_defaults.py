"""With what a map is searched where a person says nothing; apart from the search, since that needs torch."""

DEFAULT_LAMBDA = 0.1
"""Bits per pixel that one unit of the task's loss is worth."""

DEFAULT_ITERATIONS = 5
