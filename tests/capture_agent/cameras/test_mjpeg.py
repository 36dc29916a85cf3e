"""Webcams are read by ffmpeg. There is none here: ffmpeg's own test picture stands for the webcam, all else is real."""

import io

import pytest
from PIL import Image

from capture_agent.cameras.mjpeg import MjpegStream, read_part
from capture_agent.cameras.v4l2 import V4l2Camera, find_ffmpeg
from capture_agent.errors import CameraError

TEST_PICTURE = ["-re", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25", "-c:v", "mjpeg", "-q:v", "2"]


def test_the_newest_picture_of_a_running_stream():
    stream = MjpegStream([find_ffmpeg(), *TEST_PICTURE])
    try:
        first = stream.newest()
        later = stream.next()
        assert later.taken_at > first.taken_at
        assert later.effective.resolution == (320, 240)
        Image.open(io.BytesIO(later.jpeg)).load()
    finally:
        stream.close()
    with pytest.raises(CameraError, match="gives no pictures"):
        stream.next()


def test_what_ffmpeg_complains_of_is_told():
    with pytest.raises(CameraError, match=r"gives no pictures: .*(No such file|Error opening)"):
        MjpegStream([find_ffmpeg(), "-f", "v4l2", "-i", "/dev/video-nowhere", "-c:v", "copy"])


def test_a_webcam_that_is_not_there_is_named():
    with pytest.raises(CameraError, match="no camera at /dev/video-nowhere"):
        V4l2Camera("/dev/video-nowhere")


def test_parts_are_read_by_their_length_whatever_lies_in_them():
    body = b"\xff\xd8--ffmpeg\r\nContent-length: 3\r\n\r\n\xff\xd9"
    part = b"--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: %d\r\n\r\n%b\r\n" % (len(body), body)
    stream = io.BytesIO(part + part + part[:-9])
    assert [read_part(stream) for _ in range(3)] == [body, body, None]
    with pytest.raises(ValueError, match="too long"):
        read_part(io.BytesIO(b"Content-length: 99999999999\r\n\r\n"))
