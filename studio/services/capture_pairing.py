"""Pairing: a code on a device's screen, typed into a page by a person; then the device collects its token, once.

A code lives 10 minutes. Every wrong guess of anybody counts against all codes that are open, and the fifth ends them;
a person who guessed wrong five times in 10 minutes waits. (F36 of the list of faults.)
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from studio.accounts import brake
from studio.accounts.models import User, new_token, token_sha256
from studio.datasets.devices import PREFIX, SHOWN
from studio.datasets.models import CaptureDevice, Pairing
from studio.errors import Refused
from studio.projects.models import Project
from studio.services import capture_devices

# Of signs that look alike (0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V) at most one is here. 26 signs: 2e11 codes.
SIGNS = "ACDEFGHJKMNPRTVWXY" + "23456789"
CODE_LENGTH, SHOWN_TOGETHER = 8, 4
LIFE = timedelta(minutes=10)
GUESSES = 5
MOST_OPEN = 100
MOST_FROM_ONE_ADDRESS = 10

NOT_A_CODE = "A code has eight letters and digits, such as H4KT-9XPA. The device shows it."
NO_SUCH_CODE = "No device shows this code. Look at its screen again; a code lives 10 minutes."
TOO_MANY = "Too many devices ask to be paired. Wait 10 min, then try again."


class PairingOver(Exception):
    """The code is too old, was guessed at too often, or its token was collected already. Shown by the device: 410."""


@dataclass(frozen=True)
class Begun:
    pairing: Pairing
    code: str
    secret: str


@dataclass(frozen=True)
class Collected:
    device: CaptureDevice
    token: str


def begin(*, device_name: str, address: str) -> Begun:
    """A new code and the secret with which the device collects its token. Nobody is signed in here, so it is braked."""
    name = capture_devices.name_of(device_name, field="device_name")
    came_from = brake.key_of(f"pairing from {address}")
    Pairing.objects.filter(expires_at__lt=timezone.now() - LIFE).delete()
    is_fast = brake.seconds_to_wait(came_from, limit=MOST_FROM_ONE_ADDRESS, window=LIFE) > 0
    if is_fast or _open().count() >= MOST_OPEN:
        raise Refused(TOO_MANY, status=429)
    brake.note(came_from)
    secret = new_token("pair")
    while True:
        code = "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))
        try:
            with transaction.atomic():
                pairing = Pairing.objects.create(
                    code=code, secret_sha256=token_sha256(secret), device_name=name, expires_at=timezone.now() + LIFE
                )
        except IntegrityError:  # somebody has that code
            continue
        return Begun(pairing, f"{code[:SHOWN_TOGETHER]}-{code[SHOWN_TOGETHER:]}", secret)


def pair(project: Project, *, code: str, name: str = "", by: User) -> CaptureDevice:
    """Let the device that shows this code into the project. Raises Refused: 404 no such code, 429 guessed too often."""
    guesser = brake.key_of(f"pairing guesses of {by.pk}")
    wait = brake.seconds_to_wait(guesser, limit=GUESSES, window=LIFE)
    if wait:
        raise Refused(f"Too many wrong codes. Wait {brake.minutes(wait)} min, then try again.", status=429)
    said = clean(code)
    chosen = capture_devices.name_of(name, field="name") if name.strip() else ""
    with transaction.atomic():
        pairing = _open().filter(code=said).first()
        if pairing is not None:
            device = capture_devices.add(project, name=chosen or pairing.device_name, by=by)
            # Two people may type the same code at once; one of them has it.
            if _open().filter(pk=pairing.pk).update(device=device, expires_at=timezone.now() + LIFE):
                return device
            transaction.set_rollback(True)
    brake.note(guesser)
    _open().update(wrong_guesses=F("wrong_guesses") + 1)
    raise Refused(NO_SUCH_CODE, field="code", status=404)


def collect(pairing_id: UUID, *, secret: str) -> Collected | None:
    """The token, once; None while nobody has typed the code. Pairing.DoesNotExist for strangers, PairingOver after."""
    pairing = Pairing.objects.select_related("device__project").get(pk=pairing_id, secret_sha256=token_sha256(secret))
    if pairing.collected_at is not None:
        raise PairingOver("The token of this pairing was collected already. Pair the device again.")
    if pairing.wrong_guesses >= GUESSES and pairing.device is None:
        raise PairingOver("Wrong codes were typed too often, so this one ended too. Pair the device again.")
    if pairing.expires_at <= timezone.now():
        raise PairingOver("The code is older than 10 minutes. Pair the device again.")
    if pairing.device is None:
        return None
    text = new_token(PREFIX)
    with transaction.atomic():
        waiting = Pairing.objects.filter(pk=pairing.pk, collected_at=None)
        living = CaptureDevice.objects.filter(pk=pairing.device.pk, revoked_at=None)
        if not waiting.update(collected_at=timezone.now()):
            raise PairingOver("The token of this pairing was collected already. Pair the device again.")
        if not living.update(token_sha256=token_sha256(text), prefix=text[:SHOWN]):
            raise PairingOver("The device was revoked on the studio's page. Pair it again.")
    return Collected(pairing.device, text)


def clean(code: str) -> str:
    """The code as it is kept: "h4kt 9xpa" → "H4KT9XPA". Raises Refused for what is none, which counts as no guess."""
    said = "".join(sign for sign in code.upper() if sign.isalnum())
    if len(said) != CODE_LENGTH or not set(said) <= set(SIGNS):
        raise Refused(NOT_A_CODE, field="code")
    return said


def _open() -> "QuerySet[Pairing]":
    """Codes that can still be typed."""
    return Pairing.objects.filter(device=None, wrong_guesses__lt=GUESSES, expires_at__gt=timezone.now())
