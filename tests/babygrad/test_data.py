"""Batches, orders and splits; the digits; and MNIST's files, whole and broken."""

from __future__ import annotations

import gzip
import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from babygrad.data import ArrayDataset, DataLoader, Dataset, digits, mnist, mnist_folder, split
from babygrad.nn import Linear, ReLU, Sequential, softmax_loss
from babygrad.optim import SGD

# Datasets ------------------------------------------------------------------------------------------------


def examples(count: int) -> ArrayDataset:
    """Rows [0, 0.5], [1, 1.5], … with the labels 0, 1, …"""
    numbers = np.arange(count)
    return ArrayDataset(np.stack([numbers, numbers + 0.5], axis=1).astype(np.float32), numbers)


class Squares(Dataset):
    """Examples that are made when they are asked for."""

    def __len__(self) -> int:
        return 5

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return np.full((2,), index**2, np.float32), index


def test_an_example_is_a_tuple_with_an_entry_of_each_array() -> None:
    image, label = examples(5)[3]
    assert image.tolist() == [3, 3.5]
    assert label == 3
    images, labels = examples(5)[1:3]
    assert images.tolist() == [[1, 1.5], [2, 2.5]]
    assert labels.tolist() == [1, 2]
    assert len(examples(5)) == 5
    assert len(ArrayDataset(np.ones((4, 2)))[0]) == 1


@pytest.mark.parametrize(
    "arrays",
    [(), (np.ones(3), np.ones(4)), (np.ones((3, 2)), np.float64(1)), (5,)],
    ids=lambda a: f"{len(a)}",
)
def test_arrays_of_different_lengths_are_refused_with_their_shapes(arrays: tuple) -> None:
    with pytest.raises(ValueError, match=r"equally long first axes, .* these have the shapes \("):
        ArrayDataset(*arrays)


def test_a_dataset_of_ones_own_is_put_together_from_its_examples() -> None:
    batches = list(DataLoader(Squares(), batch_size=2))
    assert [images.tolist() for images, _ in batches] == [[[0, 0], [1, 1]], [[4, 4], [9, 9]], [[16, 16]]]
    assert [labels.tolist() for _, labels in batches] == [[0, 1], [2, 3], [4]]
    assert batches[0][0].dtype == np.float32
    assert batches[0][1].dtype.kind == "i"


def test_a_dataset_whose_examples_are_no_tuples_is_told() -> None:
    class Rows(Squares):
        def __getitem__(self, index: Any) -> Any:
            return np.ones(2)

    with pytest.raises(TypeError, match=r"Rows.__getitem__ must return a tuple, .* it returned ndarray"):
        next(iter(DataLoader(Rows(), 2)))
    with pytest.raises(NotImplementedError, match="Dataset has no __len__"):
        DataLoader(Dataset(), 2)
    with pytest.raises(NotImplementedError, match="Dataset has no __getitem__"):
        Dataset()[0]


