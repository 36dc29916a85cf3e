"""Telling MP3 from anything else: a chain of frame headers that point exactly at one another (ISO 11172-3 §2.4.2.3)."""

FRAMES_IN_A_ROW = 3
SEARCHED_BYTES = 16 * 1024
KBPS_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
KBPS_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
HERTZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def starts_like_mp3(body: bytes, *, tagged: bool) -> bool:
    """Whether frames follow one another near the start of `body`. A tag before it, or a short file, asks for fewer."""
    for start in range(min(len(body) - 3, SEARCHED_BYTES)):
        if body[start] == 0xFF and _chain_length(body, start) >= (2 if tagged else FRAMES_IN_A_ROW):
            return True
    return False


def _chain_length(body: bytes, start: int) -> int:
    count = 0
    while count < FRAMES_IN_A_ROW:
        length = _frame_bytes(body[start : start + 4])
        if length == 0:
            break
        count += 1
        start += length
        if start == len(body):
            return FRAMES_IN_A_ROW
    return count


def _frame_bytes(header: bytes) -> int:
    """Length of the layer III frame with this header, 0 when it is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    kbps_index, hertz_index, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or layer != 1 or kbps_index in (0, 15) or hertz_index == 3:
        return 0
    kbps = (KBPS_V1 if version == 3 else KBPS_V2)[kbps_index]
    slots = 144_000 if version == 3 else 72_000
    return slots * kbps // HERTZ[version][hertz_index] + padding
