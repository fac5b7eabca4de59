"""The images of the experiments as tensors, and what they are, so that a record can say it."""

import functools
import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from dlmath import data


def _digits(split: str) -> data.Images:
    """Scikit-learn's digits, which need no download: the first thousand to train on."""
    every = data.digits()
    part = slice(1000) if split == "train" else slice(1000, None)
    words = f"{every.source}, {split}"
    return data.Images(every.images[part], every.labels[part], every.classes, words)


SOURCES = {"mnist": data.mnist, "cifar10": data.cifar10, "digits": _digits}
CLASSES = 10


@dataclass(frozen=True, eq=False)
class Sample:
    """Images for training and for test, on one device.

    Attributes:
        X: Of shape (n, channels, size, size), each image with mean 0 and variance 1.
        y: Labels, of shape (n,).
        X_test: Of shape (m, channels, size, size).
        y_test: Of shape (m,).
        source: What the images are.
        fingerprint: SHA-256 of the pixels and labels drawn, before the labels are spoiled.
    """

    X: Tensor
    y: Tensor
    X_test: Tensor
    y_test: Tensor
    source: str
    fingerprint: str

    @property
    def words(self) -> dict[str, str]:
        """What a record says of the data."""
        return {"source": self.source, "fingerprint": self.fingerprint}


def sample(
    name: str,
    n: int,
    *,
    tests: int = 10_000,
    spoiled: float = 0.0,
    size: int | None = None,
    seed: int = 0,
    device: str = "cpu",
) -> Sample:
    """Draw images for training and test.

    Args:
        name: ``"mnist"``, ``"cifar10"`` or ``"digits"``.
        n: How many for training, the first of a random order that depends on the seed alone.
        tests: How many of the test images, likewise.
        spoiled: Each training label is drawn anew with this probability; 1 makes labels noise.
        size: Crop to the middle of this size.
        seed: Of the order, and of the labels drawn anew.
        device: Where the tensors go.

    Raises:
        ValueError: If there are not so many images.
    """
    train, test = _load(name, "train"), _load(name, "test")
    rng = np.random.default_rng([seed, n])
    for what, wanted, there in (("n", n, len(train.labels)), ("tests", tests, len(test.labels))):
        if not 1 <= wanted <= there:
            raise ValueError(f"{what}: wanted 1 to {there}, got {wanted}")
    order = np.random.default_rng(seed).permutation(len(train.labels))[:n]
    other = np.random.default_rng(seed + 1).permutation(len(test.labels))[:tests]
    parts = (train.images[order], train.labels[order], test.images[other], test.labels[other])
    digest = hashlib.sha256()
    for part in parts:
        digest.update(np.ascontiguousarray(part).tobytes())
    y = parts[1].astype(np.int64)
    anew = rng.random(n) < spoiled
    y = np.where(anew, rng.integers(CLASSES, size=n), y)
    return Sample(
        _pixels(parts[0], size, device),
        torch.as_tensor(y, device=device),
        _pixels(parts[2], size, device),
        torch.as_tensor(parts[3].astype(np.int64), device=device),
        train.source,
        digest.hexdigest(),
    )


@functools.lru_cache(maxsize=4)
def _load(name: str, split: str) -> data.Images:
    """A data set, read once a process: to decode sixty thousand files takes a minute."""
    return SOURCES[name](split)


def _pixels(images: np.ndarray, size: int | None, device: str) -> Tensor:
    """Images (n, h, w) or (n, h, w, 3), uint8, as (n, channels, size, size), each whitened."""
    x = torch.as_tensor(images, device=device).float()
    x = x[:, None] if x.ndim == 3 else x.permute(0, 3, 1, 2)
    if size is not None:
        top = (x.shape[-1] - size) // 2
        x = x[..., top : top + size, top : top + size]
    flat = x.flatten(1)
    # As TensorFlow's per_image_standardization, which the experiment of 2017 used.
    spread = flat.std(1, correction=0).clamp(min=flat.shape[1] ** -0.5)
    return ((flat - flat.mean(1, keepdim=True)) / spread[:, None]).view(x.shape).contiguous()
