"""How a sitting stands, as the status message that pages and the terminal show."""

from capture_agent.advice import about_room
from capture_agent.protocol import Network, SpoolCounts, Status, Warning
from capture_agent.sitting import Sitting


def status_of(sitting: Sitting, *, counts: SpoolCounts, network: Network, warnings: tuple[Warning, ...] = ()) -> Status:
    """`warnings`: what others add, such as the uploads."""
    room, burst = sitting.shelf.room(), sitting.burst
    return Status(
        state=sitting.state,
        wished=sitting.settings,
        effective=sitting.effective,
        free_bytes=room.free_bytes,
        floor_bytes=room.floor_bytes,
        shots_left=room.shots_left,
        spool=counts,
        network=network,
        session_id=str(sitting.session.session_id) if sitting.session else None,
        taken=burst.taken if burst else 0,
        wanted=burst.wanted if burst else sitting.settings.number_of_photos,
        rate=round(burst.rate, 2) if burst else 0.0,
        seconds_left=seconds_left(sitting),
        is_live=sitting.is_live,
        warnings=(*warnings_of(sitting), *warnings),
        last=sitting.last,
    )


def warnings_of(sitting: Sitting) -> list[Warning]:
    """What a person should mend now."""
    burst = sitting.burst
    about = about_room(sitting.shelf.room(), burst.wanted - burst.taken if burst else 1)
    found = sitting.advice.warnings() if burst else []
    return [*found, *([about] if about else []), *([sitting.trouble] if sitting.trouble else [])]


def seconds_left(sitting: Sitting) -> float | None:
    """Of the countdown, or of the burst once its rate is known."""
    if sitting.state == "countdown":
        return round(sitting.countdown_left, 1)
    return sitting.burst.seconds_left if sitting.burst else None
