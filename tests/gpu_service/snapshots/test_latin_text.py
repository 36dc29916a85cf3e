"""Bytes written as text: any piece of them is what decoding the whole would give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_service.snapshots import latin_text
from gpu_service.snapshots.latin_text import LatinText, LongText

DATA = st.binary(min_size=1, max_size=64).map(lambda piece: (piece * 1200)[:60_000])


@given(data=DATA, start=st.integers(0, 70_000), length=st.integers(0, 70_000), inner=st.integers(0, 70_000))
def test_every_piece_is_as_in_the_bytes(data, start, length, inner):
    text = data.decode("latin-1")
    for whole in (LatinText(text), LatinText(LongText(memoryview(text.encode())))):
        assert len(whole) == len(data)
        piece, wanted = whole[start : start + length], data[start : start + length]
        assert len(piece) == len(wanted)
        assert bytes(piece) == wanted
        assert bytes(piece[inner:]) == wanted[inner:]


def test_pieces_are_not_decoded_before_they_are_needed(monkeypatch):
    asked = []
    monkeypatch.setattr(LongText, "decoded", lambda text: asked.append(text) or str(text.raw, "utf-8"))
    whole = LatinText(LongText(memoryview(("\xff" * 100_000).encode())))
    assert whole[:400] == b"\xff" * 400
    piece = whole[400:]
    assert (len(piece), asked) == (99_600, [])
    assert bytes(piece) == b"\xff" * 99_600
    assert len(asked) == 1


def test_signs_that_stand_for_no_byte_are_an_error():
    text = LatinText(LongText(memoryview(("a" * latin_text.HEAD_BYTES + "\u20ac").encode())))
    with pytest.raises(UnicodeError):
        bytes(text)
