"""`python -m mfsr_engine`: the command line without the window."""

from mfsr_engine.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
