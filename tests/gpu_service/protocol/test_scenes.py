"""Frame rates, frame counts, segments and the recipe's hash."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_service.protocol import (
    Recipe,
    SceneSpec,
    TrackRef,
    canonical_json,
    default_segment_frames,
    frames_in,
    parse_fps,
    plan_segments,
    recipe_sha256,
)


def some_recipe(**changes: object) -> Recipe:
    scene = SceneSpec(
        visualizer="noise-blend",
        tracks=[TrackRef(sha256="a" * 64, name="song", duration_seconds=10)],
        width=64,
        height=64,
        duration_seconds=10,
    )
    return Recipe.model_validate(
        {"scene": scene, "first_frame": 0, "end_frame": 300, "segment_frames": 64, "versions": {"b": "1", "a": "2"}}
        | changes
    )


@given(first=st.integers(0, 5000), length=st.integers(1, 5000), segment=st.integers(1, 400))
def test_segments_cover_every_frame_once_and_cut_at_the_same_places(first, length, segment):
    parts = plan_segments(first, end_frame=first + length, segment_frames=segment)
    assert [frame for a, b in parts for frame in range(a, b)] == list(range(first, first + length))
    assert all(a % segment == 0 for a, _ in parts[1:])


def test_nothing_to_draw_has_no_segments():
    assert plan_segments(10, end_frame=10, segment_frames=4) == []


@pytest.mark.parametrize(("text", "rate"), [("30", Fraction(30)), ("30000/1001", Fraction(30000, 1001))])
def test_frame_rates_are_exact(text, rate):
    assert parse_fps(text) == rate


@pytest.mark.parametrize("text", ["fast", "", "1/0", "0", "-30", "1000", "nan"])
def test_other_frame_rates_are_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"\.$"):
        parse_fps(text)


def test_frames_cover_the_track_and_a_hair_of_rounding_adds_none():
    assert frames_in(12.0, fps=Fraction(30)) == 360
    assert frames_in(12.0000000001, fps=Fraction(30)) == 360
    assert frames_in(12.001, fps=Fraction(30)) == 361
    assert frames_in(3600.0, fps=Fraction(30000, 1001)) == 107893


def test_a_segment_lasts_about_two_seconds_and_holds_whole_batches():
    for fps in ("24", "25", "30000/1001", "60", "12"):
        frames = default_segment_frames(parse_fps(fps))
        assert frames % 16 == 0
        assert 1.3 <= frames / parse_fps(fps) <= 2.7


def test_a_recipe_has_the_same_hash_however_its_keys_are_ordered_and_another_for_another_film():
    recipe = some_recipe()
    again = Recipe.model_validate_json(canonical_json(recipe))
    assert again == recipe
    assert recipe_sha256(again) == recipe_sha256(some_recipe(versions={"a": "2", "b": "1"}))
    assert recipe_sha256(recipe) != recipe_sha256(some_recipe(end_frame=301))
