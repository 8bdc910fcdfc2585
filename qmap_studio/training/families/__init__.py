"""How the models of each family are trained: for a family NAME a file NAME.py that ends in its one `TRAINING`."""
