"""Inference: everything between a picture on disk and the same picture four times larger. Knows no window and no training."""

__version__ = "0.1.0"
