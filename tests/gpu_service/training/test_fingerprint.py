"""Which pictures these are, however they were packed."""

import zipfile

import pytest

from gpu_service.training.fingerprint import fingerprint_of
from tests.gpu_service.training.sets import files, write_zip


def test_a_zip_that_others_find_odd_is_the_same_pictures_too(tmp_path):
    """What stands beside a name says nothing of the pictures, though the standard library refuses such an archive."""
    plain, odd = write_zip(tmp_path / "plain.zip", files(9)), tmp_path / "odd.zip"
    with zipfile.ZipFile(odd, "w") as archive:
        for name, content in reversed(files(9).items()):
            info = zipfile.ZipInfo(name)
            info.extra = b"\x99\x99\xff\0"  # 255 bytes that are not there
            archive.writestr(info, content)
        archive.writestr("dataset.json", zipfile.ZipFile(plain).read("dataset.json"))
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(odd)
    assert fingerprint_of(odd) == fingerprint_of(plain)
    assert fingerprint_of(write_zip(tmp_path / "fewer.zip", files(8))) != fingerprint_of(plain)
