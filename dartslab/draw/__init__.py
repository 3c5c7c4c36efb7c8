"""Pictures and words for cells, alpha and curves. Loads no torch."""
