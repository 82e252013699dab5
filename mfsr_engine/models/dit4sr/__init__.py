"""The full-size family: DiT4SR's transformer on Stable Diffusion 3.5, its text encoders and published files."""
