"""What the views show, as plain functions and classes without ipywidgets."""
