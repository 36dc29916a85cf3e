"""What waits to be told: shots outlive a broken line, bounded; what is of no use later does not."""

import uuid

from capture_agent.outbox import MOST_MISSED, Outbox
from capture_agent.protocol import Answer, EffectiveSettings, Measures, Shot, parse_device_message

SESSION = str(uuid.uuid4())


def shot(sequence: int) -> Shot:
    return Shot(
        session_id=SESSION,
        sequence=sequence,
        name=f"faces_{sequence}.jpeg",
        sha256=f"{sequence:064x}",
        taken_at="2026-11-21T14:03:12+00:00",
        measures=Measures(sharpness=50.0, brightness=50.0, clipped=0.0, faces=1),
        effective=EffectiveSettings(),
    )


def told(outbox: Outbox) -> list[int]:
    found = []
    while (data := outbox.take()) is not None:
        message = parse_device_message(data if isinstance(data, str) else "")
        found.append(message.sequence if isinstance(message, Shot) else -1)
    return found


def test_shots_that_were_taken_without_a_studio_are_told_when_it_is_back():
    outbox = Outbox()
    for sequence in range(1, 4):
        outbox.put_shot(shot(sequence))
    outbox.put(Answer(command_id="late", ok=True))  # nobody waits for it any more
    outbox.connect(lambda: None)
    assert told(outbox) == [1, 2, 3]


def test_only_the_newest_are_remembered():
    outbox = Outbox()
    for sequence in range(1, 2 * MOST_MISSED + 1):
        outbox.put_shot(shot(sequence))
    outbox.connect(lambda: None)
    assert told(outbox) == list(range(MOST_MISSED + 1, 2 * MOST_MISSED + 1))


def test_what_had_not_gone_when_the_line_broke_goes_on_the_next():
    outbox = Outbox()
    outbox.connect(lambda: None)
    outbox.put_shot(shot(1))
    outbox.put(Answer(command_id="lost with its line", ok=True))
    outbox.put_shot(shot(2))
    assert outbox.take() is not None
    outbox.disconnect()
    outbox.put_shot(shot(3))
    outbox.connect(lambda: None)
    assert told(outbox) == [2, 3]
