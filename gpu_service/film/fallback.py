"""What to try when a device has no room for a batch. No torch, so that the session can choose too."""

from gpu_service.protocol import CodePath


def smaller(code_path: CodePath) -> CodePath | None:
    """A path that takes less memory, or None when there is none. Sizes stay divisors of the segment's grain."""
    if code_path.batch == 1:
        return None
    return code_path.model_copy(update={"batch": max(1, code_path.batch // 4)})
