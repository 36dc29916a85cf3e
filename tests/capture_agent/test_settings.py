"""Settings come from variables, then from the pairing, then from defaults; a wrong one is a sentence."""

import json
import stat
from pathlib import Path

import pytest

from capture_agent.settings import SettingsError, read_settings, write_pairing

PAIRING = {"studio": "https://studio.example.org", "token": "phd_x", "device_id": "d", "project_id": "p", "name": "Pi"}


def test_without_anything_the_folders_follow_the_users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = read_settings({})
    assert settings.config_dir == tmp_path / ".config" / "phosphene-capture"
    assert settings.spool_dir == tmp_path / ".local" / "state" / "phosphene-capture" / "spool"
    assert not settings.is_paired
    assert settings.camera == "auto"
    assert settings.floor_bytes == 512 * 1024**2
    assert settings.retention_seconds == 7 * 86_400


def test_xdg_folders_are_followed(tmp_path: Path):
    settings = read_settings({"XDG_CONFIG_HOME": str(tmp_path / "c"), "XDG_STATE_HOME": str(tmp_path / "s")})
    assert settings.pairing_file == tmp_path / "c" / "phosphene-capture" / "device.json"
    assert settings.wishes_file == tmp_path / "s" / "phosphene-capture" / "wishes.json"


def test_a_pairing_is_kept_for_this_user_alone_and_variables_beat_it(tmp_path: Path):
    variables = {"PHOSPHENE_CAPTURE_CONFIG": str(tmp_path / "c"), "PHOSPHENE_CAPTURE_STATE": str(tmp_path / "s")}
    path = write_pairing(read_settings(variables), PAIRING)
    write_pairing(read_settings(variables), PAIRING)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    paired = read_settings(variables)
    assert (paired.studio_url, paired.token, paired.name) == ("https://studio.example.org", "phd_x", "Pi")
    assert paired.is_paired
    token = tmp_path / "token"
    token.write_text("phd_other\n")
    changed = read_settings(
        variables | {"PHOSPHENE_CAPTURE_STUDIO": "http://127.0.0.1:8000/", "PHOSPHENE_CAPTURE_TOKEN_FILE": str(token)}
    )
    assert (changed.studio_url, changed.token) == ("http://127.0.0.1:8000", "phd_other")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("FLOOR_MIB", "lots", "use a number from 16"),
        ("FLOOR_MIB", "nan", "use a number from 16"),
        ("RETENTION_DAYS", "-1", "use a number from 0"),
        ("LOG", "loud", "use debug, info, warning or error"),
        ("STUDIO", "studio.example.org", "use an address such as https://"),
        ("TOKEN_FILE", "/nowhere/token", "could not be read"),
    ],
)
def test_a_wrong_value_says_what_to_write(tmp_path: Path, name: str, value: str, sentence: str):
    given = {"PHOSPHENE_CAPTURE_CONFIG": str(tmp_path), f"PHOSPHENE_CAPTURE_{name}": value}
    with pytest.raises(SettingsError, match=f'PHOSPHENE_CAPTURE_{name}="{value}": .*{sentence}'):
        read_settings(given)


@pytest.mark.parametrize("broken", ["{", json.dumps(["token"])])
def test_a_broken_pairing_says_what_to_do(tmp_path: Path, broken: str):
    (tmp_path / "device.json").write_text(broken)
    with pytest.raises(SettingsError, match="Remove it and pair this device again"):
        read_settings({"PHOSPHENE_CAPTURE_CONFIG": str(tmp_path)})
