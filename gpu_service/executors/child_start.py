"""Where a drawing process begins. Importing this is cheap; the process itself loads torch."""

from multiprocessing.connection import Connection

from gpu_service.executors.orders import ChildSettings
from gpu_service.settings import calm_threads, keep_compiled


def start(pipe: Connection, settings: ChildSettings) -> None:
    """Become the drawing process."""
    calm_threads()
    if settings.compiled_folder is not None:
        keep_compiled(settings.compiled_folder)
    from gpu_service.executors.child import main

    main(pipe, settings)
