"""What lessons are made with: the notebook builder, and what every lesson begins with."""
