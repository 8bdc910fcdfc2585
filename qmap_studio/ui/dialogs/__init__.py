"""What opens over the window, one dialog a file."""
