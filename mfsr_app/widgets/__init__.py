"""Dumb widgets: values in, signals out. They know no state objects, no jobs and no files."""