# Batches -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 3, 5, 10, 11])
@pytest.mark.parametrize("shuffle", [False, True])
def test_each_example_comes_once_and_the_last_batch_is_kept(batch_size: int, shuffle: bool) -> None:
    loader = DataLoader(examples(10), batch_size, shuffle)
    batches = list(loader)
    assert len(batches) == len(loader) == -(-10 // batch_size)
    assert {len(labels) for _, labels in batches[:-1]} <= {batch_size}
    labels = np.concatenate([labels for _, labels in batches])
    assert sorted(labels) == list(range(10))
    assert (labels.tolist() == sorted(labels)) == (not shuffle)
    for images, labels in batches:
        assert images[:, 0].tolist() == labels.tolist(), "an image keeps its label"
        assert type(images) is type(labels) is np.ndarray
        assert images.dtype == np.float32


def orders(loader: DataLoader, epochs: int) -> list[list[int]]:
    return [np.concatenate([labels for _, labels in loader]).tolist() for _ in range(epochs)]


def test_each_epoch_has_another_order_and_the_seed_gives_them_all() -> None:
    first = orders(DataLoader(examples(20), 3, shuffle=True, seed=5), 3)
    assert first == orders(DataLoader(examples(20), 3, shuffle=True, seed=5), 3)
    assert first == orders(DataLoader(examples(20), 3, shuffle=True, seed=np.random.default_rng(5)), 3)
    assert first != orders(DataLoader(examples(20), 3, shuffle=True, seed=6), 3)
    assert len({tuple(order) for order in first}) == 3
    assert orders(DataLoader(examples(20), 3, shuffle=True), 2) == orders(
        DataLoader(examples(20), 7, shuffle=True), 2
    ), "seeded without being asked, whatever the size of the batches"


def test_a_batch_is_a_copy() -> None:
    dataset = examples(4)
    for images, labels in DataLoader(dataset, 2):
        images += 100
        labels += 100
    assert dataset.arrays[0].max() == 3.5
    assert dataset.arrays[1].max() == 3


def test_an_empty_dataset_is_refused() -> None:
    with pytest.raises(ValueError, match="DataLoader: the dataset is empty"):
        DataLoader(examples(0), 4)


@pytest.mark.parametrize("size", [0, -3, 2.5, "4"])
def test_a_batch_has_a_whole_size(size: Any) -> None:
    with pytest.raises(ValueError, match="batch_size must be a whole number, at least 1, not"):
        DataLoader(examples(4), size)


@pytest.mark.parametrize("data", [np.ones((4, 2)), (np.ones((4, 2)), np.ones(4)), [1, 2]])
def test_arrays_instead_of_a_dataset_are_told_what_to_write(data: Any) -> None:
    with pytest.raises(TypeError, match=r"expected a Dataset, not .* write ArrayDataset\(images, labels\)"):
        DataLoader(data, 2)


def test_a_split_has_no_common_examples_and_leaves_none_out() -> None:
    train, test = split(examples(10), 0.3, seed=1)
    assert (len(train), len(test)) == (7, 3)
    labels = [*train.arrays[1], *test.arrays[1]]
    assert sorted(labels) == list(range(10))
    assert labels != sorted(labels)
    assert np.array_equal(test.arrays[0][:, 0], test.arrays[1])
    again, other = split(examples(10), 0.3, seed=1), split(examples(10), 0.3, seed=2)
    assert np.array_equal(test.arrays[1], again[1].arrays[1])
    assert not np.array_equal(test.arrays[1], other[1].arrays[1])
    assert [len(part) for part in split(Squares(), 0.4)] == [3, 2]


@pytest.mark.parametrize(
    ("count", "share"), [(10, 0), (10, 1), (10, -0.2), (10, 1.5), (10, 0.01), (0, 0.5), (1, 0.5)]
)
def test_a_split_with_nothing_on_one_side_is_refused(count: int, share: float) -> None:
    with pytest.raises(ValueError, match=f"split: {share} of {count} examples leaves nothing on one side"):
        split(examples(count), share)


# The digits ----------------------------------------------------------------------------------------------


def test_the_digits_are_all_there_from_zero_to_one() -> None:
    train, test = digits()
    assert (len(train), len(test)) == (1438, 359)
    for dataset in (train, test):
        images, labels = dataset.arrays
        assert images.shape == (len(labels), 64)
        assert images.dtype == np.float32
        assert (images.min(), images.max()) == (0, 1)
        assert labels.dtype == np.int64
        assert set(labels) == set(range(10))
    rows = {image.tobytes() for image in train.arrays[0]} & {image.tobytes() for image in test.arrays[0]}
    assert not rows, "no image is in both"
    assert np.array_equal(digits(seed=3)[1].arrays[0], digits(seed=3)[1].arrays[0])
    assert not np.array_equal(digits(seed=3)[1].arrays[1], test.arrays[1])
    assert len(digits(test_share=0.5)[1]) == 898


def test_a_small_network_learns_the_digits() -> None:
    train, test = digits()
    rng = np.random.default_rng(0)
    model = Sequential(Linear(64, 32, rng=rng), ReLU(), Linear(32, 10, rng=rng))
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    loader = DataLoader(train, batch_size=32, shuffle=True)
    for _ in range(12):
        for images, labels in loader:
            optimizer.zero_grad()
            softmax_loss(model(images), labels).backward()
            optimizer.step()
    images, labels = test.arrays
    assert (model(images).data.argmax(axis=1) == labels).mean() > 0.96


def test_the_digits_are_those_of_scikit_learn_wherever_it_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    quickly = digits()
    monkeypatch.setattr("babygrad.data.find_spec", lambda name: None)
    for one, other in zip(quickly, digits(), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one.arrays, other.arrays, strict=True))


