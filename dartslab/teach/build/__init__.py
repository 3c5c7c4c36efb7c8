"""From the lessons' texts to notebooks: read, run, write, check links. Loads no torch."""
