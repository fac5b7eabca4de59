r"""A texture against its phase-randomised copy: what a representation knows beyond the spectrum.

The copy has the Fourier modulus of the texture, exactly, and random phases. A classifier that tells patches of the two
apart uses something that the spectrum does not hold. The design matters more than the classifier:

* phases are randomised over a whole field, *then* patches of both are cut and windowed alike; done the other way round
  the classifier learns the window;
* training and test patches come from two fields, each with a copy of its own. From one field they would share one
  spectrum, and what the training half has too much of the test half has too little of: on a Gaussian field, where
  nothing can be learned, the accuracy then falls *below* one half.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from dlmath.data import gaussian_field, phase_randomised, texture
from dlmath.invariance.scattering import paths, scattering2d

SIDE = 32
"""Side of a patch, in pixels."""
SCALE = 3
"""Log2 of the width of the averaging."""
REPRESENTATIONS = ("Fourier modulus", "order 1", "orders 1 and 2")

Array = NDArray[np.float64]


def halves(name: str, seed: int = 0) -> tuple[Array, Array]:
    """Two fields of 512 by 256 pixels, mean 0 and variance 1, one to learn from and one to be tested on.

    Args:
        name: A texture of :func:`dlmath.data.texture`, whose halves these are, or ``"gaussian"``: two independent
            periodic stationary Gaussian fields with a spectrum like a texture's.
        seed: Seed of the Gaussian fields; a texture does not depend on it.
    """
    if name == "gaussian":
        rng = np.random.default_rng([seed, 1])
        fields = tuple(gaussian_field((512, 256), _pink, rng) for _ in range(2))
    else:
        whole = texture(name)
        fields = whole[:, :256], whole[:, 256:]
    first, second = ((f - f.mean()) / f.std() for f in fields)
    return first, second


def _pink(frequency: Array) -> Array:
    """A power spectrum that falls like the inverse square of the frequency, without the mean."""
    return np.where(frequency > 0, 1 / (frequency + 0.02) ** 2, 0.0)


def tiles(field: Array) -> Array:
    """Cut a field into patches that do not overlap: shape (n, SIDE, SIDE)."""
    m, n = (s // SIDE for s in field.shape)
    blocks = field[: m * SIDE, : n * SIDE].reshape(m, SIDE, n, SIDE)
    return blocks.swapaxes(1, 2).reshape(-1, SIDE, SIDE)


def windowed(patches: Array) -> Array:
    """Remove each patch's mean and multiply by a Hann window, so that the patch's border tells nothing."""
    hann = np.hanning(SIDE + 2)[1:-1]
    return (patches - patches.mean((1, 2), keepdims=True)) * hann[:, None] * hann


def represent(patches: Array) -> dict[str, Array]:
    """The three representations of patches ``(n, SIDE, SIDE)``, averaged over the patch: arrays ``(n, features)``."""
    modulus = np.abs(np.fft.rfft2(patches)).reshape(len(patches), -1)
    coefficients = scattering2d(torch.from_numpy(patches), SCALE).mean((-2, -1)).numpy()
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
        randomise_first: Randomise the phases before the patches are cut. With False they are randomised patch by patch,
            after the window: the design whose classifier learns the window.

    Returns:
        The accuracy of shrinkage LDA, by representation.
    """
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis  # slow to import

    rng = np.random.default_rng([seed, 2])
    sets = [_labelled(field, rng, randomise_first) for field in fields]
    (train, y_train), (test, y_test) = sets
    found = {}
    for name in REPRESENTATIONS:
        lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
        found[name] = float(lda.fit(train[name], y_train).score(test[name], y_test))
    return found


def _labelled(field: Array, rng: np.random.Generator, randomise_first: bool) -> tuple:
    """Patches of a field (label 0) and of its copy (label 1), represented."""
    original = windowed(tiles(field))
    if randomise_first:
        copy = windowed(tiles(phase_randomised(field, rng)))
    else:
        copy = np.stack([phase_randomised(patch, rng) for patch in original])
    labels = np.repeat([0, 1], len(original))
    return represent(np.concatenate([original, copy])), labels


def sparsity(field: Array, psi: Array) -> float:
    r"""The ratio :math:`\operatorname{mean}|x*\psi| / \operatorname{rms}|x*\psi|`, at most 1.

    It is :math:`\sqrt\pi/2` in the mean for a stationary Gaussian field and an analytic filter, less where the filter's
    response is rare and strong.

    Args:
        field: A real field.
        psi: Fourier transform of the filter, of the field's shape.
    """
    response = np.abs(np.fft.ifft2(np.fft.fft2(field) * psi))
    return float(response.mean() / np.sqrt((response**2).mean()))
