"""What every other module may use: messages, files, seeds, number formats. Imports nothing else of dartslab."""
