"""Filters, orders, index and facets say what a plain reading of every row says."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.datasets.facets import BINS, SPANS, facets_of
from studio.datasets.filters import LibraryFilter, Selection
from studio.datasets.index import index_of
from studio.datasets.models import CaptureSession, Decision, Portrait
from studio.datasets.order import page_after
from studio.datasets.query import matching, selected
from tests.studio.datasets.library import START, make_dataset, make_portraits, make_session

pytestmark = pytest.mark.django_db

COUNT = 330
PAGE = 24
SCORES = ("faces", "face_px", "sharpness", "clipped", "brightness", "roll", "off_centre")
VERDICTS = {"unreviewed": 0, "picked": 1, "rejected": -1}


@pytest.fixture
def dataset(project):
    """Three sittings, the last two at the same time; some decided, some in stacks, some in the bin."""
    dataset, chance = make_dataset(project), random.Random(5)
    for number in range(3):
        session = make_session(dataset, day=min(number, 1) * 40, name=f"Sitting {number}")
        make_portraits(session, COUNT // 3, seed=number)
    rows = list(Portrait.objects.all())
    for row in rows:
        if chance.random() < 0.3:
            row.stack, row.is_stack_top = chance.choice(rows).pk, chance.random() < 0.4
        if chance.random() < 0.1:
            row.binned_at = START
        if chance.random() < 0.1:
            row.taken_at = START  # many of one moment
    Portrait.objects.bulk_update(rows, ["stack", "is_stack_top", "binned_at", "taken_at"])
    Decision.objects.bulk_create(
        Decision(portrait=row, dataset=dataset, verdict=chance.choice((-1, 0, 1)), stars=chance.randrange(6))
        for row in rows
        if chance.random() < 0.6
    )
    return dataset


def ranges(low, high):
    end = st.none() | st.integers(low, high).map(float) | st.floats(low, high).map(lambda value: round(value, 2))
    return st.none() | st.tuples(end, end).map(
        lambda span: span if None in span else (min(span), max(span))  # type: ignore[type-var]
    )


@st.composite
def filters(draw):
    said = {
        "verdict": draw(st.sampled_from(["any", "any", *VERDICTS])),
        "stars": draw(ranges(0, 5)),
        "faces": draw(ranges(0, 4)),
        "face_px": draw(ranges(0, 1400)),
        "sharpness": draw(ranges(0, 100)),
        "clipped": draw(ranges(0, 8)),
        "roll": draw(ranges(-30, 30)),
        "duplicates": draw(st.sampled_from(["all", "all", "tops", "stacked"])),
        "state": draw(st.sampled_from(["any", "any", "ready", "broken"])),
        "text": draw(st.sampled_from(["", "", "", "SITTING 1", "_0001", "nowhere"])),
        "taken": draw(
            st.sampled_from([None, None, (START, None), (None, START), (START + timedelta(seconds=40), None)])
        ),
        "binned": draw(st.sampled_from([False, False, False, True])),
        "sort": draw(st.sampled_from(["taken", "received", "sharpness", "face_px", "stars"])),
        "descending": draw(st.booleans()),
    }
    # Most filters set one or two conditions.
    kept = draw(st.sets(st.sampled_from(sorted(said)), max_size=4)) | {"sort", "descending", "binned"}
    return LibraryFilter.model_validate({name: value for name, value in said.items() if name in kept})


class Plain:
    """The rows of a dataset in memory, and what a filter means, said once more and slowly."""

    def __init__(self, dataset):
        self.rows = list(Portrait.objects.filter(dataset=dataset).select_related("session"))
        decided = {row.portrait_id: (row.verdict, row.stars) for row in Decision.objects.filter(dataset=dataset)}
        for row in self.rows:
            row.verdict, row.given = decided.get(row.pk, (0, 0))

    def matching(self, wanted, *, without=(), any_verdict=False, only=None):
        rows = [row for row in self.rows if (row.binned_at is not None) == wanted.binned]
        names = [name for name in LibraryFilter.model_fields if name in TESTS and name not in without]
        for name in names if only is None else only:
            rows = [row for row in rows if TESTS[name](row, getattr(wanted, name))]
        if not any_verdict and wanted.verdict != "any":
            rows = [row for row in rows if row.verdict == VERDICTS[wanted.verdict]]
        return rows

    def in_order(self, rows, wanted):
        if wanted.sort in ("sharpness", "face_px"):
            known = [row for row in rows if getattr(row, wanted.sort) is not None]
            unknown = [row for row in rows if getattr(row, wanted.sort) is None]
            known.sort(key=lambda row: (getattr(row, wanted.sort), row.pk), reverse=wanted.descending)
            unknown.sort(key=lambda row: row.pk, reverse=wanted.descending)
            return known + unknown
        keys = {
            "taken": lambda row: (row.taken_at, row.pk),
            "received": lambda row: (row.received_at, row.pk),
            "stars": lambda row: (row.given, row.taken_at, row.pk),
        }
        return sorted(rows, key=keys[wanted.sort], reverse=wanted.descending)


def within(value, span):
    if span is None:
        return True
    low, high = span
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def is_said(row, text):
    return text.lower() in row.name.lower() or text.lower() in row.session.name.lower()


TESTS = {name: lambda row, span, name=name: within(getattr(row, name), span) for name in SCORES}
TESTS |= {
    "stars": lambda row, span: within(row.given, span),
    "taken": lambda row, span: within(row.taken_at, span),
    "duplicates": lambda row, kind: {"all": True, "tops": row.is_stack_top, "stacked": row.stack is not None}[kind],
    "state": lambda row, state: state in ("any", row.state),
    "text": is_said,
}


def walk(dataset, wanted):
    """All rows by pages, and the key that each page began with."""
    rows, keys, key = [], [], ""
    while key is not None:
        keys.append(key or None)
        page, key = page_after(dataset.pk, matching(dataset.pk, wanted), wanted, after=key, size=PAGE)
        rows += page
    return [row.pk for row in rows], keys


def quietly(**more):
    return settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), **more)


def test_pages_index_and_facets_agree_with_every_row(dataset, monkeypatch):
    monkeypatch.setattr("studio.datasets.index.PAGE", PAGE)
    plain = Plain(dataset)

    @quietly(max_examples=60)
    @given(wanted=filters())
    def agree(wanted):
        expected = plain.in_order(plain.matching(wanted), wanted)
        found, keys = walk(dataset, wanted)
        assert found == [row.pk for row in expected]
        index = index_of(dataset.pk, wanted, at=found[-1] if found else 0)
        assert (index["count"], index["at_rank"]) == (len(found), len(found) - 1 if found else None)
        assert [stop["key"] for stop in index["stops"]] == (keys if found else [])
        check_sections(index, expected, wanted)
        undecided = plain.matching(wanted, any_verdict=True)
        assert index["verdicts"] == {
            "any": len(undecided),
            **{name: sum(row.verdict == number for row in undecided) for name, number in VERDICTS.items()},
        }
        check_facets(facets_of(dataset.pk, wanted), plain, wanted)

    agree()


def check_sections(index, expected, wanted):
    """Sections and months cover the rows without gap, where the order is a time."""
    if wanted.sort not in ("taken", "received"):
        assert index["sections"] == index["months"] == []
        return
    column = "taken_at" if wanted.sort == "taken" else "received_at"
    for spans in (index["sections"], index["months"]):
        ranks = [span["rank"] for span in spans]
        assert ranks == [sum(span["count"] for span in spans[:place]) for place in range(len(spans))]
        assert sum(span["count"] for span in spans) == len(expected)
    for section in index["sections"]:
        rows = expected[section["rank"] : section["rank"] + section["count"]]
        assert set(section["session_ids"]) == {row.session_id for row in rows}
        assert section["matched"] == sum(row.session_id in section["session_ids"] for row in expected)
        times = [getattr(row, column) for row in rows]
        assert (section["first_at"], section["last_at"]) == (min(times), max(times))
    for month in index["months"]:
        rows = expected[month["rank"] : month["rank"] + month["count"]]
        assert {f"{getattr(row, column):%Y-%m}" for row in rows} == {month["month"]}


def check_facets(said, plain, wanted):
    kept = plain.matching(wanted)
    assert said["count"] == len(kept)
    names = list(said["chips"])
    for place, name in enumerate(names):
        so_far = plain.matching(wanted, only=names[: place + 1], any_verdict=True)
        assert said["chips"][name] == len(so_far), name
        assert said["without"][name] == len(plain.matching(wanted, without=(name,))), name
    for name, histogram in said["histograms"].items():
        others = plain.matching(wanted, without=(name,))
        assert histogram["bins"] == binned(others, name, histogram), name
        assert histogram["kept"] == binned(kept, name, histogram), name
        assert name == "face_px" or (histogram["from"], histogram["to"]) == SPANS[name]
    faces = [row.faces for row in plain.matching(wanted, without=("faces",))]
    assert said["faces"] == {
        **{str(count): faces.count(count) for count in range(3)},
        "3+": sum(count is not None and count >= 3 for count in faces),
    }
    given = [row.given for row in plain.matching(wanted, without=("stars",))]
    assert said["stars"] == [given.count(count) for count in range(6)]
    every = plain.matching(wanted, without=("duplicates",))
    assert said["duplicates"] == {
        "all": len(every),
        "tops": sum(row.is_stack_top or row.stack is None for row in every),
        "stacked": sum(row.stack is not None for row in every),
    }


def binned(rows, name, histogram):
    counts, begin, end = [0] * BINS, histogram["from"], histogram["to"]
    for row in rows:
        if (value := getattr(row, name)) is not None:
            counts[min(max(int((value - begin) * (BINS / (end - begin))), 0), BINS - 1)] += 1
    return counts


def test_two_cameras_at_once_are_one_section_of_two_sittings(project):
    dataset = make_dataset(project)
    make_portraits(make_session(dataset, name="before"), 30)
    for number in range(2):
        make_portraits(make_session(dataset, day=1, name=f"camera {number}"), 40, seed=number + 1)
    sections = index_of(dataset.pk, LibraryFilter.model_validate({}))["sections"]
    assert [(section["rank"], section["count"]) for section in sections] == [(0, 30), (30, 80)]
    assert len(sections[1]["session_ids"]) == 2


def test_a_selection_is_a_list_or_a_filter_with_exceptions(dataset):
    every = sorted(Portrait.objects.filter(binned_at=None).values_list("pk", flat=True))
    rows = selected(dataset.pk, Selection.model_validate({"filter": {}, "except_ids": every[:3]}))
    assert sorted(rows.values_list("pk", flat=True)) == every[3:]
    rows = selected(dataset.pk, Selection.model_validate({"ids": [*every[:2], 2**60]}))
    assert sorted(rows.values_list("pk", flat=True)) == every[:2]
    sessions = [str(CaptureSession.objects.get(name="Sitting 2").pk)]
    rows = selected(dataset.pk, Selection.model_validate({"filter": {"sessions": sessions}}))
    assert set(rows.values_list("session__name", flat=True)) == {"Sitting 2"}


def test_an_empty_dataset_has_an_index_and_facets(project):
    dataset = make_dataset(project)
    for wanted in ({}, {"sessions": []}, {"sort": "stars", "faces": [1, None]}):
        query = LibraryFilter.model_validate(wanted)
        index, facets = index_of(dataset.pk, query, at=3), facets_of(dataset.pk, query)
        assert (index["count"], index["stops"], index["sections"], index["at_rank"]) == (0, [], [], None)
        assert (facets["count"], sum(facets["histograms"]["roll"]["bins"])) == (0, 0)
