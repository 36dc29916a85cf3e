"""What of an audio-reactive film the music decides: the parameters that its signal stages read."""

from typing import Literal

from gpu_service.music.reactive.segments import Top
from gpu_service.music.reactive.separation import OWN, separators
from gpu_service.music.reactive.turning import Disorder, Saw
from gpu_service.protocol.signal_sets import HITS, SIGNAL_SETS
from gpu_service.protocol.signals import SignalSet
from gpu_service.visualizers.parameters import Parameters, parameter

SIGNALS, SEGMENTS, SEEDS, TURNING = "Signals", "Segments", "Seeds", "Turning"
AIART_COMPONENT_SEEDS = (388, 51, 97, 251, 389, 447, 185, 35, 166, 8, 21, 39)
MOST_SEEDS = 2_000


class ReactiveParameters(Parameters):
    """Signals, segments, seeds and turning. A visualizer adds how it draws."""

    signals: SignalSet = parameter(
        HITS,
        title="Signals",
        help="What is heard in which stem, and what is made of it.",
        group=SIGNALS,
        control="json",
        form="signals",
        examples=[signals.model_dump(mode="json") for signals in SIGNAL_SETS.values()],
    )
    separator: str = parameter(
        OWN,
        title="Separator",
        help="What takes the mix apart into stems. Uploaded stems come first, by their names.",
        group=SIGNALS,
        control="choice",
        among=separators(),
    )
    seed: int = parameter(
        8,
        title="Seed of the segments",
        help="Draws one seed per segment; another number is another film.",
        group=SEEDS,
        minimum=0,
        maximum=2**31 - 1,
        step=1,
        control="number",
    )
    other_seed: int = parameter(
        42,
        title="Seed of the second set",
        help="The same for the set that the mix signal brings in.",
        group=SEEDS,
        minimum=0,
        maximum=2**31 - 1,
        step=1,
        control="number",
    )
    segment_seeds: list[int] = parameter(
        [],
        title="Chosen seeds of the segments",
        help="Pictures picked by hand, one after the other and over again; empty draws them.",
        group=SEEDS,
        control="json",
        most=MOST_SEEDS,
    )
    other_seeds: list[int] = parameter(
        [],
        title="Chosen seeds of the second set",
        help="The same for the second set.",
        group=SEEDS,
        control="json",
        most=MOST_SEEDS,
    )
    component_seeds: list[int] = parameter(
        list(AIART_COMPONENT_SEEDS),
        title="Seeds of the twelve parts",
        help="The picture that each part of the music pulls towards.",
        group=SEEDS,
        control="json",
        most=24,
    )
    narrowest_seconds: float = parameter(
        1.25,
        title="Shortest valley",
        help="A boundary is a quiet valley that lasts at least about so long.",
        group=SEGMENTS,
        unit="s",
        minimum=0.1,
        maximum=30.0,
        step=0.05,
        scale="log",
    )
    widest_seconds: float = parameter(
        349 / 24,
        title="Longest valley",
        help="And at most about so long.",
        group=SEGMENTS,
        unit="s",
        minimum=0.2,
        maximum=60.0,
        step=0.1,
        scale="log",
    )
    valleys_from: Top = parameter(
        "highest",
        title="Depth of a valley",
        help="Highest: from the loudest moment. One: from 1, as in the original, which misses valleys near the ends.",
        group=SEGMENTS,
        control="choice",
    )
    change_seconds: float = parameter(
        1.0,
        title="Length of a change",
        help="How long the picture takes from one segment to the next.",
        group=SEGMENTS,
        unit="s",
        minimum=0.0,
        maximum=30.0,
        step=0.05,
    )
    other_change_seconds: float = parameter(
        10 / 24,
        title="Length of a change, second set",
        help="The same for the second set.",
        group=SEGMENTS,
        unit="s",
        minimum=0.0,
        maximum=30.0,
        step=0.05,
    )
    lead_seconds: float = parameter(
        5 / 24,
        title="Begins before the boundary",
        help="So long before it.",
        group=SEGMENTS,
        unit="s",
        minimum=0.0,
        maximum=10.0,
        step=0.01,
    )
    change: Literal["fitted", "cut"] = parameter(
        "fitted",
        title="In a short segment",
        help="Fitted: the change is made shorter so that it arrives. Cut: it breaks off and jumps, as in the original.",
        group=SEGMENTS,
        control="choice",
    )
    slerp: Literal["straight", "shipped"] = parameter(
        "straight",
        title="Between opposite seeds",
        help="Straight: on the arc to the next picture. Shipped: to its opposite, from where the film jumps.",
        group=SEGMENTS,
        control="choice",
    )
    saw: Saw = parameter(
        "accumulated",
        title="Turning",
        help="Accumulated: never jumps. Whole: whole turns. Once: one per segment. Shipped: 1 to 3, and jumps.",
        group=TURNING,
        control="choice",
    )
    fewest_turns: float = parameter(
        1.0, title="Turns of a quiet segment", help="At least.", group=TURNING, minimum=0.0, maximum=16.0, step=0.1
    )
    most_turns: float = parameter(
        3.0, title="Turns of a loud segment", help="At most.", group=TURNING, minimum=0.0, maximum=16.0, step=0.1
    )
    disorder: Disorder = parameter(
        "swing",
        title="Disorder of the displacement",
        help="Swing: comes and goes in each segment. Once: grows from 0 to 1. Shipped: as the turning, up to 3.",
        group=TURNING,
        control="choice",
    )
