"""Routes that cannot work are refused with a sentence; those that others hang on come first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_service.errors import RenderError
from gpu_service.protocol.routes import CueAction
from gpu_service.routes.graph import all_routes, check_routes, in_order
from gpu_service.routes.knobs import Knob
from tests.gpu_service.routes.scenes import plan_of, route

KNOBS = {"alpha": Knob("Alpha", 0, 1, (0, 1))}


def listening(name: str, to: str, **more):
    return route("alpha", {"kind": "route", "id": to}, id=name, **more)


def refusal(*routes, labels=(), stems=()):
    with pytest.raises(RenderError) as caught:
        check_routes(routes, knobs=KNOBS, labels=labels, stems=stems)
    assert caught.value.kind == "bad_input"
    return str(caught.value), caught.value.field


def test_rings_of_sources_and_of_amounts_are_refused():
    sentence, field = refusal(listening("a", "b"), listening("b", "c"), listening("c", "a"))
    assert "ring" in sentence
    assert all(f"“{name}”" in sentence for name in "abc")
    assert field.startswith("routes.")
    assert "ring" in refusal(listening("a", "a"))[0]
    assert "ring" in refusal(route("route:b", id="a"), route("route:a", id="b"))[0]
    assert "ring" in refusal(route("route:a", id="a"))[0]
    # Its curve is not its amount: the louder it is, the more it may move.
    check_routes(
        [route("alpha", id="a"), route("route:a", {"kind": "route", "id": "a"}, id="b")],
        knobs=KNOBS,
        labels=(),
        stems=(),
    )


@given(st.data())
def test_exactly_the_rings_are_refused(data):
    """Every route listens to one other: a ring is there if following the sources ever comes round."""
    count = data.draw(st.integers(1, 8))
    to = [data.draw(st.integers(-1, count - 1)) for _ in range(count)]
    routes = [
        listening(f"r{n}", f"r{target}") if target >= 0 else route("alpha", id=f"r{n}") for n, target in enumerate(to)
    ]

    def comes_round(n: int) -> bool:
        seen = set()
        while n >= 0 and n not in seen:
            seen.add(n)
            n = to[n]
        return n >= 0

    if any(comes_round(n) for n in range(count)):
        assert "ring" in refusal(*routes)[0]
    else:
        check_routes(routes, knobs=KNOBS, labels=(), stems=())
        order = [one.id for one in in_order(routes)]
        assert sorted(order) == sorted(one.id for one in routes)
        assert all(order.index(f"r{target}") < order.index(f"r{n}") for n, target in enumerate(to) if target >= 0)


def test_what_is_missing_is_named():
    cue = route("alpha", {"kind": "cue", "label": "Drop"})
    assert refusal(cue, labels={"Verse"}) == (
        "This route listens to cues labelled “Drop”, and there is none. Set one, or bypass it.",
        "routes.r.source",
    )
    assert "no stem “drums”" in refusal(route("alpha", {"kind": "stem", "stem": "drums"}), stems=["bass"])[0]
    assert refusal(route("push"))[1] == "routes.r.parameter"
    assert "“gone”" in refusal(listening("r", "gone"))[0]
    assert "“gone”" in refusal(route("route:gone"))[0]
    assert "another name" in refusal(route("alpha"), route("alpha"))[0]
    bypassed = cue.model_copy(update={"is_bypassed": True})
    check_routes([bypassed], knobs=KNOBS, labels=(), stems=())


def test_a_scene_is_refused_for_its_routes(little):
    with pytest.raises(RenderError, match="Gone"):
        plan_of(little, route(source={"kind": "cue", "label": "Gone"}))
    with pytest.raises(RenderError, match="No route can drive “seed”"):
        plan_of(little, route("seed"))
    # The envelope of a cue that was deleted moves nothing.
    action = CueAction(label="Gone", kind="envelope", parameter="truncation")
    assert plan_of(little, actions=[action]).value("truncation", [0, 5]).tolist() == [1.0, 1.0]


def test_envelopes_are_routes_that_no_person_can_name():
    action = CueAction(label="Drop", kind="envelope", parameter="alpha", attack_seconds=0.1)
    (made,) = all_routes([], [CueAction(label="Drop", kind="hold"), action])[0:1]
    assert made.id == "action:1"
    assert made.source.hold_seconds == pytest.approx(0.3)
