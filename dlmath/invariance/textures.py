r"""A texture against its phase-randomised copy: what is known beyond the spectrum.

The copy has the Fourier modulus of the texture, exactly, and random phases. A classifier that
tells patches of the two apart uses something that the spectrum does not hold. The design matters
more than the classifier:

* phases are randomised over a whole field, *then* patches of both are cut and windowed alike; the
  other way round the classifier learns the window;
* training and test patches come from two fields, each with a copy of its own. From one field they
  would share one spectrum, and what the training half has too much of the test half has too little
  of: on a Gaussian field, where nothing can be learned, the accuracy falls *below* one half.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dlmath.data import gaussian_field, phase_randomised, texture
from dlmath.invariance.filters import tight_bank
from dlmath.invariance.scattering import paths, scattering2d

SIDE = 32
"""Side of a patch, in pixels."""
SCALE = 3
"""Log2 of the width of the averaging."""
TESTS = 256
"""Patches in one test: 128 of a field and 128 of its copy."""
REPRESENTATIONS = ("Fourier modulus", "order 1", "orders 1 and 2")

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


def halves(name: str, seed: int = 0) -> tuple[Array, Array]:
    """Two fields of 512 by 256 pixels, of mean 0 and variance 1: one to learn from, one to test on.

    Args:
        name: A texture of :func:`dlmath.data.texture`, whose halves these are, or ``"gaussian"``:
            two independent periodic stationary Gaussian fields.
        seed: Seed of the Gaussian fields; a texture does not depend on it.
    """
    if name == "gaussian":
        rng = np.random.default_rng([seed, 1])
        fields = tuple(gaussian_field((512, 256), pink, rng) for _ in range(2))
    else:
        whole = texture(name)
        fields = whole[:, :256], whole[:, 256:]
    first, second = ((f - f.mean()) / f.std() for f in fields)
    return first, second


def pink(frequency: Array) -> Array:
    """A power spectrum that falls like the inverse square of the frequency, without the mean."""
    return np.where(frequency > 0, 1 / (frequency + 0.02) ** 2, 0.0)


def tiles(field: Array) -> Array:
    """Cut a field into patches that do not overlap: shape (n, SIDE, SIDE)."""
    m, n = (s // SIDE for s in field.shape)
    blocks = field[: m * SIDE, : n * SIDE].reshape(m, SIDE, n, SIDE)
    return blocks.swapaxes(1, 2).reshape(-1, SIDE, SIDE)


def windowed(patches: Array) -> Array:
    """Remove each patch's mean and multiply by a Hann window: the border tells nothing."""
    hann = np.hanning(SIDE + 2)[1:-1]
    return (patches - patches.mean((1, 2), keepdims=True)) * hann[:, None] * hann


def represent(patches: Array) -> dict[str, Array]:
    """Three representations of patches ``(n, SIDE, SIDE)``, each an array ``(n, features)``.

    The scattering coefficients are averaged over the patch.
    """
    modulus = np.abs(np.fft.rfft2(patches)).reshape(len(patches), -1)
    coefficients = scattering2d(patches, SCALE).mean((-2, -1)).numpy()
    order = np.array([path.order for path in paths(SCALE)])
    first, both = coefficients[:, order == 1], coefficients[:, order >= 1]
    return dict(zip(REPRESENTATIONS, (modulus, first, both), strict=True))


def contest(
    fields: Sequence[Array], seed: int, *, randomise_first: bool = True
) -> dict[str, float]:
    """Learn to tell texture from copy on one field, and measure the accuracy on another.

    Args:
        fields: The field to learn from and the field to be tested on.
        seed: Seed of the random phases.
        randomise_first: Randomise the phases before the patches are cut. With False they are
            randomised patch by patch, after the window: the classifier then learns the window.

    Returns:
        The accuracy of shrinkage LDA, by representation.
    """
    rng = np.random.default_rng([seed, 2])
    (train, y_train), (test, y_test) = [_labelled(field, rng, randomise_first) for field in fields]
    return {r: accuracy(train[r], y_train, test[r], y_test) for r in REPRESENTATIONS}


def accuracy(
    train: Array, y_train: Labels, test: Array, y_test: Labels, *, solver: str = "eigen"
) -> float:
    """Accuracy on the test features of shrinkage linear discriminant analysis.

    The default solver is many times faster for hundreds of features; ``"lsqr"`` is for
    training sets on which a feature may be constant.
    """
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    lda = LinearDiscriminantAnalysis(solver=solver, shrinkage="auto")
    return float(lda.fit(train, y_train).score(test, y_test))


def _labelled(
    field: Array, rng: np.random.Generator, randomise_first: bool
) -> tuple[dict[str, Array], Labels]:
    """Patches of a field (label 0) and of its copy (label 1), represented."""
    original = windowed(tiles(field))
    if randomise_first:
        copy = windowed(tiles(phase_randomised(field, rng)))
    else:
        copy = np.stack([phase_randomised(patch, rng) for patch in original])
    labels = np.repeat([0, 1], len(original))
    return represent(np.concatenate([original, copy])), labels


def sparsity(field: Array, psi: Array) -> float:
    r"""The mean of $|x*\psi|$ over its root mean square, at most 1.

    It is about $\sqrt\pi/2$ for a stationary Gaussian field and an analytic filter, and less
    where the filter's response is rare and strong.

    Args:
        field: A real field.
        psi: Fourier transform of the filter, of the field's shape.
    """
    response = np.abs(np.fft.ifft2(np.fft.fft2(field) * psi))
    return float(response.mean() / np.sqrt((response**2).mean()))


def mean_accuracy(
    names: Sequence[str], seeds: Sequence[int], randomise_first: bool = True
) -> dict[str, float]:
    """The accuracies of :func:`contest`, averaged over textures and seeds."""
    runs = [
        contest(halves(name, seed), seed, randomise_first=randomise_first)
        for name in names
        for seed in seeds
    ]
    return {r: float(np.mean([run[r] for run in runs])) for r in REPRESENTATIONS}


def se_gain(accuracy: dict[str, float], below: str) -> float:
    """Standard error of the gain of orders 1 and 2 over ``below``, as if the two were independent.

    They are measured on the same patches and go together, so that the true one is smaller.
    """
    variance = sum(accuracy[r] * (1 - accuracy[r]) for r in (REPRESENTATIONS[-1], below))
    return float(np.sqrt(variance / TESTS))


def rayleigh(seed: int, fields: int = 256) -> tuple[float, float]:
    r"""Estimate $\mathbb E|X*\psi| / (\mathbb E|X*\psi|^2)^{1/2}$ for a Gaussian field.

    The second moment is known from the spectrum, so that only the mean is estimated.

    Returns:
        The estimate and its standard error, from independent fields of 64 by 64 pixels.
    """
    rng = np.random.default_rng([seed, 3])
    grid = (64, 64)
    psi = tight_bank(grid, 3).psi[8]
    radius = np.hypot(*np.meshgrid(np.fft.fftfreq(64), np.fft.fftfreq(64), indexing="ij"))
    rms = np.sqrt((pink(radius) * psi**2).mean())
    means = [
        np.abs(np.fft.ifft2(np.fft.fft2(gaussian_field(grid, pink, rng)) * psi)).mean() / rms
        for _ in range(fields)
    ]
    return float(np.mean(means)), float(np.std(means, ddof=1) / np.sqrt(fields))
