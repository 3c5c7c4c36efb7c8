"""The cell of `dartslab.cell`, computed faster: the same results, gradients and saved weights."""
