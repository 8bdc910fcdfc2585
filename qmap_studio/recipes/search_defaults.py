"""With what a map is searched where a person says nothing; apart from the search, since that needs torch."""

DEFAULT_ITERATIONS = 5
