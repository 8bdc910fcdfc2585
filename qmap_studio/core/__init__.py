"""What every floor leans on: errors, rectangles, pictures, files, rates. Knows nothing above it."""
