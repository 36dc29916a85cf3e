"""Bad lines and bad answers, against a real studio: nothing is lost, nothing comes twice, nothing is tried for ever."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture_agent import sending
from capture_agent.spool import Session
from capture_agent.studio import OPTIONS, StudioClient
from tests.capture_agent.conftest import Device
from tests.capture_agent.spools import NOON, picture
from tests.capture_agent.studios import Paired, half_files, pair, photograph, portraits, stored_hashes
from tests.fault_proxy import FaultProxy
from tests.studio.site.conftest import Studio

Maker = Callable[..., Device]
pytestmark = pytest.mark.usefixtures("quick_pauses")
# Every request of an upload, as it begins on the wire. HEAD is asked only after a cut.
STEPS = [
    b"PUT /api/v1/capture/datasets",
    b"PUT /api/v1/capture/sessions/",
    b"/known",
    b"POST /api/v1/uploads",
    b"PATCH /api/v1/uploads/",
]
KILOBYTE = 1000


def test_what_was_shot_arrives_with_a_true_receipt_and_is_known_afterwards(make_device: Maker, studio: Studio):
    device = make_device(studio.url)
    shots = device.shoot(20, 20, 1500, dataset="plain", prompt="look left", place="kitchen")
    assert device.send_all() == ""
    assert device.all_arrived(studio)
    assert [one["name"] for one in portraits(studio, device.paired.project_id, "plain")] == [s.name for s in shots]
    dataset = device.client().dataset("plain")
    assert device.client().known(dataset["id"], [s.sha256 for s in shots]) == {
        shot.sha256: shot.receipt for shot in device.spool.shots("done")
    }


def test_a_sitting_that_has_ended_is_told_to_the_studio(make_device: Maker, studio: Studio):
    device = make_device(studio.url)
    (shot,) = device.shoot(15, dataset="ended", prompt="look left", place="kitchen")
    assert device.send_all() == ""
    device.spool.end_session(shot.session_id, ended_at=NOON + timedelta(hours=1), camera={"effective": {"iso": 100}})
    assert device.send_all() == ""
    dataset = device.client().dataset("ended")
    (said,) = studio.call("GET", f"/datasets/{dataset['id']}/sessions").json()["items"]
    assert (said["id"], said["prompt"], said["place"]) == (str(shot.session_id), "look left", "kitchen")
    assert said["camera"] == {"effective": {"iso": 100}}
    length = datetime.fromisoformat(said["ended_at"]) - datetime.fromisoformat(said["started_at"])
    assert abs(length - timedelta(hours=1)) < timedelta(seconds=10)  # each time its clock is compared anew


def test_what_an_older_copy_of_the_card_still_holds_is_not_sent_again(
    make_device: Maker, studio: Studio, proxy: FaultProxy
):
    device = make_device(proxy.url)
    device.shoot(200, 200, 200, dataset="known")
    assert device.send_all() == ""
    sent = proxy.bytes_up
    for shot in device.spool.shots("done"):
        device.spool.move(shot, "new", receipt="", done_at=None)
    (fresh,) = device.shoot(15, dataset="known", started_at=NOON + timedelta(hours=1))
    assert device.send_all() == ""
    assert device.all_arrived(studio)
    assert proxy.bytes_up - sent < fresh.size_bytes + 20_000


@pytest.mark.parametrize("fault", ["lose_request", "lose_half", "lose_answer"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.decode().split("/")[-1 if step[-1:] != b"/" else -2])
def test_f5_a_cut_at_each_step_loses_nothing_and_doubles_nothing(
    make_device: Maker, studio: Studio, proxy: FaultProxy, fault: str, step: bytes
):
    device = make_device(proxy.url)
    name = f"f5 {fault} {step!r}"
    shots = device.shoot(1400, 15, dataset=name)
    getattr(proxy, fault)(step, outage_seconds=0.3)
    getattr(proxy, fault)(b"HEAD /api/v1/uploads/", outage_seconds=0.2)
    assert device.send_all() == ""
    assert proxy.faults >= 1
    assert device.all_arrived(studio)
    assert [one["name"] for one in portraits(studio, device.paired.project_id, name)] == [s.name for s in shots]


def test_f5_the_answer_to_the_last_piece_is_lost(make_device: Maker, studio: Studio, proxy: FaultProxy):
    """The studio has it all; the device must learn that, not send it again."""
    device = make_device(proxy.url)
    device.shoot(2300, dataset="last answer")
    proxy.lose_answer(b"PATCH /api/v1/uploads/", skip=1)
    assert device.send_all(lanes=1) == ""
    assert proxy.faults == 1
    assert device.all_arrived(studio)
    assert proxy.bytes_up < 1.1 * device.shots[0].size_bytes


@pytest.mark.soak
@pytest.mark.parametrize("step", [*STEPS, b"HEAD /api/v1/uploads/"])
def test_f5_with_an_outage_of_30_seconds(make_device: Maker, studio: Studio, proxy: FaultProxy, step: bytes):
    device = make_device(proxy.url)
    device.shoot(1400, 15, dataset=f"f5 long {step!r}")
    proxy.lose_answer(step, outage_seconds=30)
    proxy.cut_after(700_000)
    assert device.send_all(give_up_seconds=None) == ""
    assert device.all_arrived(studio)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(upwards=st.integers(0, 130_000), downwards=st.integers(0, 2500))
def test_f6_cut_after_any_byte_the_offset_is_what_is_stored(
    make_device: Maker, studio: Studio, proxy: FaultProxy, monkeypatch, upwards: int, downwards: int
):
    for name in ("LEAST_PIECE", "FIRST_PIECE", "MOST_PIECE"):
        monkeypatch.setattr(sending, name, 16 * 1024)
    device = make_device(proxy.url)
    (shot,) = device.shoot(180, dataset=f"f6 {uuid4()}")
    proxy.cut_after(upwards)
    proxy.cut_after(downwards, direction="down")
    offsets = []

    class Watching(StudioClient):
        def offset(self, address: str) -> int:
            offset = super().offset(address)
            stored = (studio.log.parent / "data" / "uploads" / address.rpartition("/")[2]).read_bytes()
            assert offset % (16 * 1024) == 0
            assert stored[:offset] == device.spool.path_of(device.spool.shots()[0]).read_bytes()[:offset]
            offsets.append(offset)
            return offset

    client = Watching(proxy.url, token=device.paired.token, timeout=httpx.Timeout(3))
    assert device.send_all(client=client, lanes=1) == ""
    assert device.all_arrived(studio)
    assert shot.sha256 in stored_hashes(studio)
    proxy._cut_at.clear()


def test_f8_a_dead_piece_that_the_studio_still_holds_is_handed_over(
    make_device: Maker, studio: Studio, proxy: FaultProxy
):
    device = make_device(proxy.url)
    device.shoot(3500, dataset="f8")
    uploader = device.uploader(lanes=1)
    proxy.lose_half(b"PATCH /api/v1/uploads/", skip=1)
    original, orphaned_at = proxy._hand_on, []

    def orphan_instead(connection, sink, data, direction):
        goes_on = original(connection, sink, data, direction)
        if not goes_on and not orphaned_at:
            orphaned_at.append(time.monotonic())
            proxy.orphan()
            return True
        return goes_on

    proxy._hand_on = orphan_instead
    assert uploader.run_until_empty(give_up_seconds=30) == ""
    assert time.monotonic() - orphaned_at[0] < 5
    assert device.all_arrived(studio)


class DamagingTransport(httpx.HTTPTransport):
    """Turns one byte of so many pieces on their way; their checksum says so."""

    def __init__(self, times: int) -> None:
        super().__init__(socket_options=OPTIONS)
        self.times = times

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH" and self.times:
            self.times -= 1
            piece = bytearray(b"".join(request.stream))  # type: ignore[arg-type]
            piece[len(piece) // 2] ^= 1
            request.stream = httpx.ByteStream(bytes(piece))
        return super().handle_request(request)


def test_f9_a_piece_that_arrived_damaged_is_sent_again(make_device: Maker, studio: Studio):
    device = make_device(studio.url)
    device.shoot(1500, dataset="f9")
    transport = DamagingTransport(2)
    client = StudioClient(studio.url, token=device.paired.token, transport=transport)
    assert device.send_all(client=client) == ""
    assert transport.times == 0
    assert device.all_arrived(studio)


class LyingClient(StudioClient):
    """Sends other bytes than were announced, with checksums that fit them, for so many uploads."""

    lies, begun = 0, 0

    def begin_upload(self, **fields) -> tuple[str, str]:
        self.begun += 1
        return super().begin_upload(**fields)

    def send_piece(self, address: str, offset: int, piece: bytes) -> tuple[int, str]:
        if self.begun <= self.lies:
            piece = piece[:-3] + bytes([piece[-3] ^ 1]) + piece[-2:]
        return super().send_piece(address, offset, piece)


@pytest.mark.parametrize(("lies", "begun"), [(1, 2), (9, 2)])
def test_f10_a_wrong_whole_file_is_sent_once_more_from_zero_then_parked(
    make_device: Maker, studio: Studio, lies: int, begun: int
):
    device = make_device(studio.url)
    (shot,) = device.shoot(30, dataset=f"f10 {lies}")
    client = LyingClient(studio.url, token=device.paired.token)
    client.lies = lies
    assert device.send_all(client=client, lanes=1) == ""
    assert client.begun == begun
    if lies == 1:
        assert device.all_arrived(studio)
        return
    (((parked, reason)),) = device.spool.blocked()
    assert (parked.sha256, parked.reason_status) == (shot.sha256, 422)
    assert "damaged" in reason
    assert shot.sha256 not in stored_hashes(studio)
    assert device.send_all(lanes=1) == ""
    assert device.spool.counts().blocked == 1  # never tried again by itself


def test_f11_the_same_picture_three_times_is_stored_once_with_three_receipts(make_device: Maker, studio: Studio):
    device = make_device(studio.url)
    session = Session(uuid4(), "f11", started_at=NOON)
    device.spool.begin_session(session)
    data = photograph(30)
    device.shots = [device.spool.add(session.session_id, data, taken_at=NOON, camera={}) for _ in range(3)]
    assert device.send_all() == ""
    assert len({shot.receipt for shot in device.spool.shots("done")}) == 1
    assert device.spool.counts().done == 3
    assert len(portraits(studio, device.paired.project_id, "f11")) == 1


def test_f15_with_a_clock_three_years_off_the_order_is_that_of_the_shots(make_device: Maker, studio: Studio):
    device = make_device(studio.url)
    wrong = NOON - timedelta(days=1096)
    device.spool.clock = lambda: wrong
    session = Session(uuid4(), "f15", started_at=wrong)
    device.spool.begin_session(session)
    clock = [0, 1, 2, -40_000_000, -39_999_999, 3]  # seconds; it jumps while the sitting goes on
    taken = [wrong + timedelta(seconds=second) for second in clock]
    device.shots = [device.spool.add(session.session_id, photograph(15), taken_at=at, camera={}) for at in taken]
    assert device.send_all() == ""
    assert device.all_arrived(studio)
    shown = portraits(studio, device.paired.project_id, "f15")
    assert [one["name"] for one in shown] == [shot.name for shot in device.shots]


def test_a_revoked_token_stops_the_lanes_and_a_new_pairing_sends_all(make_device: Maker, studio: Studio):
    paired = pair(studio, "Soon revoked")
    device = make_device(studio.url, paired)
    device.shoot(15, 15, 15, dataset="revoked")
    studio.call("DELETE", f"/devices/{paired.device_id}")
    assert "401" in (said := device.send_all()) or "token" in said.lower() or "sign" in said.lower()
    assert device.spool.counts().done == 0
    again = pair(studio, "Paired again")
    device.paired = Paired(again.token, again.project_id, again.device_id)
    device.spool.unblock(statuses=(401,))
    assert device.send_all() == ""
    assert device.all_arrived(studio)


def test_what_is_no_picture_is_parked_at_once_with_the_studios_sentence(make_device: Maker, studio: Studio):
    device = make_device(studio.url)
    session = Session(uuid4(), "no picture", started_at=NOON)
    device.spool.begin_session(session)
    bad = device.spool.add(session.session_id, picture(3000), taken_at=NOON, camera={})
    (good,) = device.shoot(15, dataset="no picture")
    assert device.send_all() == ""
    assert [(shot.sha256, shot.reason_status) for shot, _ in device.spool.blocked()] == [(bad.sha256, 422)]
    assert [shot.sha256 for shot in device.spool.shots("done")] == [good.sha256]


def test_a_picture_that_rotted_on_the_card_is_not_sent(make_device: Maker, studio: Studio):
    device = make_device(studio.url)
    rotten, whole = device.shoot(15, 15, dataset="rotten")
    path = device.spool.path_of(rotten)
    path.write_bytes(path.read_bytes()[:-10] + bytes(10))
    assert device.send_all() == ""
    assert [reason for _, reason in device.spool.blocked()] == [
        f"“{rotten.name}” was damaged on this device's disk. It was not sent."
    ]
    assert [shot.sha256 for shot in device.spool.shots("done")] == [whole.sha256]


def test_an_uploader_killed_in_the_middle_goes_on_where_it_was(make_device: Maker, studio: Studio, proxy: FaultProxy):
    """Also after its index was lost: the studio still has what it had."""
    device = make_device(proxy.url)
    (shot,) = device.shoot(3500, dataset="killed")
    proxy.cut_after(2_300_000)
    uploader = device.uploader(lanes=1)
    uploader.start()
    while not proxy.faults:
        time.sleep(0.01)
    proxy.refuse(20)  # until it is stopped; else it may be quicker than we are
    uploader.stop()
    assert device.spool.counts().sending == 1
    proxy.refuse(0)
    sent = proxy.bytes_up
    assert device.send_all(lanes=1) == ""
    assert device.all_arrived(studio)
    assert proxy.bytes_up - sent < shot.size_bytes
    assert shot.sha256 in stored_hashes(studio)


def test_it_gives_up_without_contact_and_waits_when_asked_to(make_device: Maker, studio: Studio, proxy: FaultProxy):
    device = make_device(proxy.url)
    device.shoot(15, 900, dataset="away")
    proxy.refuse(3.0)
    began = time.monotonic()
    assert "no contact with the studio for 1 s" in device.send_all(give_up_seconds=1.0)
    assert time.monotonic() - began < 2.5
    assert device.send_all(give_up_seconds=None) == ""
    assert device.all_arrived(studio)


def test_a_frozen_line_is_given_up_by_the_sockets_time_limit(make_device: Maker, studio: Studio, proxy: FaultProxy):
    device = make_device(proxy.url)
    device.timeout = 0.7
    device.shoot(15, 15, dataset="frozen")
    proxy.freeze()
    threading.Timer(2.0, proxy.cut).start()
    threading.Timer(2.0, proxy.thaw).start()
    assert device.send_all() == ""
    assert device.all_arrived(studio)
    assert proxy.connections_made > 2


def test_a_new_set_never_mixes_with_a_dataset_of_the_same_name(make_device: Maker, studio: Studio):
    first, second = make_device(studio.url), make_device(studio.url)
    first.shoot(15, dataset="windmill", append=False)
    assert first.send_all() == ""
    second.shoot(15, 15, dataset="windmill", append=False)
    second.shoot(15, dataset="windmill", append=True, started_at=NOON + timedelta(hours=1))
    assert second.send_all() == ""
    sizes = {name: len(portraits(studio, first.paired.project_id, name)) for name in ("windmill", "windmill 2")}
    assert sizes == {"windmill": 1, "windmill 2": 3}


def test_nothing_is_left_half_done_in_the_studio(studio: Studio):
    """After all of the above: what was begun anew or parked left no more than its own open upload."""
    assert len(half_files(studio)) <= 3
