"""The functions that a signal is made with: each a small model, so that a form, a file and a check come from one text.

A chain begins with a *sound* (a stem), one function makes a *curve* of it (values at the track's own pace), `resample`
makes *frames* of that (one value per frame of the film), and the rest shapes what it is given.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from gpu_service.protocol.vectors import Part

Kind = Literal["sound", "curve", "frames"]


def number(default: Any, title: str, low: float, high: float, help: str = "") -> Any:
    """One keyword with what a form needs."""
    return Field(default, title=title, description=help or None, ge=low, le=high, allow_inf_nan=False)


class _Step(Part):
    takes: ClassVar[tuple[Kind, ...]] = ("curve", "frames")
    gives: ClassVar[Kind | None] = None  # None: what it was given
    rows: ClassVar[bool | None] = None  # True: makes twelve curves of one; None: as many as it was given

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Also where in a chain it can stand, so that a form need not know the functions."""
        schema = handler.resolve_ref_schema(handler(core))
        schema |= {"x-takes": list(cls.takes), "x-gives": cls.gives, "x-many": bool(cls.rows)}
        return schema


class Onset(_Step):
    """How strongly something begins, in a band, of the percussive part."""

    takes, gives = ("sound",), "curve"
    do: Literal["onset"] = "onset"
    margin: float = number(3.0, "Margin of the percussive part", 0.0, 20.0, "0 hears the whole stem.")
    hop: Literal[128, 256, 512] = Field(128, title="Samples per value")
    low_hz: float = number(0.0, "From (Hz)", 0.0, 11_000.0)
    high_hz: float = number(0.0, "To (Hz)", 0.0, 11_025.0, "0 has no upper limit.")


class Hits(_Step):
    """Each hit alone, on the sample of its attack, as strong as its onset in a band; 0 between hits."""

    takes, gives = ("sound",), "curve"
    do: Literal["hits"] = "hits"
    low_hz: float = number(0.0, "From (Hz)", 0.0, 11_000.0)
    high_hz: float = number(0.0, "To (Hz)", 0.0, 11_025.0, "0 has no upper limit.")


class Rms(_Step):
    """Loudness: root mean square of 2048 samples every 512."""

    takes, gives = ("sound",), "curve"
    do: Literal["rms"] = "rms"
    hop: Literal[128, 256, 512] = Field(512, title="Samples per value")


class BeatPulse(_Step):
    """The pulse that a listener would tap, 0…1, whether or not something sounds there (librosa's plp)."""

    takes, gives = ("sound",), "curve"
    do: Literal["beat_plp"] = "beat_plp"


class Decompose(_Step):
    """Twelve parts of the harmonic sound by non-negative factorisation, and how strongly each of them sounds."""

    takes, gives, rows = ("sound",), "curve", True
    do: Literal["decompose"] = "decompose"
    margin: float = number(5.0, "Margin of the harmonic part", 0.0, 20.0, "0 hears the whole stem.")
    components: int = Field(12, title="Parts", ge=2, le=24)
    iterations: int = Field(500, title="Iterations at most", ge=1, le=2_000)
    seed: int = Field(0, title="Seed", ge=0, le=2**31 - 1)
    order: Literal["found", "pitch"] = Field(
        "found", title="Order", description="As the factorisation finds them, or from low to high."
    )


class Chroma(_Step):
    """How strongly each of the twelve notes sounds in the harmonic part (constant-Q)."""

    takes, gives, rows = ("sound",), "curve", True
    do: Literal["chroma"] = "chroma"
    margin: float = number(3.0, "Margin of the harmonic part", 0.0, 20.0, "0 hears the whole stem.")


class LowPass(_Step):
    """Butterworth, forwards and backwards. `rate` 0 is the curve's true rate."""

    do: Literal["lowpass"] = "lowpass"
    order: int = Field(5, title="Order", ge=1, le=8)
    cutoff: float = number(1.0, "Cutoff (Hz)", 0.001, 60.0)
    rate: float = number(
        0.0, "Rate it is reckoned with (Hz)", 0.0, 1_000.0, "0 is the true one; the original says 150."
    )


