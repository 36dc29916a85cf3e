"""What a first start makes."""

import getpass

import pytest

from studio.site.prepare import first_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("account", "name"), [("ines", "Ines"), ("root", "Owner")])
def test_the_first_person_has_a_name_that_others_can_be_told(account, name, monkeypatch):
    """Pages say "Ask … to make you an editor" and "Stopped by …"."""
    monkeypatch.setattr(getpass, "getuser", lambda: account)
    assert first_user().name == name
    assert first_user() == first_user()
