"""Which passwords are good enough."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from studio.accounts.models import User
from studio.errors import Refused


def check_password(password: str, *, user: User) -> None:
    """Raises Refused, naming the field `password`, with what is wrong with it."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password") from error
