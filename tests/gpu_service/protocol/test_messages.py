"""Control messages and lease calls survive the trip as JSON, and what is none of them is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gpu_service import protocol
from gpu_service.protocol import PROTOCOL_VERSION, mismatch_sentence, parse_service_message, parse_studio_message

shas = st.text("0123456789abcdef", min_size=64, max_size=64)
seconds = st.floats(0, 20_000, allow_nan=False)
scenes = st.builds(
    protocol.SceneSpec,
    visualizer=st.text(max_size=20),
    parameters=st.dictionaries(st.text(max_size=10), st.one_of(st.booleans(), st.integers(-9, 9), seconds)),
    tracks=st.lists(
        st.builds(protocol.TrackRef, sha256=shas, name=st.text(max_size=9), duration_seconds=st.floats(0.1, 20_000)),
        min_size=1,
        max_size=2,
    ),
    snapshots=st.lists(st.builds(protocol.SnapshotRef, sha256=shas, name=st.text(max_size=9)), max_size=3),
    width=st.integers(16, 4096),
    height=st.integers(16, 4096),
    fps=st.sampled_from(["30", "24", "30000/1001", "59.94"]),
    duration_seconds=st.floats(0.1, 20_000),
)
inputs = st.lists(st.builds(protocol.InputRef, sha256=shas, size=st.integers(0, 9), name=st.text(), role=st.text()))
studio_messages = st.one_of(
    st.builds(protocol.Welcome, attach_id=st.uuids(), service_id=st.uuids()),
    st.builds(protocol.Refused, sentence=st.text()),
    st.builds(
        protocol.PreviewOpen,
        preview_id=st.uuids(),
        scene=scenes,
        width=st.integers(16, 4096),
        height=st.integers(16, 4096),
        inputs=inputs,
    ),
    st.builds(protocol.PreviewUpdate, preview_id=st.uuids(), revision=st.integers(0), scene=st.none() | scenes),
    st.builds(
        protocol.PreviewDrive,
        preview_id=st.uuids(),
        revision=st.integers(0),
        seconds=seconds,
        playing=st.booleans(),
        loop=st.none() | st.tuples(seconds, seconds),
    ),
    st.builds(protocol.PreviewClose, preview_id=st.uuids()),
    st.builds(protocol.Work),
    st.builds(protocol.Cancel, kind=st.sampled_from(["segment", "job"]), id=st.uuids()),
    st.builds(protocol.Ping),
    st.builds(protocol.Credit, preview_id=st.uuids(), n=st.integers(1, 64)),
)
devices = st.builds(protocol.Device, name=st.text(), kind=st.just("cpu"), memory_bytes=st.integers(0))
service_messages = st.one_of(
    st.builds(
        protocol.Hello,
        version=st.text(),
        name=st.text(),
        instance_id=st.uuids(),
        devices=st.lists(devices, max_size=2),
        catalogue=st.just([]),
        preview_slots=st.integers(0, 9),
        kinds=st.just(["render_segment"]),
    ),
    st.builds(protocol.FramesHello, attach_id=st.uuids()),
    st.builds(
        protocol.PreviewStateMessage,
        preview_id=st.uuids(),
        state=st.sampled_from(["waiting", "running", "failed"]),
        progress=st.none() | st.floats(0, 1),
    ),
    st.builds(protocol.Busy, previews=st.integers(0, 9), segments=st.integers(0, 9)),
    st.builds(protocol.Pong),
)


@settings(max_examples=60, deadline=None)
@given(message=studio_messages)
def test_what_a_studio_says_arrives_unchanged(message):
    assert parse_studio_message(message.model_dump_json()) == message


@settings(max_examples=60, deadline=None)
@given(message=service_messages)
def test_what_a_service_says_arrives_unchanged(message):
    assert parse_service_message(message.model_dump_json()) == message


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"type":"shutdown"}', '{"type":"cancel","kind":"film","id":"1"}'])
def test_other_talk_is_refused(text):
    with pytest.raises(ValidationError):
        parse_studio_message(text)


def test_a_newer_field_does_no_harm():
    assert parse_studio_message('{"type":"ping","moon":"full"}') == protocol.Ping()


def test_the_catalogue_writes_its_schema_under_that_name():
    info = protocol.VisualizerInfo(
        name="a",
        title="A",
        version="1",
        summary="",
        parameters_schema={"type": "object"},
        snapshots=protocol.SnapshotNeeds(min=1, max=6, kinds=["cppn"]),
    )
    assert '"schema":{"type":"object"}' in info.model_dump_json()
    assert protocol.VisualizerInfo.model_validate_json(info.model_dump_json()) == info


def test_another_protocol_is_told_which_side_to_update():
    assert mismatch_sentence(PROTOCOL_VERSION) is None
    assert "Update the render service." in str(mismatch_sentence(PROTOCOL_VERSION - 1))
    newer = str(mismatch_sentence(PROTOCOL_VERSION + 1))
    assert f"protocol {PROTOCOL_VERSION + 1}" in newer
    assert f"protocol {PROTOCOL_VERSION}." in newer
    assert "Update the studio." in newer
