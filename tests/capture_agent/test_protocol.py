"""Messages between device and studio survive the trip, and what is none of them is refused with a sentence."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_agent import protocol
from capture_agent.protocol import (
    COMMANDS,
    LARGEST,
    CaptureSettings,
    Command,
    Frame,
    ProtocolError,
    RecordError,
    parse_device_message,
    parse_studio_message,
)
from tests.conftest import REPOSITORY

printable = st.text(st.characters(categories=["L", "N", "P"], codec="utf-8"), max_size=40)
times = st.datetimes(timezones=st.timezones()).map(lambda time: time.isoformat())
sides = st.tuples(st.integers(64, LARGEST[0]), st.integers(64, LARGEST[1]))
shares = st.floats(0, 100)
settings = st.builds(
    CaptureSettings,
    resolution=sides,
    iso=st.integers(0, 800),
    shutter_us=st.integers(0, 1_000_000),
    red_gain=st.floats(0, 8),
    number_of_photos=st.integers(1, 100_000),
    prompt_on_timeout=st.booleans(),
    dataset_name=printable.filter(bool),
)
effective = st.builds(
    protocol.EffectiveSettings, resolution=sides, exposure_us=st.none() | st.integers(0, 10**6), lux=st.none() | shares
)
measures = st.builds(
    protocol.Measures, sharpness=shares, brightness=shares, clipped=shares, faces=st.none() | st.integers(0, 99)
)
cameras = st.builds(
    protocol.CameraInfo, name=printable, kind=printable, controls=st.lists(printable, max_size=4).map(tuple)
)
warnings = st.builds(protocol.Warning, kind=st.sampled_from(protocol.WARNING_KINDS), sentence=printable)
counts = st.builds(protocol.SpoolCounts, waiting=st.integers(0, 10**6), bytes=st.integers(0, 10**12))
ids = st.uuids().map(str)
device_messages = st.one_of(
    st.builds(
        protocol.Hello, version=printable, device_id=ids, name=printable, host=printable, camera=cameras, now=times
    ),
    st.builds(
        protocol.Status,
        state=st.sampled_from(protocol.STATES),
        wished=settings,
        free_bytes=st.integers(0, 10**15),
        floor_bytes=st.integers(0, 10**15),
        spool=counts,
        network=st.builds(protocol.Network, last_ok_at=st.none() | times),
        effective=st.none() | effective,
        session_id=st.none() | ids,
        warnings=st.lists(warnings, max_size=3).map(tuple),
        last=st.none() | measures,
    ),
    st.builds(
        protocol.Shot,
        session_id=ids,
        sequence=st.integers(1, 10**9),
        name=printable,
        sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
        taken_at=times,
        measures=measures,
        effective=effective,
    ),
    st.builds(protocol.TestShot, measures=measures, effective=effective),
    st.builds(protocol.Answer, command_id=printable.filter(bool), ok=st.booleans(), error=printable),
)
studio_messages = st.one_of(
    st.builds(protocol.Welcome, studio=printable, server_now=times),
    st.builds(protocol.Refused, sentence=printable),
    st.builds(Command, id=printable.filter(bool), name=st.sampled_from(sorted(COMMANDS))),
    st.builds(protocol.Credit, frames=st.integers(1, protocol.MAX_CREDIT)),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(device_messages)
def test_what_a_device_says_arrives_as_it_was_said(message: protocol.DeviceMessage):
    assert parse_device_message(message.to_json()) == message


@given(studio_messages)
def test_what_the_studio_says_arrives_as_it_was_said(message: protocol.StudioMessage):
    assert parse_studio_message(message.to_json().encode()) == message


@given(device_messages, st.data())
def test_one_wrong_value_anywhere_is_a_sentence_never_another_error(
    message: protocol.DeviceMessage, data: st.DataObject
):
    said = json.loads(message.to_json())
    said[data.draw(st.sampled_from(sorted(said)))] = data.draw(anything)
    try:
        parsed = parse_device_message(json.dumps(said))
    except ProtocolError:
        return
    assert parse_device_message(parsed.to_json()) == parsed


@given(anything)
def test_noise_is_refused(noise: object):
    for parse in (parse_device_message, parse_studio_message):
        with pytest.raises(ProtocolError):
            parse(json.dumps(noise))


@pytest.mark.parametrize("wrong", ["", "{", '{"type": "hello"}', '{"type": ["hello"]}', "[" * 60_000, b"\xff\xfe\x00"])
def test_broken_text_is_refused(wrong: str | bytes):
    with pytest.raises(ProtocolError):
        parse_device_message(wrong)


def test_a_message_too_long_is_refused_before_it_is_read():
    with pytest.raises(ProtocolError, match="at most 65536 bytes"):
        parse_device_message('{"type": "answer", "command_id": "1", "ok": true, "more": "' + "x" * 70_000 + '"}')


def test_a_newer_field_does_no_harm_and_a_missing_one_is_named():
    said = {"type": "answer", "command_id": "1", "ok": True, "mood": "fine"}
    assert parse_device_message(json.dumps(said)) == protocol.Answer("1", ok=True)
    del said["ok"]
    with pytest.raises(ProtocolError, match="answer: ok: missing"):
        parse_device_message(json.dumps(said))


def test_the_defaults_are_pitraitures():
    assert CaptureSettings().as_dict() == {
        "resolution": [2000, 2000],
        "iso": 0,
        "shutter_us": 1000,
        "red_gain": 3.125,
        "blue_gain": 1.96,
        "preview_seconds": 10.0,
        "prompt_on_timeout": True,
        "number_of_photos": 10,
        "interval_seconds": 0.0,
        "countdown_seconds": 5.0,
        "dataset_name": "faces",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("resolution", [4057, 2000]),
        ("resolution", [2000]),
        ("iso", 801),
        ("iso", True),
        ("shutter_us", 1_000_001),
        ("shutter_us", 1000.5),
        ("red_gain", 8.1),
        ("blue_gain", "2"),
        ("number_of_photos", 0),
        ("interval_seconds", float("nan")),
        ("dataset_name", ""),
        ("dataset_name", "a\nb"),
        ("prompt_on_timeout", 1),
    ],
)
def test_a_setting_out_of_range_is_named(name: str, value: object):
    with pytest.raises(RecordError) as caught:
        CaptureSettings().changed({name: value})
    assert caught.value.field == name
    assert str(caught.value).startswith(name)


def test_a_command_is_checked_with_its_arguments():
    command = Command(id="7", name="configure", args={"settings": {"iso": 400}})
    assert command.arguments() == protocol.Configure({"iso": 400})
    with pytest.raises(ProtocolError, match="iso: use a whole number from 0 to 800"):
        parse_studio_message('{"type": "command", "id": "8", "name": "configure", "args": {"settings": {"iso": 900}}}')
    with pytest.raises(ProtocolError, match="name: use one of"):
        parse_studio_message('{"type": "command", "id": "8", "name": "explode", "args": {}}')
    with pytest.raises(ProtocolError, match="append: use true or false"):
        parse_studio_message('{"type": "command", "id": "8", "name": "start", "args": {"append": "no"}}')


@given(st.sampled_from([protocol.LIVE, protocol.TEST_SHOT]), st.integers(0, 2**64 - 1), st.binary(max_size=200))
def test_a_frame_survives_the_trip(kind: int, taken_ms: int, body: bytes):
    frame = Frame(kind, taken_ms, b"\xff\xd8" + body)
    assert Frame.from_bytes(frame.to_bytes()) == frame
    assert frame.to_bytes()[1:9] == taken_ms.to_bytes(8, "big")


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"\x01" + bytes(8),
        b"\x03" + bytes(8) + b"\xff\xd8",
        b"\x01" + bytes(8) + b"PNG",
        b"\x01" + bytes(8) + b"\xff\xd8" + bytes(protocol.MAX_JPEG_BYTES),
    ],
)
def test_what_is_no_frame_is_refused(wrong: bytes):
    with pytest.raises(ProtocolError):
        Frame.from_bytes(wrong)


def test_another_protocol_is_named_and_so_is_who_must_update():
    assert protocol.mismatch_sentence(protocol.PROTOCOL_VERSION) is None
    assert "Update the studio" in (protocol.mismatch_sentence(protocol.PROTOCOL_VERSION + 1) or "")
    assert "Update the capture device" in (protocol.mismatch_sentence(0) or "")


def test_the_protocol_needs_the_standard_library_alone():
    code = (
        "import capture_agent.protocol, sys; print([m for m in sys.modules if m.startswith(('numpy', 'PIL', 'httpx'))])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); {code}"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
