"""The wizard that makes a student, in the window."""
