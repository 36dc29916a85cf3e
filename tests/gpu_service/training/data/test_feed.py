"""The order in which a run sees its pictures, and that its position is all there is to keep."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_service.training.data.errors import DataError
from gpu_service.training.data.feed import Feed
from gpu_service.training.data.order import Order
from gpu_service.training.data.pictures import open_pictures
from tests.gpu_service.training.sets import files, picture, write_zip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    names = list(files(12))
    labels = {name: number % 3 for number, name in enumerate(names)}
    return write_zip(tmp_path_factory.mktemp("sets") / "twelve.zip", files(12), labels=labels)


def take(path, count, **options):
    """That many batches, and the feed's position afterwards."""
    pictures = open_pictures(path, size=16, labels=True)
    with Feed(pictures, **options) as feed:
        taken = [next(feed) for _ in range(count)]
        return torch.cat([batch for batch, _ in taken]), torch.cat([labels for _, labels in taken]), feed.position


def numbers(batch):
    """Which pictures of the set they are; a mirrored one counts from 100."""
    plain = [torch.from_numpy(picture(number)).permute(2, 0, 1) for number in range(12)]
    known = {one.numpy().tobytes(): number for number, one in enumerate(plain)}
    known |= {one.flip(2).numpy().tobytes(): 100 + number for number, one in enumerate(plain)}
    return [known[one.numpy().tobytes()] for one in batch]


@given(count=st.integers(1, 40), seed=st.integers(0, 2**31 - 1), mirror=st.booleans(), epoch=st.integers(0, 9))
def test_an_epoch_shows_every_picture_once_and_mirrored_once_more(count, seed, mirror, epoch):
    order = Order(count, seed=seed, mirror=mirror)
    length = order.epoch_length
    which, mirrored = order.at(np.arange(epoch * length, (epoch + 1) * length))
    wanted = [(index, turned) for turned in ([False, True] if mirror else [False]) for index in range(count)]
    assert sorted(zip(which.tolist(), mirrored.tolist(), strict=True)) == sorted(wanted)


@settings(max_examples=30, deadline=None)
@given(start=st.integers(0, 60), shape=st.sampled_from([(8, 1), (8, 2), (12, 4), (6, 3)]), seed=st.integers(0, 99))
def test_ranks_share_a_batch_in_consecutive_parts_from_any_position(path, start, shape, seed):
    batch, size = shape
    options = {"batch": batch, "seed": seed, "mirror": True, "start": start, "workers": 2}
    whole, labels, _ = take(path, 3, **options)
    ranks = [take(path, 3, rank=rank, size=size, **options) for rank in range(size)]
    share = batch // size
    joined = torch.cat([part[0].reshape(3, share, 3, 16, 16) for part in ranks], dim=1).flatten(0, 1)
    assert torch.equal(joined, whole)
    assert torch.equal(torch.cat([part[1].reshape(3, share, 3) for part in ranks], dim=1).flatten(0, 1), labels)


def test_going_on_at_a_position_is_the_same_as_never_having_stopped(path):
    whole, labels, end = take(path, 7, batch=5, seed=3, mirror=True)
    first, first_labels, position = take(path, 3, batch=5, seed=3, mirror=True)
    rest, rest_labels, _ = take(path, 4, batch=5, seed=3, mirror=True, start=position)
    assert (position, end) == (15, 35)
    assert torch.equal(torch.cat([first, rest]), whole)
    assert torch.equal(torch.cat([first_labels, rest_labels]), labels)


def test_two_epochs_show_all_and_labels_follow_their_pictures(path):
    shown, labels, _ = take(path, 6, batch=8, seed=1, mirror=True)
    seen = numbers(shown)
    assert sorted(seen[:24]) == sorted(seen[24:]) == [*range(12), *range(100, 112)]
    assert seen[:24] != seen[24:]
    assert labels.argmax(1).tolist() == [number % 100 % 3 for number in seen]
    assert torch.equal(labels.sum(1), torch.ones(48))


def test_the_order_of_a_seed_is_the_same_for_ever():
    which, mirrored = Order(10, seed=7, mirror=True).at(np.arange(18, 26))
    assert (which.tolist(), mirrored.astype(int).tolist()) == FOR_EVER


def test_a_batch_that_does_not_divide_is_refused(path):
    with pytest.raises(DataError, match="A batch of 8 does not divide among 3 devices"):
        Feed(open_pictures(path, size=16), batch=8, size=3)


def test_time_spent_waiting_is_counted_and_threads_end(path, monkeypatch):
    import threading
    import time

    pictures = open_pictures(path, size=16)
    read = pictures.read
    monkeypatch.setattr(pictures, "read", lambda index: (time.sleep(0.05), read(index))[1])
    with Feed(pictures, batch=2, workers=1) as feed:
        next(feed)
        assert 0.05 < feed.wait_seconds < 5
    assert not [each for each in threading.enumerate() if each.name.startswith("phosphene-pictures")]


FOR_EVER = ([9, 6, 1, 1, 3, 2, 8, 0], [1, 1, 1, 0, 0, 0, 1, 1])
