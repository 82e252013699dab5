"""`python -m mfsr_app` is the same as `mfsr`."""

import sys

from mfsr_app.main import main

sys.exit(main())
