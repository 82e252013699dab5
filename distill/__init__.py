"""Training: degradation, data, the MeanFlow objective with a guided teacher, the trainer. Knows no window."""
