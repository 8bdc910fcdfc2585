"""A coder of photographic content that codes kept pixels alone, whatever shape they have."""
