"""Two statements of the scattering chapter about images: Kymatio's filters, and textures."""

import math

import numpy as np
import torch

from dlmath.data import phase_randomised
from dlmath.invariance import textures
from dlmath.invariance.filters import morlet_bank
from dlmath.invariance.scattering import scattering2d
from dlmath.ledger import Check, Evidence, claim


@claim(
    "kymatio-is-not-tight",
    source="andreux2020kymatio",
    breaks={"a tight bank": dict(bank="tight")},
)
def kymatio_is_not_tight(*, size: int = 64, J: int = 3, bank: str = "kymatio") -> Evidence:
    r"""Kymatio's bank with $J = 3$ and $L = 8$ on the grid of $64 \times 64$ has
    $A(0) = (\pi/3.1415)^2 > 1$ and $A(\pi, \pi) < \tfrac18$: it stretches a constant image, and
    keeps less than an eighth of the energy of a checkerboard.
    """
    engine = "kymatio" if bank == "kymatio" else "dlmath"

    def transform(image: torch.Tensor) -> torch.Tensor:
        return scattering2d(image, J, order=1, bank=bank, engine=engine)

    gain = transform(torch.ones(size, size, dtype=torch.float64))[0].mean().item()
    i = torch.arange(size)
    board = (1 - 2 * ((i[:, None] + i) % 2)).double()
    # |board * psi| is constant, and the average multiplies it by the gain of a constant
    kept = (transform(board) / gain).square().sum(0).mean().item()
    by_hand = 2 * math.exp(-0.64 * (math.sqrt(2) - 0.75) ** 2 * math.pi**2)
    exact = morlet_bank((size, size), J).littlewood_paley()[size // 2, size // 2]
    return Evidence(
        (
            Check("gain of a constant image, minus 1", gain - 1, math.pi / 3.1415 - 1, 1e-6),
            Check("energy kept of a checkerboard", kept, float(exact), 1e-5),
            Check("the same, by hand", kept, by_hand, 1e-3),
            Check("the same, at most 1/8", kept, 1 / 8, 0, "<="),
        )
    )


@claim(
    "second-order-separates",
    source="galerne2011random",
    breaks={
        "a Gaussian texture": dict(names=("gaussian",)),
        "phases randomised after the window": dict(randomise_first=False),
    },
)
def second_order_separates(
    *,
    names: tuple[str, ...] = ("gravel", "grass"),
    randomise_first: bool = True,
    rounds: int = 8,
    z: float = 4.0,
    seed: int = 0,
) -> Evidence:
    r"""Let $X$ be a real random field on $(\mathbb Z/M) \times (\mathbb Z/N)$, and let $X'$ have
    the Fourier modulus and the mean of $X$ and the phases of an independent white Gaussian noise.
    (i) $|\hat X'| = |\hat X|$. (ii) If $X$ is a stationary Gaussian field, $(X, X')$ and
    $(X', X)$ have the same law: shown one of the two with equal odds, a classifier learned on
    independent data is right half the time, whatever it looks at. (iii) If $X$ is stationary and
    Gaussian, and $\hat\psi(\omega)\hat\psi(-\omega) = 0$ for every $\omega$, then
    $\mathbb E|X*\psi| = \tfrac{\sqrt\pi}{2}\,(\mathbb E|X*\psi|^2)^{1/2}$.
    """
    field, _ = textures.halves(names[0], seed)
    modulus, copied = (np.abs(np.fft.fft2(f)) for f in (field, phase_randomised(field, seed)))
    # patches of one field are not independent; over many seeds the accuracy of a round has the
    # standard deviation of 256 independent answers all the same
    null = textures.mean_accuracy(("gaussian",), range(seed, seed + rounds), randomise_first)
    found = {name: textures.mean_accuracy((name,), [seed], randomise_first) for name in names}
    least = {r: min(a[r] for a in found.values()) for r in textures.REPRESENTATIONS}
    fourier, first, both = textures.REPRESENTATIONS
    se = 0.5 / math.sqrt(textures.TESTS)
    ratio, se_ratio = textures.rayleigh(seed)
    gains = [
        Check(
            f"textures, {both}: gain over {r} (z = {z:g})",
            least[both] - least[r],
            z * textures.se_gain(least, r),
            0,
            ">=",
        )
        for r in (first, fourier)
    ]
    return Evidence(
        (
            Check("change of |F|, relative", abs(copied - modulus).max() / modulus.max(), 0, 1e-12),
            Check(f"Gaussian, {both} (z = {z:g})", null[both], 0.5, z * se / math.sqrt(rounds)),
            Check(
                f"Gaussian, E|X*psi| / rms (z = {z:g})", ratio, math.sqrt(math.pi) / 2, z * se_ratio
            ),
            Check(f"textures, {both} (z = {z:g})", least[both], 0.5 + z * se, 0, ">="),
            *gains,
        ),
        data={"null": null, "accuracy": found},
    )
