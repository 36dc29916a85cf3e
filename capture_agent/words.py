"""A sitting's status in words, for the terminal."""

from capture_agent.protocol import EffectiveSettings, Measures, Status


def progress_line(status: Status) -> str:
    """Photograph 12 of 40 · 2.4 per second · 12 s left · 21.4 GB free, room for 14900"""
    parts = [f"Photograph {status.taken} of {status.wanted}"]
    if status.state == "paused":
        parts.append("paused")
    if status.rate:
        parts.append(f"{status.rate:.1f} per second")
    if status.seconds_left is not None:
        parts.append(f"{_time(status.seconds_left)} left")
    return " · ".join([*parts, room_words(status)])


def room_words(status: Status) -> str:
    room = f", room for {status.shots_left} more" if status.shots_left is not None else ""
    return f"{_size(status.free_bytes)} free{room}"


def measures_line(measures: Measures | None, *, looks_for_faces: bool) -> str:
    """sharpness 63 · brightness 45 · 0.2 % clipped · 1 face"""
    if measures is None:
        return ""
    parts = [
        f"sharpness {measures.sharpness:.0f}",
        f"brightness {measures.brightness:.0f}",
        f"{measures.clipped:.1f} % clipped",
    ]
    if measures.faces is not None:
        parts.append("no face found" if not measures.faces else f"{measures.faces} face{'s' * (measures.faces > 1)}")
    elif not looks_for_faces:
        parts.append("faces are checked in the studio")
    return " · ".join(parts)


def effective_line(effective: EffectiveSettings) -> str:
    """2000 × 2000 · 1000 µs (1/1000 s) · ISO 400 · gains 3.125 red, 1.96 blue"""
    parts = ["{} × {}".format(*effective.resolution)]
    if effective.exposure_us is not None:
        parts.append(f"{effective.exposure_us} µs{_fraction(effective.exposure_us)}")
    if effective.analogue_gain is not None:
        parts.append(f"ISO {effective.analogue_gain * 100:.0f}")
    if effective.red_gain is not None and effective.blue_gain is not None:
        parts.append(f"gains {effective.red_gain:g} red, {effective.blue_gain:g} blue")
    return " · ".join(parts)


def _fraction(exposure_us: int) -> str:
    return f" (1/{1e6 / exposure_us:.0f} s)" if 0 < exposure_us <= 500_000 else ""


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
