"""Training of the learned codecs. The program itself never imports this package."""
