"""Films to judge a projection by: latents, target and result side by side; a search step by step. No torch."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import ffmpeg
import numpy as np
from PIL import Image, ImageDraw

from gpu_service.errors import RenderError
from gpu_service.music.ffmpeg import running
from gpu_service.projection.convergence import Convergence
from gpu_service.projection.file import Projection

LIMIT_SECONDS = 6 * 3600.0
GROUND, AXIS, LINE, FAINT, MARK = (18, 18, 22), (70, 70, 78), (240, 180, 60), (96, 80, 52), (90, 170, 240)
Report = Callable[[int, int], None]


def review_film(
    read: Projection,
    out: Path,
    *,
    height: int = 512,
    audio: Sequence[Path] = (),
    report: Report = lambda done, total: None,
) -> None:
    """Three panels, `height` pixels each way, at the projection's rate: latents as a curve, target, result."""
    side = max(height // 2 * 2, 64)
    low, high = float(read.latents.min()), float(read.latents.max())

    def pictures() -> Iterator[np.ndarray]:
        for frame in range(len(read)):
            report(frame, len(read))
            curve = latent_panel(read.latents[frame], side, low=low, high=high)
            yield np.concatenate([curve, square(read.target(frame), side), square(read.final(frame), side)], axis=1)

    write_film(pictures(), out, width=3 * side, height=side, fps=read.facts.fps, audio=audio)


def history_film(read: Projection, frame: int, out: Path, *, height: int = 512, fps: Fraction = Fraction(30)) -> None:
    """How the picture of one frame came about, step by step, beside its target. Needs the images' histories."""
    side = max(height // 2 * 2, 64)
    history = read.images_history(frame)
    if not len(history):
        raise RenderError("The file holds no history of images. Project with --images-histories first.")
    target = square(read.target(frame), side)
    pictures = (np.concatenate([target, square(as_picture(image), side)], axis=1) for image in history)
    write_film(pictures, out, width=2 * side, height=side, fps=fps)


def step_film(read: Projection, step: int, out: Path, *, height: int = 512) -> None:
    """All frames as they were after that step (from 1), or their last: what fewer steps would have given."""
    side = max(height // 2 * 2, 64)

    def pictures() -> Iterator[np.ndarray]:
        for frame in range(len(read)):
            history = read.images_history(frame)
            if not len(history):
                raise RenderError("The file holds no history of images. Project with --images-histories first.")
            found = square(as_picture(history[min(step, len(history)) - 1]), side)
            yield np.concatenate([square(read.target(frame), side), found], axis=1)

    write_film(pictures(), out, width=2 * side, height=side, fps=read.facts.fps)


def convergence_plot(found: Convergence, out: Path, *, width: int = 960, height: int = 540) -> None:
    """Distance over steps, with the mean step by which four fifths were done and one and two spreads before it. PNG"""
    image = Image.new("RGB", (width, height), GROUND)
    pen = ImageDraw.Draw(image)
    steps = len(found.distance)

    def across(step: float) -> float:
        return 40 + (width - 60) * (step - 1) / max(steps - 1, 1)

    for lines, colour in ((found.acceleration, FAINT), (found.speed, AXIS), (found.distance, LINE)):
        span = max(float(np.abs(lines).max()), 1e-12)
        points = [
            (across(step + 1), height - 40 - (height - 80) * abs(value) / span) for step, value in enumerate(lines)
        ]
        pen.line(points, fill=colour, width=2)
    for times in (0, 1, 2):
        step = found.eighty_mean - times * found.eighty_spread
        if 1 <= step <= steps:
            pen.line([(across(step), 30), (across(step), height - 40)], fill=MARK, width=2 if times == 0 else 1)
            pen.text(
                (across(step) + 4, 30 + 14 * times),
                f"80% at {step:.0f}" + ("", " (-1 sd)", " (-2 sd)")[times],
                fill=MARK,
            )
    pen.line([(40, height - 40), (width - 20, height - 40)], fill=AXIS)
    pen.text((40, height - 30), f"step 1 … {steps}", fill=AXIS)
    image.save(out)


def latent_panel(latents: np.ndarray, side: int, *, low: float, high: float) -> np.ndarray:
    """[num_ws, W] as curves over the numbers, one row strong and those that differ faint. -> uint8 [side, side, 3]"""
    image = Image.new("RGB", (side, side), GROUND)
    pen = ImageDraw.Draw(image)
    span, margin = max(high - low, 1e-9), side * 0.06

    def points(row: np.ndarray) -> Sequence[tuple[float, float]]:
        x = np.linspace(margin, side - margin, len(row))
        y = side - margin - (row - low) / span * (side - 2 * margin)
        return [(float(one), float(other)) for one, other in zip(x, y, strict=True)]

    if low < 0 < high:
        zero = side - margin + low / span * (side - 2 * margin)
        pen.line([(margin, zero), (side - margin, zero)], fill=AXIS)
    for row in latents[1:]:
        if (row != latents[0]).any():
            pen.line(points(row), fill=FAINT)
    pen.line(points(latents[0]), fill=LINE, width=max(1, side // 300))
    return np.asarray(image)


def square(picture: np.ndarray, side: int) -> np.ndarray:
    """uint8 [H, W, 3] in the middle of a square, whole. -> [side, side, 3]"""
    height, width = picture.shape[:2]
    share = side / max(height, width)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    way = Image.Resampling.LANCZOS if share < 1 else Image.Resampling.BICUBIC
    image = Image.new("RGB", (side, side), GROUND)
    image.paste(Image.fromarray(picture).resize(size, way), ((side - size[0]) // 2, (side - size[1]) // 2))
    return np.asarray(image)


def as_picture(image: np.ndarray) -> np.ndarray:
    """About −1…1 [3, H, W] -> uint8 [H, W, 3]"""
    return (image.transpose(1, 2, 0) * 127.5 + 128).clip(0, 255).astype(np.uint8)


def write_film(
    pictures: Iterator[np.ndarray], out: Path, *, width: int, height: int, fps: Fraction, audio: Sequence[Path] = ()
) -> None:
    """uint8 [height, width, 3] each, to an mp4 that browsers play. RenderError when it fails; `out` is then absent."""
    drawn = ffmpeg.input("pipe:0", format="rawvideo", pix_fmt="rgb24", s=f"{width}x{height}", framerate=fps)
    streams, coding = [drawn.video], {"vcodec": "libx264", "pix_fmt": "yuv420p", "crf": 18, "preset": "fast"}
    if audio:
        sounds = [ffmpeg.input(f"file:{path.resolve()}", protocol_whitelist="file,pipe").audio for path in audio]
        streams.append(sounds[0] if len(sounds) == 1 else ffmpeg.concat(*sounds, v=0, a=1))
        coding |= {"acodec": "aac", "shortest": None}
    partial = out.with_name(f".{out.name}.part")
    film = ffmpeg.output(*streams, f"file:{partial}", format="mp4", movflags="+faststart", **coding).overwrite_output()
    try:
        with running(film.global_args("-loglevel", "error"), limit_seconds=LIMIT_SECONDS, feed=True) as child:
            try:
                for picture in pictures:
                    child.stdin.write(np.ascontiguousarray(picture).data)
                child.stdin.close()
            except BrokenPipeError:
                pass  # its last words say why
        if child.process.returncode != 0:
            raise RenderError(f"The film could not be written: {child.last_words or 'ffmpeg said nothing'}", retry=True)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
