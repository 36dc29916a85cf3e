"""Out and in again: what a format carries comes back as it was."""

import io
from dataclasses import replace

import mido
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.tracks.exchange import own
from studio.tracks.exchange.bars import markers_of
from studio.tracks.exchange.formats import FORMATS, read
from studio.tracks.exchange.formula import guarded, unguarded
from studio.tracks.exchange.rows import MOST_CUES, About, CueRow, Look
from studio.tracks.grid import Marker, beats_of
from tests.studio.tracks.exchange import sheets

ABOUT = About("Undertow", "Undertow.wav", sheets.DURATION)
MICROSECOND = 1e-6
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def there_and_back(format_name: str, cues: list[CueRow], markers: list[Marker]) -> Look:
    written = FORMATS[format_name].write(sheets.sheet(cues, markers))
    look = read(written.data, ABOUT)
    assert look.format == format_name
    return look


def assert_same_times(found: list[CueRow], sent: list[CueRow], within: float) -> None:
    assert [cue.kind for cue in found] == [cue.kind for cue in sent]
    for one, other in zip(found, sent, strict=True):
        assert one.seconds == pytest.approx(other.seconds, abs=within)
        if one.end_seconds is not None:
            assert one.end_seconds == pytest.approx(other.end_seconds, abs=within)


@quick
@given(sheets.cues(labels=st.text(max_size=40).filter(lambda text: not set(text) & {"\x00"})), sheets.markers())
def test_our_own_file_keeps_every_field(cues, markers):
    rich = []
    for at, cue in enumerate(cues):
        end_beat = None if cue.end_seconds is None else at * 2.5
        rich.append(replace(cue, anchor=("seconds", "beats")[at % 2], beat=at * 1.5, end_beat=end_beat, id=f"id-{at}"))
    look = own.parse(FORMATS["own"].write(sheets.sheet(rich, markers)).data, ABOUT)
    assert look.cues == rich
    assert look.markers == markers
    assert look.left_out == []


@quick
@given(sheets.cues().filter(bool))
def test_audacity_labels_keep_times_and_names(cues):
    look = there_and_back("audacity", cues, [])
    assert_same_times(look.cues, cues, MICROSECOND)
    assert [cue.label for cue in look.cues] == [cue.label for cue in cues]


@quick
@given(sheets.cues().filter(bool), sheets.markers())
def test_csv_keeps_all_but_ties_to_beats(cues, markers):
    look = there_and_back("csv", cues, markers)
    assert_same_times(look.cues, cues, MICROSECOND)
    kept = [(cue.label, cue.colour, cue.hotkey) for cue in look.cues]
    assert kept == [(cue.label, cue.colour, cue.hotkey) for cue in cues]
    assert look.markers == markers


@quick
@given(st.text())
def test_a_guarded_cell_is_no_formula_and_comes_back_as_it_was(text):
    assert guarded(text)[:1] not in set("=+-@\t\r\n")
    assert unguarded(guarded(text)) == text


@quick
@given(sheets.cues().filter(bool), sheets.markers())
def test_rekordbox_keeps_the_grid_loops_hot_cues_and_colours(cues, markers):
    look = there_and_back("rekordbox", cues, markers)
    assert_same_times(look.cues, cues, 1e-3)
    kept = [(cue.label, cue.colour, cue.hotkey) for cue in look.cues]
    assert kept == [(cue.label, cue.colour, cue.hotkey) for cue in cues]
    assert [(one.seconds, one.beats_per_bar) for one in look.markers] == [
        (one.seconds, one.beats_per_bar) for one in markers
    ]
    assert [one.bpm for one in look.markers] == pytest.approx([one.bpm for one in markers], abs=1e-8)


@quick
@given(sheets.cues().filter(bool), sheets.markers())
def test_midi_keeps_times_to_a_millisecond_and_the_grid(cues, markers):
    look = there_and_back("midi", cues, markers)
    assert_same_times(look.cues, cues, 1e-3)
    assert [cue.label for cue in look.cues] == [cue.label for cue in cues]
    assert [one.seconds for one in look.markers] == pytest.approx([one.seconds for one in markers], abs=1e-3)
    kept = [(one.bpm, one.beats_per_bar, one.downbeat) for one in look.markers]
    assert kept == [(one.bpm, one.beats_per_bar, one.downbeat) for one in markers]


@quick
@given(sheets.cues(), sheets.markers().filter(bool))
def test_jams_keeps_times_names_and_beats(cues, markers):
    look = there_and_back("jams", cues, markers)
    nameless = [cue for cue in cues if not cue.label and cue.kind == "moment"]
    named = [cue for cue in cues if cue.label or cue.kind == "span"]
    assert_same_times(look.cues, [*nameless, *named], MICROSECOND)
    assert [cue.label for cue in look.cues] == [cue.label for cue in [*nameless, *named]]
    beats, downbeats = beats_of(markers, duration_seconds=sheets.DURATION)
    assert_beats(look.markers, beats, downbeats)


