"""Models, one file each: a new file that exposes `MODEL` is trained, evaluated and offered for promotion."""
