"""Velocity models, codecs and their loading. Everything in here needs torch."""
