"""The page for settings, and where they apply."""
