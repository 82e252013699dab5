"""The desktop program. The only package that knows Qt."""
