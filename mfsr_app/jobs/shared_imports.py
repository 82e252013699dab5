"""Modules that several threads need, imported completely before they start; see `imports.import_shared`."""

import mfsr_engine.models.card  # makes models of pydantic, which brings all of it in

WHOLE = mfsr_engine.models.card.ModelCard.__name__
"""There once everything is."""
