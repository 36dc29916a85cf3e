"""Settings are read once; a wrong one stops the start and says what to write."""

import pytest

from gpu_service.settings import SettingsError, read_settings


def test_without_any_variable_there_are_sensible_values():
    settings = read_settings({})
    assert settings.preview_slots == 4
    assert settings.device == "auto"
    assert settings.thread_count >= 1
    assert settings.name


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("GPU_THREADS", "two", 'GPU_THREADS="two": use a whole number from 0 to 256.'),
        ("GPU_THREADS", "999", 'GPU_THREADS="999": use a whole number from 0 to 256.'),
        ("GPU_DEVICE", "tpu", 'GPU_DEVICE="tpu": use auto, cpu, cuda or cuda:1.'),
        ("GPU_DEVICE", "cuda:x", 'GPU_DEVICE="cuda:x": use auto, cpu, cuda or cuda:1.'),
        ("GPU_NETWORK_GIB", "-1", 'GPU_NETWORK_GIB="-1": use a number of at least 0.1.'),
        ("GPU_NETWORK_GIB", "nan", 'GPU_NETWORK_GIB="nan": use a number of at least 0.1.'),
        ("GPU_LOG", "loud", 'GPU_LOG="loud": use debug, info, warning or error.'),
        ("GPU_PRECISION", "fp8", 'GPU_PRECISION="fp8": use auto, fp32, bf16 or fp16.'),
    ],
)
def test_a_wrong_value_is_named_with_what_it_takes(name, value, sentence):
    with pytest.raises(SettingsError) as caught:
        read_settings({name: value})
    assert str(caught.value) == sentence


def test_a_token_comes_from_a_file_without_its_line_end(tmp_path):
    (tmp_path / "token").write_text("phs_secret\n")
    assert read_settings({"GPU_TOKEN_FILE": str(tmp_path / "token")}).token == "phs_secret"


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_missing_or_empty_token_file_is_named(tmp_path, content):
    path = tmp_path / "token"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match="token file"):
        read_settings({"GPU_TOKEN_FILE": str(path)})
