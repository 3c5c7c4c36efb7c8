"""The command line: `python -m dartslab`."""
