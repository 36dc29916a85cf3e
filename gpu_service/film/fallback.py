"""What to try where a film cannot be drawn as it was begun. No torch in here.

Without room: half the batch, and again, then smaller numbers. Where the compiler fails: without it.
"""

from typing import Literal

from gpu_service.protocol import CodePath, FailureKind

HALF: dict[str, Literal["fp16", "bf16"]] = {"cuda": "fp16", "cpu": "bf16"}


def another(code_path: CodePath, failure: FailureKind) -> CodePath | None:
    """The path to try after such a failure, or None where no other one helps."""
    if failure == "out_of_memory":
        return smaller(code_path)
    if failure == "not_compiled" and code_path.compiled:
        return code_path.model_copy(update={"compiled": False})
    return None


def smaller(code_path: CodePath) -> CodePath | None:
    """A path that takes less memory, or None when there is none. Sizes stay divisors of the segment's grain."""
    if code_path.batch > 1:
        return code_path.model_copy(update={"batch": code_path.batch // 2})
    if code_path.precision == "fp32":
        return code_path.model_copy(update={"precision": HALF.get(code_path.device_kind, "bf16")})
    return None


def in_words(code_path: CodePath) -> str:
    """For the log."""
    compiled = "compiled" if code_path.compiled else "not compiled"
    return f"batches of {code_path.batch}, {code_path.precision}, {compiled}"
