"""Networks as training sees them: teachers, students, their families."""
