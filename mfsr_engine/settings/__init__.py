"""What window and command line remember."""
