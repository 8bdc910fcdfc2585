"""What is decided about annotations before they are taken into the map."""
