"""The command line: `dartslab`, or `python -m dartslab`."""
