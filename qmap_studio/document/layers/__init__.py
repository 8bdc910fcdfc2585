"""The layers of a quality map: one file a kind, and the stack that composes them."""
