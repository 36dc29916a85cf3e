"""What goes wrong on the device, as sentences for the person beside it."""


class CaptureError(Exception):
    """Shown as it stands."""


class CameraError(CaptureError):
    """The camera did not do what was asked; asking again may help."""


class CameraLost(CameraError):
    """Only a new process can open the camera again, such as after memory ran out: the program ends for a restart."""
