"""What to try when a device has no room: half the batch, and again, then smaller numbers. No torch in here."""

from typing import Literal

from gpu_service.protocol import CodePath

HALF: dict[str, Literal["fp16", "bf16"]] = {"cuda": "fp16", "cpu": "bf16"}


def smaller(code_path: CodePath) -> CodePath | None:
    """A path that takes less memory, or None when there is none. Sizes stay divisors of the segment's grain."""
    if code_path.batch > 1:
        return code_path.model_copy(update={"batch": code_path.batch // 2})
    if code_path.precision == "fp32":
        return code_path.model_copy(update={"precision": HALF.get(code_path.device_kind, "bf16")})
    return None