def test_without_scikit_learn_the_digits_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"digits\(\) needs scikit-learn: .*pip install scikit-learn"):
        digits()


# MNIST ---------------------------------------------------------------------------------------------------


def test_mnist_is_looked_for_above_unless_a_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = tmp_path / "notebooks" / "12_digits"
    lesson.mkdir(parents=True)
    monkeypatch.chdir(lesson)
    monkeypatch.delenv("BABYGRAD_MNIST", raising=False)
    assert mnist_folder() == tmp_path / "data" / "mnist", "that of the course, before there is one"
    (tmp_path / "notebooks" / "data" / "mnist").mkdir(parents=True)
    assert mnist_folder() == tmp_path / "notebooks" / "data" / "mnist"
    monkeypatch.chdir(tmp_path)
    assert mnist_folder() == tmp_path / "data" / "mnist"
    monkeypatch.setenv("BABYGRAD_MNIST", "elsewhere")
    assert mnist_folder() == Path("elsewhere")


IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def images_file(count: int, side: int = 28, magic: int = 2051) -> bytes:
    pixels = np.random.default_rng(0).integers(256, size=count * side * side, dtype=np.uint8)
    return struct.pack(">IIII", magic, count, side, side) + pixels.tobytes()


def labels_file(*labels: int, magic: int = 2049) -> bytes:
    return struct.pack(">II", magic, len(labels)) + bytes(labels)


def folder_with(folder: Path, images: bytes, labels: bytes) -> Path:
    (folder / IMAGES).write_bytes(images)
    (folder / LABELS).write_bytes(labels)
    return folder


def test_the_files_are_read_as_their_format_says(tmp_path: Path) -> None:
    content = images_file(3)
    folder_with(tmp_path, content, labels_file(7, 0, 9))
    images, labels = mnist(tmp_path, "test").arrays
    assert images.shape == (3, 784)
    assert images.dtype == np.float32
    assert np.array_equal(images, np.frombuffer(content[16:], np.uint8).reshape(3, 784) / np.float32(255))
    assert labels.dtype == np.int64
    assert labels.tolist() == [7, 0, 9]
    (tmp_path / "train-images-idx3-ubyte").write_bytes(images_file(2))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(labels_file(4, 5))
    assert mnist(str(tmp_path)).arrays[1].tolist() == [4, 5], "the training part by default"


@pytest.mark.parametrize("name", [f"{IMAGES}.gz", "t10k-images.idx3-ubyte", "t10k-images.idx3-ubyte.gz"])
def test_packed_files_and_other_spellings_are_found(name: str, tmp_path: Path) -> None:
    content = images_file(2)
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    (tmp_path / LABELS).write_bytes(labels_file(3, 4))
    assert len(mnist(tmp_path, "test")) == 2


def test_a_packed_file_without_its_ending_is_unpacked(tmp_path: Path) -> None:
    folder_with(tmp_path, gzip.compress(images_file(2)), labels_file(3, 4))
    assert len(mnist(tmp_path, "test")) == 2


def test_absent_files_are_named_with_their_folder_and_where_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        mnist(tmp_path)
    text = str(caught.value)
    assert f"neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz is in {tmp_path}" in text
    assert "Get the four files of MNIST" in text
    assert "https://" in text
    (tmp_path / IMAGES).write_bytes(images_file(1))
    with pytest.raises(FileNotFoundError, match=f"neither {LABELS} nor"):
        mnist(tmp_path, "test")
    with pytest.raises(ValueError, match='part is "train" or "test", not \'t10k\''):
        mnist(tmp_path, "t10k")


