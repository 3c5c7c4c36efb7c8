"""Every cell of a small space trained from scratch with several seeds: what a search should have found."""
