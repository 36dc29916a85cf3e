"""A folder of pictures as a camera: each photograph is the next picture, round and round.

It fills the wished resolution by cutting off what does not fit. From the second round on the cut moves by some
pixels, as nobody sits quite still, so that no two photographs are the same file.
"""

import io
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from capture_agent.cameras.base import Photo, live_size, local_now
from capture_agent.errors import CameraError
from capture_agent.protocol import CameraInfo, CaptureSettings, EffectiveSettings

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"})
QUALITY, LIVE_QUALITY = 93, 75


class FolderCamera:
    """`place` is the folder. The settings of light and colour change nothing: the pictures are as they are."""

    def __init__(self, place: str) -> None:
        folder = Path(place).expanduser()
        if not place or not folder.is_dir():
            raise CameraError(
                f"The folder camera needs a folder of pictures: folder:PATH. {place or 'Nothing'} is none."
            )
        self._pictures = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
        if not self._pictures:
            raise CameraError(f"There are no pictures in {folder}: put some JPEG or PNG files there.")
        self.info = CameraInfo(name=folder.name or str(folder), kind="folder", controls=("resolution",))
        self._settings = CaptureSettings()
        self._taken = 0

    @classmethod
    def places(cls) -> list[str]:
        raise CameraError("A folder of pictures can stand in for a camera: folder:PATH.")

    def configure(self, settings: CaptureSettings) -> None:
        self._settings = settings

    def live(self) -> Photo:
        return self._photo(live_size(self._settings.resolution), LIVE_QUALITY)

    def photograph(self) -> Photo:
        photo = self._photo(self._settings.resolution, QUALITY)
        self._taken += 1
        return photo

    def close(self) -> None:
        """Nothing is held open."""

    def _photo(self, size: tuple[int, int], quality: int) -> Photo:
        rounds, index = divmod(self._taken, len(self._pictures))
        path = self._pictures[index]
        try:
            with Image.open(path) as file:
                file.draft("RGB", size)
                picture = ImageOps.exif_transpose(file).convert("RGB")
        except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
            self._taken += 1
            raise CameraError(f"{path.name} could not be read as a picture; the next one follows.") from error
        shot = io.BytesIO()
        _cut(picture, size, rounds).save(shot, "JPEG", quality=quality)
        return Photo(shot.getvalue(), local_now(), EffectiveSettings(resolution=size))


def _cut(picture: Image.Image, size: tuple[int, int], rounds: int) -> Image.Image:
    """The picture filling `size`; each later round cuts a little more, from another place."""
    across, down = 0.5, 0.5
    bleed = 0.0
    if rounds:
        bleed = 0.005 + 0.0001 * rounds
        across, down = (0.5 + 0.618034 * rounds) % 1.0, (0.5 + 0.754878 * rounds) % 1.0
    return ImageOps.fit(picture, size, Image.Resampling.BICUBIC, bleed=min(bleed, 0.05), centering=(across, down))
