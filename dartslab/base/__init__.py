"""What everything else may use: messages, files, seeds, number formats. Imports nothing of dartslab."""
