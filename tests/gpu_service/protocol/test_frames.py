"""A frame's header: what goes in comes out, and nothing else is taken for one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_service.protocol import FRAME_HEADER_BYTES, FrameHeader, pack_frame, unpack_frame

headers = st.builds(
    FrameHeader,
    preview_id=st.uuids(),
    revision=st.integers(0, 2**32 - 1),
    frame=st.integers(0, 2**32 - 1),
    pts_us=st.integers(0, 2**64 - 1),
    width=st.integers(0, 2**16 - 1),
    height=st.integers(0, 2**16 - 1),
    draw_us=st.integers(0, 2**32 - 1),
    codec=st.integers(0, 255),
    flags=st.integers(0, 2**16 - 1),
)


@given(header=headers, picture=st.binary(max_size=300))
def test_a_frame_comes_out_as_it_went_in(header, picture):
    assert unpack_frame(pack_frame(header, picture)) == (header, picture)


def test_the_header_has_the_48_bytes_that_the_page_reads():
    header = FrameHeader(UUID(int=0x1122 << 112), 7, 0x01020304, 5_000_000, 256, 144, 999, 1, 1)
    packed = pack_frame(header, b"jpeg")
    assert FRAME_HEADER_BYTES == 48
    assert packed[:8] == b"PHF1\x01\x01\x00\x01"
    assert packed[8:10] == b"\x11\x22"
    assert packed[24:32] == b"\x00\x00\x00\x07\x01\x02\x03\x04"
    assert int.from_bytes(packed[32:40]) == 5_000_000
    assert (int.from_bytes(packed[40:42]), int.from_bytes(packed[42:44])) == (256, 144)
    assert int.from_bytes(packed[44:48]) == 999
    assert packed[48:] == b"jpeg"


@pytest.mark.parametrize("message", [b"", b"PHF1", b"PHF2" + bytes(44), b"PHF1\x09" + bytes(43), b"{}" * 30])
def test_what_is_no_frame_is_refused_with_a_sentence(message):
    with pytest.raises(ValueError, match="frame"):
        unpack_frame(message)


def test_a_draw_time_beyond_the_field_is_told_as_its_end():
    header = FrameHeader(UUID(int=1), 0, 0, 0, 1, 1, draw_us=2**40)
    assert unpack_frame(pack_frame(header, b""))[0].draw_us == 2**32 - 1
