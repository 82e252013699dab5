"""The page for one photograph: upscale it, compare, save."""
