"""Random fields with a prescribed spectrum, and patches cut from a picture."""

from collections.abc import Callable

import numpy as np

Seed = int | np.random.Generator


def phase_randomised(field: np.ndarray, seed: Seed) -> np.ndarray:
    r"""Draw a field with the same $|\hat x|$ and mean as ``field``, and the phases of white noise.

    The phases are those of the transform of a real Gaussian white noise, so that they have the
    symmetry $\varphi(-\omega) = -\varphi(\omega)$ and the result is real. To compare patches of
    a texture with patches of its surrogate, randomise the whole texture and cut both alike: a
    surrogate of a patch loses the jump at the patch's border too, and a classifier sees that.

    Args:
        field: real and finite, of any shape.
        seed: an integer, or a NumPy generator, which is advanced.

    Returns:
        Of the shape of ``field``, float64.

    Raises:
        TypeError: ``field`` is not real, or ``seed`` is neither an integer nor a generator.
        ValueError: ``field`` is empty or has an entry that is not finite.

    Example:
        >>> x = np.arange(35.0).reshape(5, 7)
        >>> y = phase_randomised(x, seed=0)
        >>> bool(np.allclose(np.abs(np.fft.fft2(x)), np.abs(np.fft.fft2(y))))
        True
    """
    field = _real(field)
    phase = np.angle(np.fft.rfftn(_generator(seed).standard_normal(field.shape)))
    spectrum = np.abs(np.fft.rfftn(field)) * np.exp(1j * phase)
    spectrum.flat[0] = field.sum()  # the mean, with its sign
    return np.fft.irfftn(spectrum, s=field.shape, axes=range(field.ndim))


def gaussian_field(
    shape: tuple[int, ...], spectrum: np.ndarray | Callable[[np.ndarray], np.ndarray], seed: Seed
) -> np.ndarray:
    r"""Draw a periodic stationary Gaussian field of mean zero with a given power spectrum.

    $\mathbb E |\hat x(\omega)|^2 = N P(\omega)$ with $N$ the number of entries, so that $P = 1$ is
    white noise of variance 1 and the variance of an entry is the mean of $P$. The spectrum of
    another field ``y`` is ``np.abs(np.fft.fftn(y)) ** 2 / y.size``.

    Args:
        shape: of the field.
        spectrum: $P \ge 0$, either an array of the field's shape in the order of ``np.fft.fftn``,
            with $P(-\omega) = P(\omega)$, or a function of $|\omega|$ in cycles per sample.
        seed: an integer, or a NumPy generator, which is advanced.

    Returns:
        Of shape ``shape``, float64.

    Raises:
        TypeError: ``seed`` is neither an integer nor a generator.
        ValueError: the spectrum has another shape, a negative or not finite entry, or no symmetry.
    """
    if callable(spectrum):
        axes = np.meshgrid(*(np.fft.fftfreq(n) for n in shape), indexing="ij")
        spectrum = spectrum(np.sqrt(sum(axis**2 for axis in axes)))
    power = _real(spectrum)
    if power.shape != tuple(shape):
        raise ValueError(f"spectrum must have the field's shape {tuple(shape)}, got {power.shape}.")
    if power.min() < 0:
        raise ValueError(f"spectrum must be nonnegative, got an entry {power.min():g}.")
    mirrored = np.roll(np.flip(power), 1, axis=range(power.ndim))
    if not np.allclose(power, mirrored, rtol=1e-9, atol=0):
        raise ValueError("spectrum must be even, P(-w) = P(w): average it with its mirror image.")
    noise = np.fft.fftn(_generator(seed).standard_normal(power.shape))
    return np.fft.ifftn(np.sqrt(power) * noise).real


def patches(
    field: np.ndarray, size: int, count: int, seed: Seed, window: np.ndarray | None = None
) -> np.ndarray:
    """Cut square patches out of a picture, at places drawn uniformly.

    Args:
        field: (height, width), real.
        size: the side of a patch, in pixels.
        count: how many; they may overlap.
        seed: an integer, or a NumPy generator, which is advanced.
        window: (size, size), multiplied into every patch; none by default.

    Returns:
        (count, size, size) float64.

    Raises:
        TypeError: ``field`` is not real, or ``seed`` is neither an integer nor a generator.
        ValueError: the field is no picture or too small, or the window has another shape.
    """
    field = _real(field)
    if field.ndim != 2 or not 1 <= size <= min(field.shape):
        raise ValueError(
            f"patches of side {size} need a picture as large, got shape {field.shape}."
        )
    if window is not None and np.shape(window) != (size, size):
        raise ValueError(f"window must have shape {(size, size)}, got {np.shape(window)}.")
    places = np.array(field.shape) - size + 1
    rows, columns = _generator(seed).integers(places, size=(count, 2)).T
    cut = np.lib.stride_tricks.sliding_window_view(field, (size, size))[rows, columns]
    return cut if window is None else cut * window


def _generator(seed: Seed) -> np.random.Generator:
    if not isinstance(seed, int | np.integer | np.random.Generator):
        raise TypeError(f"seed must be an integer or a NumPy Generator, got {seed!r}.")
    return np.random.default_rng(seed)


def _real(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values)
    if not np.issubdtype(values.dtype, np.number) or np.iscomplexobj(values):
        raise TypeError(f"wanted an array of real numbers, got {values.dtype}.")
    if not values.size or not np.isfinite(values).all():
        raise ValueError(f"wanted finite entries and at least one, got shape {values.shape}.")
    return values.astype(np.float64)
