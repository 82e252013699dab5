"""The wizard that makes a student, in the window: one module for each step, and the page that holds them."""
