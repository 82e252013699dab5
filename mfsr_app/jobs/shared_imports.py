"""What several threads need: each imports this before its first job, and Python lets only the first one in.

WORKAROUND pydantic imports parts of itself late and in circles. Where two threads begin at once, each comes to wait for a
part that the other has begun; Python then hands out a half-made module, and a job fails with "cannot import name
'import_string' from partially initialized module 'pydantic._internal._validators'". Seen on a busy machine, at the start.
`plain_imports` has the other half of the cure.
"""

import mfsr_engine.models.card  # makes models of pydantic, which brings all of it in

WHOLE = mfsr_engine.models.card.ModelCard.__name__
"""There once everything is."""
