"""The data of the chapters: bundled images, exact random fields, and MNIST and CIFAR-10 by name."""

from dataclasses import dataclass

import numpy as np

from dlmath._archives import CIFAR10_CLASSES, read_cifar10, read_mnist
from dlmath._fields import gaussian_field, patches, phase_randomised

__all__ = [
    "PHOTOS",
    "TEXTURES",
    "Images",
    "cifar10",
    "digits",
    "gaussian_field",
    "mnist",
    "patches",
    "phase_randomised",
    "photo",
    "texture",
]

TEXTURES = ("brick", "grass", "gravel")
_SKLEARN_PHOTOS = ("china", "flower")
_SKIMAGE_PHOTOS = (
    "astronaut", "camera", "cat", "cell", "clock", "coffee", "coins", "hubble_deep_field",
    "immunohistochemistry", "microaneurysms", "moon", "page", "retina", "rocket", "text",
)  # fmt: skip
PHOTOS = tuple(sorted(_SKLEARN_PHOTOS + _SKIMAGE_PHOTOS))
_LUMINANCE = (0.2125, 0.7154, 0.0721)  # ITU-R BT.709, as scikit-image's rgb2gray


@dataclass(frozen=True, eq=False, repr=False)
class Images:
    """Labelled images.

    Attributes:
        images: (n, height, width), or (n, height, width, 3) in colour; the function says the range.
        labels: (n,), indices into ``classes``.
        classes: the names of the classes.
        source: what the images are, to be said beside any number that comes from them.
        reencoded: whether the pixels went through a lossy format and are not the published ones.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    source: str
    reencoded: bool = False

    def __repr__(self) -> str:
        """Say what it holds, without the pixels."""
        n, *size = self.images.shape
        pixels = "x".join(map(str, size))
        return f"Images({self.source}: {n} of {pixels}, {len(self.classes)} classes)"


def digits() -> Images:
    """Load scikit-learn's 1797 handwritten digits; nothing is downloaded.

    Returns:
        Images of shape (1797, 8, 8), float64 in [0, 1] (sixteenths), and labels 0 to 9.

    Example:
        >>> digits()
        Images(scikit-learn digits: 1797 of 8x8, 10 classes)
    """
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    return Images(pixels.reshape(-1, 8, 8) / 16.0, labels, _numerals(), "scikit-learn digits")


def texture(name: str) -> np.ndarray:
    """Load a texture bundled with scikit-image: brick, grass or gravel.

    Args:
        name: one of ``TEXTURES``.

    Returns:
        (512, 512) float64 in [0, 1].

    Raises:
        ValueError: no texture of that name.
    """
    _choose("texture", name, TEXTURES)
    return _bundled(name)


def photo(name: str) -> np.ndarray:
    """Load a photograph bundled with scikit-learn or scikit-image, in grey; nothing is downloaded.

    Args:
        name: one of ``PHOTOS``.

    Returns:
        (height, width) float64 in [0, 1]; colour photographs give their luminance.

    Raises:
        ValueError: no photograph of that name.
    """
    _choose("photo", name, PHOTOS)
    if name in _SKLEARN_PHOTOS:
        from sklearn.datasets import load_sample_image

        return _grey(load_sample_image(f"{name}.jpg"))
    return _bundled(name)


def mnist(split: str = "train") -> Images:
    """Load MNIST from the folder ``$DLMATH_DATA``, else from the cache, else by download (11 MB).

    Args:
        split: "train" (60,000 images) or "test" (10,000).

    Returns:
        Images of shape (n, 28, 28) and labels of shape (n,), both uint8; ink is 255.

    Raises:
        ValueError: no such split, or a file in ``$DLMATH_DATA`` is not the published one.
        FileNotFoundError: ``$DLMATH_DATA`` names no folder.
        ConnectionError: the files are not there and no mirror served them.
    """
    _choose("split", split, ("train", "test"))
    images, labels = read_mnist(split)
    return Images(images, labels, _numerals(), f"MNIST {split}")


def cifar10(split: str = "train") -> Images:
    """Load CIFAR-10 from the folder ``$DLMATH_DATA``, else the cache, else by download (170 MB).

    The folder may hold the published archive (binary or Python edition), or images re-encoded as
    JPEG: ``cifar10-jpeg.tar.xz``, or files ``train|test/<class>/NNNN.jpg``. Re-encoded images are
    near the published ones, not equal to them, and come one class after the other in turn, since
    the files do not tell the published order; the result's ``source`` and ``reencoded`` say so.

    Args:
        split: "train" (50,000 images) or "test" (10,000).

    Returns:
        Images of shape (n, 32, 32, 3) and labels of shape (n,), both uint8.

    Raises:
        ValueError: no such split, or a file in ``$DLMATH_DATA`` is not whole.
        FileNotFoundError: ``$DLMATH_DATA`` names no folder.
        ConnectionError: the archive is not there and no mirror served it.
    """
    _choose("split", split, ("train", "test"))
    (images, labels), edition = read_cifar10(split)
    note = f", re-encoded as {edition}" if edition else ""
    return Images(images, labels, CIFAR10_CLASSES, f"CIFAR-10 {split}{note}", bool(edition))


def _numerals() -> tuple[str, ...]:
    return tuple("0123456789")


def _choose(what: str, name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        raise ValueError(f"{what} must be one of {', '.join(names)}; got {name!r}.")


def _bundled(name: str) -> np.ndarray:
    import skimage.data

    return _grey(getattr(skimage.data, name)())


def _grey(picture: np.ndarray) -> np.ndarray:
    scaled = picture / 255.0
    return scaled if scaled.ndim == 2 else scaled @ np.array(_LUMINANCE)
