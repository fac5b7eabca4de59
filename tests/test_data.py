"""The data: exact where it is made, verified where it is fetched, and clear where it fails."""

import gzip
import hashlib
import io
import os
import pickle
import socket
import tarfile
from pathlib import Path

import numpy as np
import pytest

from dlmath import _archives, _fetch, data
from tests.faulty_server import CONTENT, FaultyServer, faulty_server

REMOTE_NAME = "numbers.bin"
GIVEN_FOLDER = os.environ.get("DLMATH_DATA")  # read before a fixture takes it away


@pytest.fixture(scope="module")
def server():
    with faulty_server() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_folder_of_ours(monkeypatch, server):
    monkeypatch.delenv("DLMATH_DATA", raising=False)
    server.hits.clear()


@pytest.fixture
def real_data(monkeypatch) -> Path:
    """The genuine files, where a developer has them."""
    folder = Path(GIVEN_FOLDER or Path(__file__).resolve().parents[2] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no genuine data files: set DLMATH_DATA to a folder that holds them")
    monkeypatch.setenv("DLMATH_DATA", str(folder))
    return folder


def fetch(server: FaultyServer, cache: Path, *faults: str, rounds: int = 3) -> Path:
    urls = tuple(fault if "://" in fault else server.url(fault) for fault in faults)
    remote = _fetch.Remote(REMOTE_NAME, hashlib.sha256(CONTENT).hexdigest(), urls)
    return _fetch.download(remote, cache=cache, timeout=0.2, rounds=rounds, pause=0.0)


# --- downloads -------------------------------------------------------------------------------


def test_good_file_is_fetched_once(server, tmp_path):
    for _ in range(2):
        path = fetch(server, tmp_path, "good")
        assert path == tmp_path / REMOTE_NAME
        assert path.read_bytes() == CONTENT
    assert server.hits == {"good": 1}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fault", ["503-twice", "truncated-twice"])
def test_passing_fault_is_outlasted(server, tmp_path, fault):
    assert fetch(server, tmp_path, fault).read_bytes() == CONTENT
    assert server.hits[fault] == 3


def test_rounds_are_bounded(server, tmp_path):
    with pytest.raises(ConnectionError, match="HTTP status 503"):
        fetch(server, tmp_path, "503-twice", rounds=2)
    assert server.hits["503-twice"] == 2


@pytest.mark.parametrize(
    ("fault", "reason", "requests"),
    [
        ("500", "HTTP status 500", 3),
        ("404", "HTTP status 404", 1),
        ("wrong", "wrong content, SHA-256 [0-9a-f]{64}", 1),
        ("truncated", "IncompleteRead", 3),
        ("stalled", r"no answer for 0\.2 s", 3),
    ],
)
def test_lasting_fault_leaves_nothing_and_says_all(server, tmp_path, fault, reason, requests):
    with pytest.raises(ConnectionError, match=reason) as caught:
        fetch(server, tmp_path, fault)
    assert list(tmp_path.iterdir()) == []
    assert server.hits[fault] == requests  # a hopeless mirror is not asked again
    message = str(caught.value)
    for part in (REMOTE_NAME, server.url(fault), str(tmp_path), "DLMATH_DATA", "put it into"):
        assert part in message


def test_second_mirror_helps(server, tmp_path):
    path = fetch(server, tmp_path, "404", "wrong", "500", "good")
    assert path.read_bytes() == CONTENT
    assert server.hits == {"404": 1, "wrong": 1, "500": 1, "good": 1}


def test_every_mirror_is_named_with_its_reason(server, tmp_path):
    with pytest.raises(ConnectionError) as caught:
        fetch(server, tmp_path, "404", "500")
    lines = str(caught.value).splitlines()
    assert f"  {server.url('404')}: HTTP status 404" in lines
    assert f"  {server.url('500')}: HTTP status 500" in lines


def test_corrupt_cache_is_replaced(server, tmp_path):
    (tmp_path / REMOTE_NAME).write_bytes(CONTENT[:100])
    assert fetch(server, tmp_path, "good").read_bytes() == CONTENT


def test_corrupt_cache_does_not_survive_a_failure(server, tmp_path):
    (tmp_path / REMOTE_NAME).write_bytes(CONTENT[:100])
    with pytest.raises(ConnectionError):
        fetch(server, tmp_path, "500")
    assert list(tmp_path.iterdir()) == []


def test_no_network(server, tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/good"
        with pytest.raises(ConnectionError, match="refused"):
            fetch(server, tmp_path, url)
    assert list(tmp_path.iterdir()) == []


# --- MNIST -----------------------------------------------------------------------------------


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes() + array.tobytes()


@pytest.fixture
def small_mnist(monkeypatch, server, tmp_path):
    """A test split of three images under the real names, served by the local server alone."""
    images = np.arange(3 * 28 * 28, dtype=np.uint8).reshape(3, 28, 28)
    content = {"images-idx3": images, "labels-idx1": np.array([7, 2, 1], np.uint8)}
    for kind, array in content.items():
        name = f"t10k-{kind}-ubyte"
        raw, packed = idx(array), gzip.compress(idx(array), mtime=0)
        hashes = (hashlib.sha256(packed).hexdigest(), hashlib.sha256(raw).hexdigest())
        monkeypatch.setitem(_archives.MNIST, name, hashes)
        monkeypatch.setitem(server.files, f"{name}.gz", packed)
    monkeypatch.setattr(_archives, "_MNIST_MIRRORS", (f"{server.base}/",))
    monkeypatch.setattr("pooch.os_cache", lambda project: tmp_path / "cache" / project)
    return images


def test_mnist_downloads_unpacks_and_keeps(small_mnist, server, tmp_path):
    for _ in range(2):
        split = data.mnist("test")
        assert np.array_equal(split.images, small_mnist)
        assert split.labels.tolist() == [7, 2, 1]
        assert split.images.dtype == split.labels.dtype == np.uint8
    assert set(server.hits.values()) == {1}
    assert len(list((tmp_path / "cache" / "dlmath").iterdir())) == 2


@pytest.mark.parametrize("subfolder", [".", "mnist", "MNIST/raw"])
@pytest.mark.parametrize("packed", [False, True])
def test_mnist_prefers_the_folder(small_mnist, server, tmp_path, monkeypatch, subfolder, packed):
    folder = tmp_path / "own" / subfolder
    folder.mkdir(parents=True)
    for name in list(server.files):
        raw = gzip.decompress(server.files[name])
        # Another wrapping of the same bytes is as good: the folder is judged by what is inside.
        (folder / (name if packed else name[:-3])).write_bytes(
            gzip.compress(raw, 1, mtime=1) if packed else raw
        )
    monkeypatch.setenv("DLMATH_DATA", str(tmp_path / "own"))
    assert np.array_equal(data.mnist("test").images, small_mnist)
    assert not server.hits


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(b"other", mtime=0), "is not the published file: wanted SHA-256"),
        (gzip.compress(b"other" * 99, mtime=0)[:20], "is not a whole gzip file"),
        (b"no gzip at all", "is not a whole gzip file"),
    ],
)
def test_mnist_refuses_a_wrong_file_of_the_folder(
    small_mnist, tmp_path, monkeypatch, content, message
):
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(content)
    monkeypatch.setenv("DLMATH_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=message) as caught:
        data.mnist("test")
    assert str(path) in str(caught.value)


def test_a_folder_that_is_none_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("DLMATH_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match=r"DLMATH_DATA must name a folder.*nowhere"):
        data.mnist()


@pytest.mark.parametrize("load", [data.mnist, data.cifar10])
def test_unknown_split_lists_the_names(load):
    with pytest.raises(ValueError, match="split must be one of train, test; got 'valid'"):
        load("valid")


@pytest.mark.parametrize(("split", "n", "first"), [("train", 60_000, 5), ("test", 10_000, 7)])
@pytest.mark.usefixtures("real_data")
def test_genuine_mnist(split, n, first):
    name = "train-images-idx3-ubyte"
    if _fetch.find((name, f"{name}.gz"), "mnist", "MNIST/raw") is None:
        pytest.skip("no MNIST in the data folder")
    genuine = data.mnist(split)
    assert genuine.images.shape == (n, 28, 28)
    assert genuine.labels.shape == (n,)
    assert genuine.labels[0] == first
    assert not genuine.reencoded


# --- CIFAR-10 --------------------------------------------------------------------------------


@pytest.fixture
def records():
    """Six batches of two made images, and their labels: the five of training, then the test."""
    rng = np.random.default_rng(0)
    return rng.integers(256, size=(6, 2, 32, 32, 3), dtype=np.uint8), np.arange(12).reshape(
        6, 2
    ) % 10


def write_archive(path: Path, contents: dict[str, bytes], mode: str) -> str:
    with tarfile.open(path, mode) as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def batch_names() -> list[str]:
    return [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]


def write_binary(path: Path, records) -> str:
    contents = {}
    for name, images, labels in zip(batch_names(), *records, strict=True):
        rows = images.transpose(0, 3, 1, 2).reshape(2, -1)
        record = np.hstack([labels[:, None].astype(np.uint8), rows])
        contents[f"cifar-10-batches-bin/{name}.bin"] = record.tobytes()
    return write_archive(path, contents, "w:gz")


def write_python(path: Path, records) -> str:
    contents = {}
    for name, images, labels in zip(batch_names(), *records, strict=True):
        rows = images.transpose(0, 3, 1, 2).reshape(2, -1)
        batch = {"data": rows, "labels": labels.tolist()}
        contents[f"cifar-10-batches-py/{name}"] = pickle.dumps(batch, protocol=2)
    return write_archive(path, contents, "w:gz")


def set_hash(monkeypatch, edition: str, sha256: str, urls: tuple[str, ...] = ()) -> None:
    if edition == "binary":
        remote = _fetch.Remote("cifar-10-binary.tar.gz", sha256, urls)
        monkeypatch.setattr(_archives, "CIFAR10_BINARY", remote)
    else:
        monkeypatch.setattr(_archives, "CIFAR10_PYTHON_SHA256", sha256)


@pytest.mark.parametrize(("edition", "write"), [("binary", write_binary), ("python", write_python)])
def test_cifar10_editions_agree(records, tmp_path, monkeypatch, edition, write):
    set_hash(monkeypatch, edition, write(tmp_path / f"cifar-10-{edition}.tar.gz", records))
    monkeypatch.setenv("DLMATH_DATA", str(tmp_path))
    images, labels = records
    for split, part in (("train", slice(0, 5)), ("test", slice(5, 6))):
        loaded = data.cifar10(split)
        assert np.array_equal(loaded.images, images[part].reshape(-1, 32, 32, 3))
        assert np.array_equal(loaded.labels, labels[part].ravel())
        assert loaded.labels.dtype == np.uint8
        assert not loaded.reencoded
        assert "re-encoded" not in loaded.source


@pytest.mark.parametrize(("edition", "write"), [("binary", write_binary), ("python", write_python)])
def test_cifar10_refuses_another_archive(records, tmp_path, monkeypatch, edition, write):
    write(tmp_path / f"cifar-10-{edition}.tar.gz", records)
    monkeypatch.setenv("DLMATH_DATA", str(tmp_path))
    with pytest.raises(ValueError, match="is not the published file"):
        data.cifar10("test")


def test_cifar10_downloads(records, server, tmp_path, monkeypatch):
    archive = tmp_path / "archive"
    sha256 = write_binary(archive, records)
    monkeypatch.setitem(server.files, "cifar", archive.read_bytes())
    set_hash(monkeypatch, "binary", sha256, (server.url("404"), server.url("cifar")))
    monkeypatch.setattr("pooch.os_cache", lambda project: tmp_path / "cache" / project)
    assert np.array_equal(data.cifar10("test").images, records[0][5])
    assert server.hits == {"404": 1, "cifar": 1}


@pytest.fixture
def jpegs(monkeypatch) -> dict[str, bytes]:
    """Two flat images a class for the test split, whose grey level tells class and number."""
    from PIL import Image

    monkeypatch.setitem(_archives._CIFAR10_PER_CLASS, "test", 2)
    files = {}
    for number in range(2):
        for label, kind in enumerate(_archives.CIFAR10_CLASSES):
            stream = io.BytesIO()
            flat = np.full((32, 32, 3), 10 * label + 100 * number, np.uint8)
            Image.fromarray(flat).save(stream, "JPEG")
            files[f"test/{kind}/{number:04d}.jpg"] = stream.getvalue()
    return files


@pytest.mark.parametrize("packed", [False, True])
def test_cifar10_reencoded_says_so(jpegs, tmp_path, monkeypatch, packed):
    if packed:
        write_archive(tmp_path / "cifar10-jpeg.tar.xz", jpegs, "w:xz")
    else:
        for name, content in jpegs.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
    monkeypatch.setenv("DLMATH_DATA", str(tmp_path))
    loaded = data.cifar10("test")
    assert loaded.reencoded
    assert repr(loaded).startswith("Images(CIFAR-10 test, re-encoded as JPEG: 20 of 32x32x3")
    assert loaded.labels.tolist() == [*range(10), *range(10)]  # any prefix holds classes alike
    level = 10 * loaded.labels.astype(int) + 100 * (np.arange(20) // 10)
    assert np.abs(loaded.images.mean(axis=(1, 2, 3)) - level).max() <= 2  # JPEG rounds


def test_cifar10_refuses_an_incomplete_folder(jpegs, tmp_path, monkeypatch):
    jpegs.popitem()
    write_archive(tmp_path / "cifar10-jpeg.tar.xz", jpegs, "w:xz")
    monkeypatch.setenv("DLMATH_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"must hold 20 files .*, but holds 19"):
        data.cifar10("test")


def test_reencoded_cifar10(real_data):
    if not (real_data / "cifar10-jpeg.tar.xz").is_file():
        pytest.skip("no cifar10-jpeg.tar.xz in the data folder")
    split = data.cifar10("test")
    assert split.images.shape == (10_000, 32, 32, 3)
    assert np.bincount(split.labels).tolist() == [1000] * 10
    assert split.reencoded


# --- bundled images --------------------------------------------------------------------------


def test_digits():
    split = data.digits()
    assert split.images.shape == (1797, 8, 8)
    assert split.images.dtype == np.float64
    assert (split.images.min(), split.images.max()) == (0.0, 1.0)
    assert split.labels.shape == (1797,)
    assert split.classes == tuple("0123456789")
    with pytest.raises(AttributeError):
        split.source = "another"


@pytest.fixture
def _no_download(monkeypatch):
    def refuse(url, *args, **kwargs):
        raise AssertionError(f"bundled data must not be downloaded, got a request for {url}")

    monkeypatch.setattr("pooch.core.stream_download", refuse)


@pytest.mark.usefixtures("_no_download")
@pytest.mark.parametrize("name", data.TEXTURES)
def test_texture(name):
    field = data.texture(name)
    assert field.shape == (512, 512)
    assert field.dtype == np.float64
    assert 0 <= field.min() < 0.3
    assert 0.7 < field.max() <= 1


@pytest.mark.usefixtures("_no_download")
@pytest.mark.parametrize("name", data.PHOTOS)
def test_photo(name):
    picture = data.photo(name)
    assert picture.ndim == 2
    assert picture.dtype == np.float64
    assert 0 <= picture.min() < picture.max() <= 1


def test_photo_is_luminance():
    from skimage.color import rgb2gray
    from sklearn.datasets import load_sample_image

    reference = rgb2gray(load_sample_image("china.jpg"))
    assert np.abs(data.photo("china") - reference).max() <= 1e-12


@pytest.mark.parametrize(
    ("load", "known"), [(data.texture, "brick, grass, gravel"), (data.photo, "china")]
)
def test_unknown_picture_lists_the_names(load, known):
    with pytest.raises(ValueError, match=f"must be one of .*{known}.*; got 'gras'"):
        load("gras")


# --- fields ----------------------------------------------------------------------------------

FIELDS = {
    "odd": (7, 9), "even": (8, 6), "mixed": (8, 9), "line": (16,), "cube": (3, 4, 5), "one": (1, 1),
}  # fmt: skip


@pytest.mark.parametrize("shape", FIELDS.values(), ids=FIELDS)
def test_phase_randomised_keeps_modulus_and_mean(shape):
    field = np.random.default_rng(1).normal(size=shape) - 0.7
    drawn = data.phase_randomised(field, seed=2)
    assert drawn.shape == shape
    assert drawn.dtype == np.float64
    modulus, wanted = (np.abs(np.fft.fftn(x)) for x in (drawn, field))
    assert np.abs(modulus - wanted).max() <= 1e-10 * wanted.max()
    assert drawn.mean() == pytest.approx(field.mean(), abs=1e-12)
    if field.size > 1:
        assert np.abs(drawn - field).max() > 0.1


def test_phase_randomised_texture_keeps_modulus():
    field = data.texture("brick")
    modulus, wanted = (np.abs(np.fft.fft2(x)) for x in (data.phase_randomised(field, 0), field))
    assert np.abs(modulus - wanted).max() <= 1e-10 * wanted.max()


def test_phases_are_uniform():
    # Mean of n uniform unit vectors: real and imaginary part have variance 1/2n; 5 standard errors.
    field = np.random.default_rng(0).normal(size=(64, 64))
    ratio = np.fft.fft2(data.phase_randomised(field, 1)) / np.fft.fft2(field)
    half = ratio[:, 1:32]  # one of each pair of opposite frequencies
    error = np.sqrt(1 / (2 * half.size))
    for moment in (half.mean(), (half**2).mean()):
        assert max(abs(moment.real), abs(moment.imag)) <= 5 * error


DRAWS = {
    "phase_randomised": lambda seed: data.phase_randomised(np.eye(8), seed),
    "gaussian_field": lambda seed: data.gaussian_field((8, 8), np.ones((8, 8)), seed),
    "patches": lambda seed: data.patches(np.arange(400.0).reshape(20, 20), 4, 5, seed),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_draws_depend_on_the_seed_alone(draw):
    np.random.seed(0)  # noqa: NPY002 - the global generator must neither matter nor move
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first = draw(3)
    np.random.seed(1)  # noqa: NPY002
    assert np.array_equal(first, draw(3))
    assert np.array_equal(first, draw(np.random.default_rng(3)))
    assert np.array_equal(first, draw(np.int64(3)))
    assert not np.array_equal(first, draw(4))
    np.random.seed(0)  # noqa: NPY002
    draw(3)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002
    generator = np.random.default_rng(3)
    assert not np.array_equal(draw(generator), draw(generator))  # a generator is advanced
    for seed in (None, "3", 3.0):
        with pytest.raises(TypeError, match="seed must be an integer or a NumPy Generator"):
            draw(seed)


def test_gaussian_field_has_its_spectrum():
    def law(radius):
        return 1 / (0.01 + radius**2)

    shape, draws = (12, 15), 2000
    generator = np.random.default_rng(5)
    fields = np.stack([data.gaussian_field(shape, law, generator) for _ in range(draws)])
    power = (np.abs(np.fft.fft2(fields)) ** 2).mean(axis=0) / fields[0].size
    radius = np.hypot(*np.meshgrid(*map(np.fft.fftfreq, shape), indexing="ij"))
    # |x^|^2/N has standard deviation P, and sqrt(2) P where x^ is real; 5 standard errors.
    assert np.abs(power / law(radius) - 1).max() <= 5 * np.sqrt(2 / draws)


def test_gaussian_field_of_a_flat_spectrum_is_the_noise():
    drawn = data.gaussian_field((5, 6), np.ones_like, seed=1)
    assert np.abs(drawn - np.random.default_rng(1).standard_normal((5, 6))).max() <= 1e-14


@pytest.mark.parametrize(
    ("spectrum", "message"),
    [
        (np.ones((4, 5)), r"shape \(4, 4\), got \(4, 5\)"),
        (-np.ones((4, 4)), "nonnegative, got an entry -1"),
        (np.diag([0.0, 1.0, 2.0, 3.0]), "must be even"),
        (np.full((4, 4), np.inf), "wanted finite entries"),
    ],
)
def test_gaussian_field_refuses(spectrum, message):
    with pytest.raises(ValueError, match=message):
        data.gaussian_field((4, 4), spectrum, seed=0)


def test_patches_are_cut_from_the_field():
    field = np.arange(6.0 * 9).reshape(6, 9)
    cut = data.patches(field, 3, 500, seed=0)
    assert cut.shape == (500, 3, 3)
    corners = {(int(p[0, 0]) // 9, int(p[0, 0]) % 9) for p in cut}
    assert corners == {(i, j) for i in range(4) for j in range(7)}  # every place, and no other
    for patch in cut:
        i, j = divmod(int(patch[0, 0]), 9)
        assert np.array_equal(patch, field[i : i + 3, j : j + 3])


def test_patches_take_a_window():
    field, window = np.random.default_rng(0).normal(size=(9, 9)), np.outer([1, 2, 1], [0, 1, 3])
    plain, windowed = (data.patches(field, 3, 4, 7, window=w) for w in (None, window))
    assert np.array_equal(windowed, plain * window)
    plain[:] = 0  # a copy: the field is not written through
    assert field.any()


@pytest.mark.parametrize(
    ("shape", "size", "window", "message"),
    [
        ((5, 5), 6, None, "side 6 need a picture as large, got shape"),
        ((5, 5), 0, None, "side 0 need a picture"),
        ((5,), 2, None, r"got shape \(5,\)"),
        ((5, 5), 2, np.ones(2), r"window must have shape \(2, 2\), got \(2,\)"),
    ],
)
def test_patches_refuse(shape, size, window, message):
    with pytest.raises(ValueError, match=message):
        data.patches(np.ones(shape), size, 3, 0, window=window)


@pytest.mark.parametrize(
    "draw", [data.phase_randomised, lambda x, seed: data.patches(x, 1, 1, seed)]
)
def test_fields_must_be_real_and_finite(draw):
    for bad in (np.ones((2, 2), complex), np.array([["a"]])):
        with pytest.raises(TypeError, match="wanted an array of real numbers"):
            draw(bad, 0)
    for bad in (np.full((2, 2), np.nan), np.empty((0, 3))):
        with pytest.raises(ValueError, match="wanted finite entries"):
            draw(bad, 0)
