"""The MeanFlow objective under a guided teacher: times, derivative, target and loss as pure functions of tensors."""
