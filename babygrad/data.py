"""Data sets, and batches of them in random order.

train, test = digits()
for images, labels in DataLoader(train, batch_size=32, shuffle=True):
    ...

What comes out are arrays: data and labels need no gradient.
"""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["ArrayDataset", "DataLoader", "Dataset", "digits", "mnist", "mnist_folder", "split"]


class Dataset:
    """Examples with numbers 0 to ``len(dataset) - 1``. A subclass writes ``__len__`` and ``__getitem__``."""

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} has no __len__.")

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        """The example with this number: a tuple of arrays or numbers, such as (image, label)."""
        raise NotImplementedError(f"{type(self).__name__} has no __getitem__.")

    def batch(self, indices: Sequence[int] | np.ndarray) -> tuple[np.ndarray, ...]:
        """Some examples together: for each part of an example an array with a new first axis."""
        examples = [self[int(index)] for index in indices]
        if not all(isinstance(example, tuple) for example in examples):
            raise TypeError(
                f"{type(self).__name__}.__getitem__ must return a tuple, such as (image, label); "
                f"it returned {type(examples[0]).__name__}."
            )
        return tuple(np.stack(parts) for parts in zip(*examples, strict=True))


class ArrayDataset(Dataset):
    """Arrays whose first axis counts the examples, such as images and labels.

    arrays: equally long ones; they are not copied. Raises ValueError where there are none, one has no axis,
    or their lengths differ; TypeError for Tensors.
    """

    def __init__(self, *arrays: ArrayLike) -> None:
        self.arrays = tuple(np.asarray(array) for array in arrays)
        shapes = [array.shape for array in self.arrays]
        if not shapes or () in shapes or len({shape[0] for shape in shapes}) > 1:
            raise ValueError(
                "ArrayDataset needs arrays with equally long first axes, one entry for each example; "
                f"these have the shapes {', '.join(map(str, shapes)) or '(there are none)'}."
            )

    def __len__(self) -> int:
        return len(self.arrays[0])

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        """index: a number, or whatever NumPy takes for several: a slice, or an array of numbers."""
        return tuple(array[index] for array in self.arrays)

    def batch(self, indices: Sequence[int] | np.ndarray) -> tuple[np.ndarray, ...]:
        """Copies of some examples."""
        return self[np.asarray(indices, dtype=int)]


class DataLoader:
    """Batches of a dataset: each ``for`` loop over it goes once through all examples.

    batch_size: examples in a batch; the last may have fewer. shuffle: take the examples in a new random
    order each time. seed: a number, or a NumPy Generator; the same seed gives the same orders.
    Yields tuples of arrays. ``len`` is the number of batches.
    Raises ValueError where the dataset is empty or batch_size below 1, TypeError where it is no Dataset.
    """

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int,
        shuffle: bool = False,
        seed: int | np.random.Generator = 0,
    ) -> None:
        if not isinstance(dataset, Dataset):
            raise TypeError(
                f"DataLoader: expected a Dataset, not {type(dataset).__name__}; "
                "for arrays write ArrayDataset(images, labels)."
            )
        if not len(dataset):
            raise ValueError("DataLoader: the dataset is empty. Where was it read or selected from?")
        if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError(
                f"DataLoader: batch_size must be a whole number, at least 1, not {batch_size!r}."
            )
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self._rng = np.random.default_rng(seed)

    def __len__(self) -> int:
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self) -> Iterator[tuple[np.ndarray, ...]]:
        count = len(self.dataset)
        order = self._rng.permutation(count) if self.shuffle else np.arange(count)
        for start in range(0, count, self.batch_size):
            yield self.dataset.batch(order[start : start + self.batch_size])


def split(
    dataset: Dataset, share: float, seed: int | np.random.Generator = 0
) -> tuple[ArrayDataset, ArrayDataset]:
    """A dataset in two, at random: what is left, and `share` of it, such as 0.2, for testing.

    Returns two ArrayDatasets without common examples; the same seed gives the same ones. Raises ValueError
    where one of them would be empty.
    """
    count = len(dataset)
    taken = round(share * count)
    if not 0 < taken < count:
        raise ValueError(f"split: {share!r} of {count} examples leaves nothing on one side.")
    order = np.random.default_rng(seed).permutation(count)
    return ArrayDataset(*dataset.batch(order[taken:])), ArrayDataset(*dataset.batch(order[:taken]))


# The handwritten digits ------------------------------------------------------------------------------


def digits(test_share: float = 0.2, seed: int | np.random.Generator = 0) -> tuple[ArrayDataset, ArrayDataset]:
    """1797 handwritten digits of 8 by 8 pixels, which scikit-learn brings with it: to train on, and to test.

    Each holds images, float32 of shape (N, 64) from 0 (paper) to 1 (ink), and labels, int64 of shape (N,)
    from 0 to 9. Raises ImportError where scikit-learn is not installed. Source: Alpaydin and Kaynak, 1998,
    "Optical Recognition of Handwritten Digits", the UCI repository.
    """
    pixels = _bundled_digits()
    images, labels = (pixels[:, :64] / 16).astype(np.float32), pixels[:, 64].astype(np.int64)
    return split(ArrayDataset(images, labels), test_share, seed)


