"""What stands around the canvas, one widget a file. Panels show and ask; they know no document and no engine."""
