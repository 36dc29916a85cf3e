"""The real picamera2 package, imported where there is no libcamera: what it needs of the system is replaced by mocks.

This proves how the library is called, never how a camera behaves.
"""

import contextlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

# Bindings to the Raspberry Pi's system, and packages that only Debian's python3-picamera2 brings.
MOCKED = {"libcamera", "pykms", "kms", "pidng", "piexif", "videodev2", "prctl", "av", "libarchive", "OpenEXR"}


class Mocks(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.split(".")[0] not in MOCKED:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module: Any = MagicMock(name=spec.name)
        module.__path__, module.__spec__, module.__name__ = [], spec, spec.name
        return module  # type: ignore[no-any-return]

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is executed."""


@contextlib.contextmanager
def real_picamera2() -> Iterator[ModuleType]:
    """`picamera2` as installed; gone again afterwards, mocks and all."""
    mocks = Mocks()
    sys.meta_path.insert(0, mocks)
    try:
        yield import_module("picamera2")
    finally:
        sys.meta_path.remove(mocks)
        for name in [name for name in sys.modules if name.split(".")[0] in MOCKED | {"picamera2"}]:
            del sys.modules[name]