class Gauss(_Step):
    """Smooth with a Gaussian."""

    do: Literal["gauss"] = "gauss"
    sigma: float = number(1.0, "Width σ", 0.0, 10_000.0, "In values of a curve, or in frames.")


class Ema(_Step):
    """Exponential average: each value is α of itself and 1 − α of what was before."""

    do: Literal["ema"] = "ema"
    alpha: float = number(0.5, "Share of the new", 0.001, 1.0)


class Norm(_Step):
    """Lowest becomes `low`, highest `high`; what is constant becomes `low`."""

    do: Literal["norm"] = "norm"
    low: float = number(0.0, "Lowest", -1_000.0, 1_000.0)
    high: float = number(1.0, "Highest", -1_000.0, 1_000.0)


class Clip(_Step):
    """Nothing under `low`, nothing over `high`."""

    do: Literal["clip"] = "clip"
    low: float = number(0.0, "Lowest", -1_000.0, 1_000.0)
    high: float = number(1.0, "Highest", -1_000.0, 1_000.0)


class Power(_Step):
    """To the power p: above 1 the quiet becomes quieter. Below 0 becomes 0."""

    do: Literal["power"] = "power"
    exponent: float = number(1.0, "Exponent", 0.05, 20.0)


class CumSum(_Step):
    """Everything so far, added up."""

    do: Literal["cumsum"] = "cumsum"


class Rows(_Step):
    """Each moment's values are made to add up to 1; a moment without any is shared out evenly."""

    do: Literal["rows"] = "rows"


class Resample(_Step):
    """One value per frame of the film.

    fourier: as the original, which rings. exact: straight between two values, true in time. highest: the highest
    value that falls into each frame, so that no hit is lost. nearest: likewise, into the frame nearest to it.
    """

    takes, gives = ("curve",), "frames"
    do: Literal["resample"] = "resample"
    method: Literal["fourier", "exact", "highest", "nearest"] = Field("fourier", title="How")
    clip: bool = Field(
        False, title="Clip the ringing", description="To the lowest and the highest value that were there before."
    )


class Peaks(_Step):
    """Only the peaks stay: each becomes a Gaussian bump of its own height.

    full: rises and falls. falling: abrupt in, slow out. rising: slow in, abrupt out.
    """

    takes = ("frames",)
    do: Literal["peaks"] = "peaks"
    distance: float = number(20.0, "Least distance (frames)", 1.0, 10_000.0)
    prominence: float = number(0.0, "Least prominence", 0.0, 1_000.0)
    width: float = number(0.0, "Least width (frames)", 0.0, 10_000.0)
    height: float = number(0.0, "Least height", -1_000.0, 1_000.0)
    radius: float = number(4.0, "Radius of the bump (frames)", 0.0, 1_000.0)
    kernel: Literal["full", "falling", "rising"] = Field("full", title="Bump")
    sigma: float = number(10.0, "Width σ of the bump (frames)", 0.01, 10_000.0)
    is_late: bool = Field(True, title="Half a radius late", description="As in the original. Off: on time.")


class Plateau(_Step):
    """Each value is held for so many frames where nothing higher comes."""

    takes = ("frames",)
    do: Literal["plateau"] = "plateau"
    hold: float = number(4.0, "Held for (frames)", 0.0, 10_000.0)


Step = Annotated[
    Onset
    | Hits
    | Rms
    | BeatPulse
    | Decompose
    | Chroma
    | LowPass
    | Gauss
    | Ema
    | Norm
    | Clip
    | Power
    | CumSum
    | Rows
    | Resample
    | Peaks
    | Plateau,
    Field(discriminator="do"),
]
FUNCTIONS: dict[str, type[_Step]] = {
    model.model_fields["do"].default: model
    for model in (
        *(Onset, Hits, Rms, BeatPulse, Decompose, Chroma, LowPass, Gauss, Ema),
        *(Norm, Clip, Power, CumSum, Rows, Resample, Peaks, Plateau),
    )
}
# As AIART spells them.
OTHER_NAMES = {"s_peaks": "peaks", "plateu": "plateau"}