def _bundled_digits() -> np.ndarray:
    """The table that scikit-learn has: for each digit 64 numbers from 0 to 16, and the label.

    Its file is read without importing scikit-learn, which takes longer than training; if the file is
    elsewhere one day, scikit-learn finds it.
    """
    package = find_spec("sklearn")
    if package is not None and package.origin is not None:
        file = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
        if file.is_file():
            return np.loadtxt(file, delimiter=",")
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError(
            "digits() needs scikit-learn: install it with `pip install scikit-learn`."
        ) from error
    images, labels = load_digits(return_X_y=True)
    return np.column_stack([images, labels])


MNIST_SOURCE = "https://storage.googleapis.com/cvdf-datasets/mnist/"


def mnist(folder: str | PathLike[str], part: str = "train") -> ArrayDataset:
    """The digits of MNIST, 28 by 28 pixels, from its files in `folder`, packed (.gz) or not.

    part: "train" for 60 000 examples or "test" for 10 000. Holds images, float32 of shape (N, 784) from 0
    (paper) to 1 (ink), and labels, int64 of shape (N,) from 0 to 9.
    Raises FileNotFoundError where a file is absent, and says where to get it; ValueError, naming the file,
    where it is cut short or holds something else. Source: LeCun, Cortes and Burges, 1998.
    """
    names = {"train": "train", "test": "t10k"}
    if part not in names:
        raise ValueError(f'mnist: part is "train" or "test", not {part!r}.')
    images_file = _found(Path(folder), f"{names[part]}-images-idx3-ubyte")
    labels_file = _found(Path(folder), f"{names[part]}-labels-idx1-ubyte")
    images, labels = _read_idx(images_file, axes=3), _read_idx(labels_file, axes=1)
    if images.shape[1:] != (28, 28):
        raise ValueError(f"{images_file}: its images have the shape {images.shape[1:]}, not (28, 28).")
    if len(images) != len(labels):
        raise ValueError(f"{images_file} holds {len(images)} images, but {labels_file} {len(labels)} labels.")
    if len(labels) and labels.max() > 9:
        raise ValueError(f"{labels_file}: label {labels.max()} at {labels.argmax()}; digits are 0 to 9.")
    return ArrayDataset(images.reshape(-1, 784) / np.float32(255), labels.astype(np.int64))


def mnist_folder() -> Path:
    """The folder with MNIST's files: that in the environment variable BABYGRAD_MNIST, or `data/mnist`.

    The latter is looked for in the current folder and above it; where there is none, it is that in the folder
    of the course, two above, or else in the current one.
    """
    if os.environ.get("BABYGRAD_MNIST"):
        return Path(os.environ["BABYGRAD_MNIST"])
    here = Path.cwd()
    known = [folder / "data" / "mnist" for folder in (here, *here.parents)]
    usual = known[2] if here.parent.name == "notebooks" else known[0]
    return next((folder for folder in known if folder.is_dir()), usual)


def _found(folder: Path, name: str) -> Path:
    """The file with this name, packed or not. Some who unpack them write "." for "-" before "idx"."""
    for known in (name, name.replace("-idx", ".idx")):
        for path in (folder / known, folder / f"{known}.gz"):
            if path.is_file():
                return path
    raise FileNotFoundError(
        f"mnist: neither {name} nor {name}.gz is in {folder}. Get the four files of MNIST (11 MB) from "
        f"{MNIST_SOURCE}{name}.gz and so on, and put them there as they are."
    )


def _read_idx(path: Path, axes: int) -> np.ndarray:
    """The array of bytes in an idx file. Raises ValueError where it is not whole.

    The format: two zeros, 8 for bytes, the number of axes, the size of each axis in four bytes with the
    highest first, then the elements. Source: the page of MNIST by LeCun.
    """
    content = _unpacked(path)
    begin, start = bytes([0, 0, 8, axes]), 4 + 4 * axes
    if not begin.startswith(content[:4]):
        raise ValueError(
            f"{path} begins with the bytes {content[:4].hex(' ')}; one with {axes} axes in idx format begins "
            f"with {begin.hex(' ')}. Is it another file?"
        )
    if len(content) < start:
        raise _wrong_length(path, content, f"{start} for its header alone")
    sizes = [int(size) for size in np.frombuffer(content, ">u4", axes, offset=4)]
    whole = start + math.prod(sizes)
    if len(content) != whole:
        raise _wrong_length(path, content, f"{whole} for the sizes {tuple(sizes)} in its header")
    return np.frombuffer(content, np.uint8, offset=start).reshape(sizes)


def _wrong_length(path: Path, content: bytes, wanted: str) -> ValueError:
    return ValueError(
        f"{path} holds {len(content)} bytes, unpacked, and should hold {wanted}. Was it cut short? "
        "Get it again."
    )


def _unpacked(path: Path) -> bytes:
    """The bytes of a file, unpacked if they are packed by gzip; of a file cut short, what there is."""
    content = path.read_bytes()
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return zlib.decompressobj(wbits=31).decompress(content)
    except zlib.error as error:
        raise ValueError(f"{path} is damaged and cannot be unpacked ({error}). Get it again.") from error
