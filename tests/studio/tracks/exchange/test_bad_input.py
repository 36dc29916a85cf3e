"""Files that are cut, hostile, foreign or no files of cues at all: a sentence, or the right part with a sentence."""

import io
import json
import random
import struct
import tracemalloc

import mido
import pytest

from studio.errors import Refused
from studio.tracks.exchange.formats import FORMATS, read
from studio.tracks.exchange.rows import MOST_CUES, About, Look
from tests.studio.tracks.exchange import sheets

ABOUT = About("Undertow", "Undertow.wav", sheets.DURATION)
HEAD = "time,end,label,kind,colour,hotkey,bar,beat,bpm,beats_per_bar\n"
BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE DJ_PLAYLISTS [<!ENTITY a "lol">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<DJ_PLAYLISTS><COLLECTION><TRACK Name="&c;"/></COLLECTION></DJ_PLAYLISTS>"""
EXTERNAL = b"""<!DOCTYPE DJ_PLAYLISTS [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<DJ_PLAYLISTS><COLLECTION><TRACK Name="&x;"/></COLLECTION></DJ_PLAYLISTS>"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


def looked(data: bytes, about: About = ABOUT) -> Look:
    return read(data, about)


def looked_or_told(data: bytes) -> Look | str:
    """What is in it, or the sentence why not."""
    try:
        return read(data, ABOUT)
    except Refused as refused:
        return str(refused)


def sentence(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read(data, ABOUT)
    assert caught.value.field == "file"
    assert str(caught.value).endswith(".")
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_file_cut_anywhere_is_told_or_gives_what_stands_before(name):
    whole = FORMATS[name].write(sheets.usual(120)).data
    complete = looked(whole)
    for at in random.Random(name).sample(range(1, len(whole)), 30):
        look = looked_or_told(whole[:at])
        if isinstance(look, str):
            assert look.endswith(".")
            continue
        kept = min(len(look.cues), len(complete.cues))
        # What came is the beginning of the whole; the last row may be cut within itself, and then it is told.
        assert look.cues[: max(0, kept - 1)] == complete.cues[: max(0, kept - 1)]
        if look.cues[:kept] != complete.cues[:kept] or look.markers != complete.markers:
            assert look.left_out, at


@pytest.mark.parametrize("data", [BILLION_LAUGHS, EXTERNAL])
def test_xml_with_entities_is_refused_unread(data):
    assert "declares entities" in sentence(data)


def test_xml_of_another_program_is_refused():
    assert "not from rekordbox" in sentence(b"<?xml version='1.0'?><plist><dict/></plist>")
    assert "cannot be read" in sentence(b"<DJ_PLAYLISTS><COLLECTION><TRACK")


def million(name: str) -> bytes:
    """A file of a million rows, or as near as its format's limits let it come."""
    many = range(1_000_000)
    if name == "audacity":
        return b"".join(b"%d.5\t%d.5\tx\n" % (at, at) for at in many)
    if name == "csv":
        return HEAD.encode() + b"".join(b"%d.5,,x\n" % at for at in many)
    if name == "rekordbox":
        rows = b'<POSITION_MARK Start="1" Num="-1"/>' * 900_000
        return b'<DJ_PLAYLISTS><COLLECTION><TRACK Name="x">' + rows + b"</TRACK></COLLECTION></DJ_PLAYLISTS>"
    if name == "own":
        rows = b",".join([b'{"seconds":1}'] * 1_000_000)
        return b'{"format":"phosphene track","version":1,"cues":[' + rows + b"]}"
    if name == "jams":
        rows = b",".join([b'{"time":1}'] * 1_000_000)
        return b'{"annotations":[{"namespace":"onset","data":[' + rows + b"]}]}"
    track = b"\x00\x90\x40\x40" + b"\x01\x40\x40\x01\x40\x00" * 500_000
    return b"MThd" + struct.pack(">LHHH", 6, 0, 1, 960) + b"MTrk" + struct.pack(">L", len(track)) + track


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_million_rows_cost_bounded_time_and_memory_and_a_sentence(name):
    data = million(name)
    tracemalloc.start()
    look = looked_or_told(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    if isinstance(look, str):
        assert any(word in look for word in ("more parts", "larger than 32 MB"))
    else:
        assert len(look.cues) <= MOST_CUES
        assert any("beyond" in told for told in look.left_out)
    assert most < 6 * len(data) + 60e6


@pytest.mark.parametrize("bad", ["nan", "inf", "-inf", "NaN", "1e999", "0x10", "1_000", "", "abc", "１２"])
def test_times_that_are_no_numbers_are_left_out_and_told(bad):
    for data in (f"1.0\t1.0\ta\n{bad}\t{bad}\tb\n", f"{HEAD}1.0,,a\n{bad},,b\n"):
        look = looked(data.encode())
        assert [cue.label for cue in look.cues] == ["a"]
        assert any("line 2" in told or "line 3" in told for told in look.left_out)


@pytest.mark.parametrize("bad", ["NaN", "Infinity", "1e999", '"1"', "null", "true", "[]"])
def test_json_times_that_are_no_numbers_are_left_out_and_told(bad):
    own = f'{{"format":"phosphene track","version":1,"cues":[{{"seconds":1}},{{"seconds":{bad}}}]}}'
    jams = f'{{"annotations":[{{"namespace":"onset","data":[{{"time":1}},{{"time":{bad}}}]}}]}}'
    for data in (own, jams):
        look = looked(data.encode())
        assert len(look.cues) == 1
        assert any("without a readable time" in told for told in look.left_out)


def test_negative_and_huge_times_are_read_as_they_stand_for_an_offset_may_mend_them():
    look = looked(b"-3.5\t-3.5\tearly\n1e12\t1e12\tlate\n")
    assert [cue.seconds for cue in look.cues] == [-3.5, 1e12]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("text", ["1.5\t1.5\tHäär\n2.5\t2.5\tÇa\n", HEAD + "1.5,,Häär\n2.5,,Ça\n"])
def test_names_in_any_usual_encoding_come_in_right_and_the_encoding_is_told(codec, text):
    look = looked(text.encode(codec))
    assert [cue.label for cue in look.cues] == ["Häär", "Ça"]
    if codec not in ("utf-8", "utf-8-sig"):
        assert any("UTF" in fact for fact in look.facts)


def test_nul_bytes_are_left_out_of_names():
    look = looked(b"1.5\t1.5\tDr\x00op\n")
    assert (look.cues[0].label, look.facts) == ("Drop", ["NUL bytes in the text were left out."])


def test_decimal_commas_are_read():
    assert [(one.seconds, one.end_seconds) for one in looked(b"1,500000\t2,250000\ta\n").cues] == [(1.5, 2.25)]
    look = looked(b"time;end;label\n1,5;2,25;a\n0:02,5;;b\n")
    assert [(one.seconds, one.end_seconds, one.label) for one in look.cues] == [(1.5, 2.25, "a"), (2.5, None, "b")]


def test_frequencies_of_audacity_are_left_out_and_told():
    look = looked(b"1.0\t2.0\ta\n\\\t100.000000\t2000.000000\n3.0\t3.0\tb\n")
    assert [cue.label for cue in look.cues] == ["a", "b"]
    assert any("frequencies of 1 label" in told for told in look.left_out)


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("0.5,New Point\n1.25,Other\n", [(0.5, None, "New Point"), (1.25, None, "Other")]),
        ("0.5,2.0,Verse\n", [(0.5, 2.0, "Verse")]),
        ("Name\tStart\tDuration\tTime Format\tType\nA\t0:01.500\t0:02.000\tdecimal\tCue\n", [(1.5, 3.5, "A")]),
        ('time,label\n1,"two\nlines"\n2,"a ""b"""\n', [(1.0, None, "two\nlines"), (2.0, None, 'a "b"')]),
        ("time,label\n1:00:02.5,hour\n", [(3602.5, None, "hour")]),
        ("time,label\n1,'=SUM(A1)\n2,'quoted'\n", [(1.0, None, "=SUM(A1)"), (2.0, None, "'quoted'")]),
    ],
)
def test_tables_of_other_programs_are_understood(table, found):
    assert [(cue.seconds, cue.end_seconds, cue.label) for cue in looked(table.encode()).cues] == found


def test_cells_that_a_spreadsheet_would_run_get_an_apostrophe():
    rows = [sheets.CueRow(1.0, None, label) for label in ("=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "'=x", "plain")]
    text = FORMATS["csv"].write(sheets.sheet(rows, [])).data.decode("utf-8-sig")
    assert [f",'{label}" in text or f",\"'{label}" in text for label in ("=1+1", "+1", "-1", "@a", "\t=1", "\r=1")] == [
        True
    ] * 6
    assert ",''=x," in text
    assert ",plain," in text
    assert [cue.label for cue in looked(text.encode()).cues] == [cue.label for cue in rows]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\x00\x00\x00"])
def test_an_empty_file_is_told(data):
    assert sentence(data) == "The file is empty."


def test_a_picture_named_csv_is_told():
    assert sentence(PNG).startswith("The file is a picture, whatever its name says.")
    assert "no text" in sentence(bytes(range(1, 32)) * 100)


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF\x10\x00\x00\x00WAVEfmt " + bytes(40),
        b"FORM\x00\x00\x00\x10AIFF" + bytes(40),
        b"\xff\xfb\x90\x64" + bytes(40),
        b"\x00\x00\x00\x1cftypM4A " + bytes(40),
    ],
)
def test_sound_named_csv_is_told(data):
    assert sentence(data).startswith("The file is sound")


def test_a_table_whose_head_begins_like_sound_is_a_table():
    assert [cue.seconds for cue in looked(b"FORMAT,time\nx,1.5\n").cues] == [1.5]


def test_colours_of_other_programs_become_the_nearest_and_others_are_told():
    look = looked(b"#,Name,Start,Color\nM1,a,0.5,E01010\nM2,b,1.5,#20d020\nM3,c,2.5,\nM4,d,3.5,plaid\n")
    assert [cue.colour for cue in look.cues] == ["red", "green", "blue", "blue"]
    assert "1 row of a colour that cues have not: taken as blue." in look.left_out


@pytest.mark.parametrize(
    "data", [b"hello\nworld\n", b"name,colour\na,b\n", b"[1, 2]", b"{}", b"[{}]", b'{"annotations": []}']
)
def test_text_that_holds_no_cues_is_told(data):
    sentence(data)


def test_json_nested_deeply_is_told():
    assert "nested" in sentence(b'{"format":"phosphene track","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
    assert "far too long" in sentence(b'{"x":' + b"9" * 10_000 + b"}")


def test_a_file_of_a_newer_studio_is_told():
    assert "newer Phosphene" in sentence(b'{"format":"phosphene track","version":2}')
    assert "does not say its version" in sentence(b'{"format":"phosphene track","version":true}')


def test_duplicate_ids_come_in_as_cues_of_their_own():
    rows = [{"id": "a", "seconds": 1}, {"id": "a", "seconds": 2}]
    look = looked(json.dumps({"format": "phosphene track", "version": 1, "cues": rows}).encode())
    assert [cue.id for cue in look.cues] == ["a", None]
    assert any("id of another" in told for told in look.left_out)


def test_half_a_letter_in_json_cannot_reach_the_database():
    data = b'{"format":"phosphene track","version":1,"cues":[{"seconds":1,"label":"a\\ud800\\u0000b"}]}'
    assert looked(data).cues[0].label == "ab"


# MIDI


def midi(tracks: list[list[mido.Message]], *, ticks: int = 480, kind: int = 1) -> bytes:
    out = io.BytesIO()
    mido.MidiFile(type=kind, ticks_per_beat=ticks, tracks=[mido.MidiTrack(one) for one in tracks]).save(file=out)
    return out.getvalue()


def note(delta: int, pitch: int = 60, length: int = 10) -> list[mido.Message]:
    return [mido.Message("note_on", note=pitch, time=delta), mido.Message("note_off", note=pitch, time=length)]


def test_running_status_and_notes_ended_by_silence_are_read():
    track = b"\x00\x90\x3c\x40" + b"\x60\x3c\x00" + b"\x60\x3e\x40" + b"\x60\x3e\x00" + b"\x00\xff\x2f\x00"
    data = b"MThd" + struct.pack(">LHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">L", len(track)) + track
    look = looked(data, About(choices={"notes": "spans"}))
    assert [(cue.seconds, cue.end_seconds, cue.label) for cue in look.cues] == [(0.0, 0.5, "C4"), (1.0, 1.5, "D4")]


def test_smpte_division_counts_in_frames():
    track = b"\x00\x90\x3c\x40" + b"\x81\x48\x3c\x00" + b"\x81\x48\x3e\x40" + b"\x00\xff\x2f\x00"  # 200 ticks apart
    division = struct.pack(">bB", -25, 40)  # 25 frames of 40 ticks: a tick is a millisecond
    data = b"MThd" + struct.pack(">LHH", 6, 0, 1) + division + b"MTrk" + struct.pack(">L", len(track)) + track
    look = looked(data)
    assert [cue.seconds for cue in look.cues] == pytest.approx([0.0, 0.4])
    assert look.markers == []
    assert any("SMPTE" in fact for fact in look.facts)


def test_ten_thousand_tempo_changes_become_a_grid_that_a_track_can_hold():
    tempos = [
        mido.MetaMessage("set_tempo", tempo=500_000 + 40 * (at % 50), time=480 if at else 0) for at in range(10_000)
    ]
    look = looked(midi([tempos]), About(duration_seconds=6 * 3600.0))
    assert 1 <= len(look.markers) <= 2_000
    assert any("made anew of" in told for told in look.left_out)


def test_a_change_of_meter_and_tempo_on_bar_lines_is_kept_as_it_is():
    track = [
        mido.MetaMessage("time_signature", numerator=3, denominator=4, time=0),
        mido.MetaMessage("set_tempo", tempo=500_000, time=0),
        mido.MetaMessage("set_tempo", tempo=400_000, time=480 * 6),
        mido.MetaMessage("time_signature", numerator=7, denominator=8, time=480 * 3),
    ]
    look = looked(midi([track]))
    found = [(one.seconds, one.bpm, one.beats_per_bar, one.downbeat) for one in look.markers]
    assert found == [(0.0, 120.0, 3, 1), (3.0, 150.0, 3, 3), (4.2, 300.0, 7, 4)]


def test_a_tempo_of_nothing_a_wrong_key_and_a_strange_chunk_cost_nothing():
    good = midi([[mido.MetaMessage("set_tempo", tempo=0, time=0), *note(480)]])
    broken = b"\x00\xff\x59\x02\x40\x09" + b"\x00\xff\x2f\x00"  # a key signature that does not exist
    strange = b"XFIH" + struct.pack(">L", 4) + b"abcd"
    look = looked(good + strange + b"MTrk" + struct.pack(">L", len(broken)) + broken)
    assert [cue.seconds for cue in look.cues] == [0.5]


def test_a_track_that_turns_to_nonsense_gives_what_stands_before():
    good = midi([note(480)])
    nonsense = b"\x00\x90\x3c\x40\x00\x3c\x00" + b"\xff\xff\xff\xff\xff"
    look = looked(good + b"MTrk" + struct.pack(">L", len(nonsense)) + nonsense)
    assert [cue.seconds for cue in look.cues] == [0.0, 0.5]
    assert any("what is no MIDI" in told for told in look.left_out)


def test_words_at_a_note_name_it_and_markers_are_cues():
    track = [
        mido.MetaMessage("marker", text="Chorus", time=960),
        *note(0),
        mido.MetaMessage("marker", text="End", time=470),
    ]
    look = looked(midi([[mido.MetaMessage("set_tempo", tempo=500_000)], track]))
    assert [(round(cue.seconds, 3), cue.label) for cue in look.cues] == [(1.0, "Chorus"), (1.5, "End")]
    assert [choice.name for choice in look.asked] == ["notes"]


def test_songs_of_a_type_2_file_are_not_laid_over_each_other():
    look = looked(midi([note(480), note(0)], kind=2))
    assert [cue.seconds for cue in look.cues] == [0.5]
    assert any("2 songs" in told for told in look.left_out)


# rekordbox


def collection(*tracks: str) -> bytes:
    return f'<DJ_PLAYLISTS Version="1.0.0"><COLLECTION>{"".join(tracks)}</COLLECTION></DJ_PLAYLISTS>'.encode()


def track(name: str, inside: str = "", total: int = 600) -> str:
    return f'<TRACK TrackID="1" Name="{name}" TotalTime="{total}" Location="file://localhost/m/{name}.wav">{inside}</TRACK>'


def mark(start: str, **more: str) -> str:
    rest = "".join(f' {key}="{value}"' for key, value in more.items())
    return f'<POSITION_MARK Start="{start}"{rest}/>'


def test_of_a_collection_the_track_of_that_name_is_offered_and_any_other_can_be_chosen():
    data = collection(track("Other", mark("1")), track("Undertow", mark("2")), track("Third", mark("3")))
    look = looked(data)
    assert ([cue.seconds for cue in look.cues], look.asked[0].value) == ([2.0], "2")
    assert [title for _, title in look.asked[0].options] == ["Other", "Undertow", "Third"]
    chosen = looked(data, About("Undertow", "Undertow.wav", choices={"track": "3"}))
    assert [cue.seconds for cue in chosen.cues] == [3.0]


def test_of_a_collection_without_it_the_person_must_choose():
    look = looked(collection(track("A", mark("1")), track("B", mark("2"))))
    assert (look.cues, look.asked[0].value) == ([], "")
    assert any("Choose which of them" in told for told in look.left_out)


def test_pads_taken_twice_fades_and_bad_loops_are_told():
    rows = [
        mark("1", Num="0", Name="A"), mark("2", Num="0", Name="B"), mark("3", Num="12"), mark("4", Type="1", Num="-1"),
        mark("5", Type="4", Num="-1"), mark("6", Type="4", End="8.5", Num="1"), mark("x", Num="-1"),
    ]  # fmt: skip
    look = looked(collection(track("Undertow", "".join(rows))))
    found = [(cue.seconds, cue.end_seconds, cue.hotkey) for cue in look.cues]
    assert found == [(1.0, None, 1), (2.0, None, None), (3.0, None, None), (4.0, None, None), (6.0, 8.5, 2)]
    told = " ".join(look.left_out)
    assert all(word in told for word in ("pad", "fades", "loops without a readable end", "without a readable time"))


def test_a_tempo_that_begins_within_a_bar_puts_the_downbeats_where_they_belong():
    rows = '<TEMPO Inizio="0.5" Bpm="120.00" Metro="4/4" Battito="3"/>'
    look = looked(collection(track("Undertow", rows)))
    (marker,) = look.markers
    assert (marker.bpm, marker.beats_per_bar) == (120.0, 4)
    assert (marker.seconds - 1.5) % 2.0 == pytest.approx(0.0, abs=1e-5)


def test_xml_in_utf_16_is_read():
    text = collection(track("Undertow", mark("1", Name="Ümlaut"))).decode()
    look = looked(f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16"))
    assert look.cues[0].label == "Ümlaut"


# JAMS


def test_jams_of_older_files_and_other_kinds_of_annotation():
    onset = {
        "namespace": "onset",
        "data": {"time": [1.0, 2.0], "duration": [0, 0], "value": [1, 1], "confidence": [0.5, 1]},
    }
    chords = {"namespace": "chord", "data": [{"time": 0, "duration": 1, "value": "C"}]}
    look = looked(json.dumps({"annotations": [onset, chords, "x"]}).encode())
    assert [cue.seconds for cue in look.cues] == [1.0, 2.0]
    told = " ".join(look.left_out)
    assert "confidence of 2 rows" in told
    assert "chord" in told


def test_beats_that_pause_are_told():
    times = [at * 0.5 for at in range(40)] + [40 + at * 0.5 for at in range(40)]
    data = [{"time": one, "duration": 0, "value": at % 4 + 1} for at, one in enumerate(times)]
    look = looked(json.dumps({"annotations": [{"namespace": "beat", "data": data}]}).encode())
    assert any("1 pause" in told for told in look.left_out)
    assert [round(one.bpm, 2) for one in look.markers] == [120.0, 120.0]
