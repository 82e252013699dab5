"""What the program needs of the desktop: display, language, log, notifications."""
