"""`python -m distill` is the same as `mfsr distill`."""

import sys

from distill.cli import main

sys.exit(main())
