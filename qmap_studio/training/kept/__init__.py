"""What the coder of kept pixels learns from pictures: its networks and its tables."""
