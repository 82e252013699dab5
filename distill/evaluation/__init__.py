"""What came of a run: scores against its teacher, and model folders."""
