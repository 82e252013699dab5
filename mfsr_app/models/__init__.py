"""The page for models: what is installed and what can be downloaded."""