def assert_beats(markers: list[Marker], beats: list[float], downbeats: list[float]) -> None:
    """Every beat of the file is a beat of the grid within a millisecond, and every downbeat a downbeat."""
    ours, our_downbeats = (np.array(one) for one in beats_of(markers, duration_seconds=sheets.DURATION))
    for wanted, found in ((beats, ours), (downbeats, our_downbeats)):
        away = np.abs(found[:, None] - np.array(wanted)[None]).min(axis=0)
        assert away.max() < 1e-3


def test_ten_thousand_beats_that_wander_become_a_grid_a_track_can_hold():
    rng = np.random.default_rng(5)
    beats = np.cumsum(0.5 + rng.normal(0, 0.008, 10_000))
    markers, worst, _ = markers_of(beats.tolist(), [at % 4 + 1 for at in range(len(beats))])
    assert len(markers) <= 2_000
    assert worst <= 0.05


def test_steady_beats_are_one_marker_with_a_round_tempo():
    beats = [round(0.3 + at * 60 / 128, 6) for at in range(400)]
    markers, worst, _ = markers_of(beats, [(at + 2) % 4 + 1 for at in range(400)])
    assert [(round(one.seconds, 3), one.bpm, one.beats_per_bar) for one in markers] == [
        (round(0.3 + 2 * 60 / 128, 3), 128.0, 4)
    ]
    assert worst < 1e-5


def test_midi_says_how_far_a_time_is_off_at_960_ticks_per_beat():
    cues = [CueRow(0.25 + at * 0.00017, None, "x") for at in range(50)]
    written = FORMATS["midi"].write(sheets.sheet(cues, [Marker(0.0, 120.0)]))
    told = next(sentence for sentence in written.left_out if "ticks per beat" in sentence)
    assert told.startswith("Times are rounded to 960 ticks per beat: the furthest is 0.2")


def test_a_slow_grid_gets_finer_ticks_so_that_nothing_is_a_millisecond_off():
    cues = [CueRow(1.0 + at * 0.00037, None, "x") for at in range(50)]
    look = there_and_back("midi", cues, [Marker(0.0, 20.0)])
    assert_same_times(look.cues, cues, 1e-3)
    assert "1,920 ticks per beat." in look.facts


def test_beats_of_a_midi_file_fall_on_its_own_beats():
    """A sequencer's bar lines meet the music: every marker begins on a whole beat of the file."""
    written = FORMATS["midi"].write(sheets.usual())
    tick, found = 0, []
    for message in mido.MidiFile(file=io.BytesIO(written.data)).tracks[0]:
        tick += message.time
        if message.type == "text" and message.text.startswith("marker"):
            found.append(tick % 960)
    assert found == [0, 0, 0]


@pytest.mark.parametrize("first", [0.0, 0.00037, 0.003, 0.011, 0.05, 0.12, 0.3, 1.7, 30.0])
def test_before_a_grid_that_begins_anywhere_midi_has_tempos_that_sequencers_take(first):
    marker = Marker(first, 123.0, 4, 1)
    written = FORMATS["midi"].write(sheets.sheet([], [marker]))
    conductor = mido.MidiFile(file=io.BytesIO(written.data)).tracks[0]
    tempos = [60e6 / message.tempo for message in conductor if message.type == "set_tempo"]
    assert all(20 <= bpm <= 960 for bpm in tempos)
    (found,) = there_and_back("midi", [], [marker]).markers
    assert (found.bpm, found.seconds) == (123.0, pytest.approx(first, abs=1e-3))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_as_many_cues_as_a_track_holds_go_out_and_come_in_again(name):
    cues = [CueRow(at / 20, None, f"Cue {at}") for at in range(MOST_CUES)]
    look = there_and_back(name, cues, [])
    assert len(look.cues) == MOST_CUES
    assert look.cues[-1].label == f"Cue {MOST_CUES - 1}"


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_says_what_it_does_not_carry(name):
    cue = CueRow(1.0, None, "Drop", "red", 1, anchor="beats", beat=2.0)
    told = " ".join(FORMATS[name].write(sheets.sheet([cue], [Marker(0.0, 120.0, 4, 5)])).left_out)
    lost = {
        "own": [],
        "audacity": ["colours", "hot cue", "beats", "grid"],
        "csv": ["beats"],
        "jams": ["colours", "hot cue", "beats", "bars"],
        "midi": ["colours", "hot cue", "beats", "ticks"],
        "rekordbox": ["beats", "bars", "path"],
    }
    assert all(word in told for word in lost[name])
    assert bool(told) == bool(lost[name])
