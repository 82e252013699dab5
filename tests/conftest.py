"""Ground of all tests: nothing here is bound to the speed of the machine."""

from hypothesis import settings

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
