"""Pickles written by hand, opcode by opcode."""

import struct


def text(value: str) -> bytes:
    """The opcode of a string."""
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw
