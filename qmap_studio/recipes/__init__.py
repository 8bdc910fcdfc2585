"""From a picture, its quality map and a codec to a file and its figures: what every way into the program shares."""
