"""Fixtures for files of weights."""

from tests.gpu_service.snapshots.forge import nvidia_modules

__all__ = ["nvidia_modules"]
