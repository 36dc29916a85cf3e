"""Where a tile lies in the file of a spectrogram: read without loading what draws one."""

from typing import IO


def tile_span(file: IO[bytes], index_at: int, place: int) -> tuple[int, int]:
    """First byte of a tile and one past its last, from the index that begins at `index_at`."""
    file.seek(index_at + 16 * place)
    pair = file.read(16)
    return int.from_bytes(pair[:8], "little"), int.from_bytes(pair[8:], "little")
