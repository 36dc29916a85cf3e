from studio.settings.base import *  # noqa: F403 (Django reads every name from here)
