"""The layers of the document in front, as the side shows them: a tree, what is set of the chosen one, and history."""
