"""Training runs on disk, and what they report while they train."""
