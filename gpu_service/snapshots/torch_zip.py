"""torch's newer form: a zip with one pickle, and one member of raw numbers for each storage. Never read by torch."""

import re
import struct
import zipfile
from pathlib import Path
from typing import Any

from gpu_service.snapshots.numbers import Storage
from gpu_service.snapshots.pickle_machine import PickleMachine
from gpu_service.snapshots.pickle_parts import Malformed, Source, Truncated
from gpu_service.snapshots.stand_ins import CHECKPOINT_TABLE
from gpu_service.snapshots.torch_stream import describe_storage

LARGEST_INDEX, LARGEST_NOTE = 64 << 20, 1 << 16
MOST_MEMBERS = 20_000
LOCAL_HEADER = struct.Struct("<4s22xHH")
NOTE = "phosphene.json"  # our own settings beside the numbers, in files that we wrote


class NoCheckpoint(Exception):
    """A zip, but none of torch's."""


class TorchZip:
    """The members of one file, as views of its bytes."""

    def __init__(self, path: Path, data: memoryview) -> None:
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, OSError, EOFError) as error:
            raise Truncated from error
        except (ValueError, NotImplementedError, RuntimeError, struct.error, OverflowError) as error:
            raise Malformed("its list of members is wrong") from error
        if len(members) > MOST_MEMBERS:
            raise Malformed(f"it has more than {MOST_MEMBERS:,} members")
        self.data, self.members = data, {member.filename: member for member in members}
        index = [name for name in self.members if re.fullmatch(r"[^/]+/data\.pkl", name)]
        if len(index) != 1:
            raise NoCheckpoint
        self.root = index[0].removesuffix("data.pkl")
        self.storages: dict[str, Storage] = {}

    def read(self) -> Any:
        """What the pickle inside describes. Raises ForbiddenName, Malformed or Truncated."""
        if bytes(self.member("byteorder", most=64, otherwise=b"little")) != b"little":
            raise Malformed("its numbers are big-endian")
        index = self.member("data.pkl", most=LARGEST_INDEX)
        try:
            return PickleMachine(CHECKPOINT_TABLE, persistent=self._storage).run(Source(index))
        except Truncated as error:
            raise Malformed("its list of tensors ends early") from error

    def note(self) -> bytes | None:
        """The settings that Phosphene wrote beside the tensors, if it did."""
        found = self.member(NOTE, most=LARGEST_NOTE, otherwise=b"")
        return bytes(found) or None

    def member(self, name: str, *, most: int, otherwise: bytes | None = None) -> memoryview | bytes:
        """The bytes of one member, which must lie there as they are."""
        info = self.members.get(self.root + name)
        if info is None:
            if otherwise is None:
                raise Malformed(f"its member {name} is missing")
            return otherwise
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 or info.file_size != info.compress_size:
            raise Malformed("it is packed in a way that torch does not use")
        if info.file_size > most:
            raise Malformed(f"its member {name} is larger than any")
        head = self.data[info.header_offset : info.header_offset + LOCAL_HEADER.size]
        if len(head) < LOCAL_HEADER.size:
            raise Truncated
        magic, name_length, extra_length = LOCAL_HEADER.unpack(head)
        start = info.header_offset + LOCAL_HEADER.size + name_length + extra_length
        piece = self.data[start : start + info.file_size]
        if magic != b"PK\x03\x04" or len(piece) < info.file_size:
            raise Malformed("its list of members is wrong")
        return piece

    def _storage(self, identity: Any) -> Storage:
        sketch = describe_storage(identity)
        if not re.fullmatch(r"[0-9A-Za-z_]{1,64}", sketch.key):
            raise Malformed("a storage has an impossible name")
        known = self.storages.get(sketch.key)
        if known is None:
            known = Storage(sketch.type_name, sketch.count)
            known.fill(self.member(f"data/{sketch.key}", most=len(self.data)))
            self.storages[sketch.key] = known
        if (known.type_name, known.count) != (sketch.type_name, sketch.count):
            raise Malformed("a storage describes itself in two ways")
        return known
