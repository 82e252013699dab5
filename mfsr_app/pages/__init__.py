"""Pages bind state to widgets; the window shows one page at a time."""
