"""What the studio says to a device."""

from dataclasses import dataclass
from typing import Any, ClassVar

from capture_agent.protocol.facts import MAX_CREDIT, PROTOCOL_VERSION, Message
from capture_agent.protocol.records import Record, data, one_of, text, time_text, whole, yes_no
from capture_agent.protocol.settings import CaptureSettings


@dataclass(frozen=True)
class Welcome(Message):
    type: ClassVar[str] = "welcome"
    studio: str = text(200)
    server_now: str = time_text()
    protocol: int = whole(0, 1_000_000, PROTOCOL_VERSION)


@dataclass(frozen=True)
class Refused(Message):
    """The studio will not talk to this device, such as one of another protocol. The socket closes after it."""

    type: ClassVar[str] = "refused"
    sentence: str = text(500)


@dataclass(frozen=True)
class Nothing(Record):
    """A command without arguments."""


@dataclass(frozen=True)
class Configure(Record):
    """Some of CaptureSettings, by name; what is not named stays."""

    settings: dict[str, Any] = data(4096)


@dataclass(frozen=True)
class Live(Record):
    on: bool = yes_no(True)


@dataclass(frozen=True)
class Start(Record):
    """Begin a burst of `number_of_photos` into the dataset `dataset_name` of the settings.

    `append` false refuses a dataset that is there already. `countdown` false begins at once.
    """

    name: str = text(200, "")
    prompt: str = text(300, "")
    place: str = text(200, "")
    append: bool = yes_no(True)
    countdown: bool = yes_no(True)


COMMANDS: dict[str, type[Record]] = {
    "configure": Configure,
    "live": Live,  # the live view on or off
    "test_shot": Nothing,  # one picture that never enters the set
    "accept": Nothing,  # the test shot was good: it is thrown away, and start may follow
    "retake": Nothing,  # throw the test shot away and take another
    "start": Start,
    "pause": Nothing,
    "resume": Nothing,
    "stop": Nothing,  # end the burst; what was taken stays
    "cancel": Nothing,  # leave preview, test shot or countdown; in a burst the same as stop
}


@dataclass(frozen=True)
class Command(Message):
    """Something a person asked for. The device answers each with an Answer of the same id."""

    type: ClassVar[str] = "command"
    id: str = text(64, least=1)
    name: str = one_of(tuple(COMMANDS))
    args: dict[str, Any] = data(8192)

    def __post_init__(self) -> None:
        super().__post_init__()
        given = self.arguments()
        if isinstance(given, Configure):
            CaptureSettings().changed(given.settings)

    def arguments(self) -> Record:
        """The arguments as the record of this command's name. Raises RecordError."""
        return COMMANDS[self.name].from_dict(self.args)


@dataclass(frozen=True)
class Credit(Message):
    """So many more live frames can be taken."""

    type: ClassVar[str] = "credit"
    frames: int = whole(1, MAX_CREDIT)
