"""Many pictures: which, where to, in which order, and what became of each."""