WHOLE = 16 + 3 * 784
BROKEN: dict[str, tuple[Callable[[], tuple[bytes, bytes]], str]] = {
    "images cut short": (
        lambda: (images_file(3)[:-100], labels_file(1, 2, 3)),
        rf"{IMAGES} holds {WHOLE - 100} bytes, unpacked, and should hold {WHOLE} for the sizes "
        r"\(3, 28, 28\) in its header. Was it cut short\? Get it again",
    ),
    "labels cut short": (
        lambda: (images_file(3), labels_file(1, 2, 3)[:-1]),
        rf"{LABELS} holds 10 bytes, unpacked, and should hold 11 for the sizes \(3,\)",
    ),
    "cut within the header": (
        lambda: (images_file(3)[:10], labels_file(1, 2, 3)),
        f"{IMAGES} holds 10 bytes, unpacked, and should hold 16 for its header alone",
    ),
    "empty": (
        lambda: (b"", labels_file(1)),
        f"{IMAGES} holds 0 bytes, unpacked, and should hold 16 for its header alone",
    ),
    "too long": (
        lambda: (images_file(3) + b"abc", labels_file(1, 2, 3)),
        f"holds {WHOLE + 3} bytes, unpacked, and should hold {WHOLE} for",
    ),
    "labels instead of images": (
        lambda: (labels_file(1, 2, 3), labels_file(1, 2, 3)),
        f"{IMAGES} begins with the bytes 00 00 08 01; .* 00 00 08 03. Is it another file",
    ),
    "a page instead of images": (
        lambda: (b"<html>404 not found</html>", labels_file(1)),
        f"{IMAGES} begins with the bytes 3c 68 74 6d",
    ),
    "images of another size": (
        lambda: (images_file(3, side=8), labels_file(1, 2, 3)),
        rf"{IMAGES}: its images have the shape \(8, 8\), not \(28, 28\)",
    ),
    "fewer labels than images": (
        lambda: (images_file(3), labels_file(1, 2)),
        f"{IMAGES} holds 3 images, but .*{LABELS} 2 labels",
    ),
    "a label out of range": (
        lambda: (images_file(3), labels_file(1, 12, 3)),
        f"{LABELS}: label 12 at 1; digits are 0 to 9",
    ),
    "sizes beyond any memory": (
        lambda: (struct.pack(">IIII", 2051, *[2**32 - 1] * 3), labels_file(1)),
        f"{IMAGES} holds 16 bytes, unpacked, and should hold {16 + (2**32 - 1) ** 3}",
    ),
    "packed and cut short": (
        lambda: (gzip.compress(images_file(3))[:-300], labels_file(1, 2, 3)),
        rf"{IMAGES} holds \d+ bytes, unpacked, and should hold {WHOLE} for",
    ),
    "packed and damaged": (
        lambda: (
            gzip.compress(images_file(3)).replace(images_file(3)[16:26], b"a" * 10),
            labels_file(1, 2, 3),
        ),
        f"{IMAGES} is damaged and cannot be unpacked .* Get it again",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_named_with_what_it_holds_and_should_hold(what: str, tmp_path: Path) -> None:
    files, message = BROKEN[what]
    folder_with(tmp_path, *files())
    with pytest.raises(ValueError, match=message):
        mnist(tmp_path, "test")


@pytest.mark.skipif(
    "BABYGRAD_MNIST" not in os.environ, reason="BABYGRAD_MNIST names no folder with MNIST's files"
)
def test_the_real_test_images_are_read_and_learned() -> None:
    dataset = mnist(os.environ["BABYGRAD_MNIST"], "test")
    images, labels = dataset.arrays
    assert images.shape == (10_000, 784)
    assert (images.min(), images.max()) == (0, 1)
    assert labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    train, test = split(dataset, 0.2)
    rng = np.random.default_rng(0)
    model = Sequential(Linear(784, 64, rng=rng), ReLU(), Linear(64, 10, rng=rng))
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(4):
        for images, labels in DataLoader(train, batch_size=64, shuffle=True):
            optimizer.zero_grad()
            softmax_loss(model(images), labels).backward()
            optimizer.step()
    images, labels = test.arrays
    assert (model(images).data.argmax(axis=1) == labels).mean() > 0.92
