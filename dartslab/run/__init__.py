"""One run, a search or a training: its configuration, its steps, its record, its checkpoint."""
