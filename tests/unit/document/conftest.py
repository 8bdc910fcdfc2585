"""Properties are tested for what they say, not for how long a busy machine takes to try them."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
