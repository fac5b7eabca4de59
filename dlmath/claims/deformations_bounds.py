"""Deformations of every signal: a bound for dilations, and the lecture's bound, which fails."""

from collections.abc import Callable

import numpy as np

from dlmath.invariance.cascade import (
    LOWPASS_EDGE,
    average,
    layers,
    lowpass_peak,
    lowpass_profile,
    scatter,
    translate,
)
from dlmath.invariance.deformations import (
    TOP,
    Packet,
    Signal,
    dilation,
    sample,
    uniform_bank,
    wavelet_gains,
)
from dlmath.invariance.filters import FilterBank, tight_bank_1d
from dlmath.invariance.trials import without_lowpass
from dlmath.ledger import Check, Evidence, claim

K_PSI = 35 * np.pi / 32 / np.log(2)
r"""$\sup_\omega(\frac12\sum_j|\omega\hat\psi_j'(\omega)|^2)^{1/2}$, one wavelet an octave."""
ROUNDING = 1e-12


@claim(
    "dilation-stability",
    source="mallat2012group",
    breaks={
        "equal bands in place of octaves": dict(bank="uniform", order=1),
        "the term with the place left out": dict(place=False),
        "the term of the filters left out": dict(pitch=False),
        "nothing averaged": dict(bank="no average", order=0),
    },
)
def dilation_stability(
    *,
    eps: float = 0.02,
    bank: str = "octaves",
    place: bool = True,
    pitch: bool = True,
    order: int = 2,
    seed: int = 0,
) -> Evidence:
    r"""Let the bank be tight, with $\hat\psi_j$ locally absolutely continuous and 0 for
    $|\omega| \le w_0 2^{-J}$ for a $w_0 > 0$, $K_\psi^2 = \sup_\omega \frac12 \sum_j
    (|\omega\hat\psi_j'(\omega)|^2 + |\omega\hat\psi_j'(-\omega)|^2) < \infty$ and
    $K_\phi = \sup_\omega |2^J\omega\hat\phi_J(\omega)| < \infty$. Let $x$ and $tx$ be in
    $L^2(\mathbb R)$, $x$ real, $0 < \varepsilon < 1$ and $Dx(t) = x((1-\varepsilon)t)$. For every
    $m \ge 0$,
    $$\|S_mDx - S_mx\| \le \varepsilon(1-\varepsilon)^{-5/2} \big( (1 + m K_\psi
    (1 + K_\phi/w_0)) \|x\| + K_\phi 2^{-J} \|tx\| \big) .$$
    """
    n, J = 1 << 12, 5
    octaves = tight_bank_1d(n, J)
    filters = {
        "octaves": lambda: octaves,
        "uniform": lambda: uniform_bank(n, np.pi / 64),
        "no average": lambda: _nothing_averaged(octaves),
    }[bank]()
    k_phi, w0, t = lowpass_peak()[0], TOP, np.arange(n) - n // 2
    most = np.zeros(order + 1)
    for x in _packets(n, seed):
        X, Y = sample(x, n), sample(dilation(eps)(x), n)
        size, reach = np.linalg.norm(X), np.linalg.norm(t * X) if place else 0.0
        for m, (u, v) in enumerate(
            zip(layers(X, filters, order), layers(Y, filters, order), strict=True)
        ):
            change = m * K_PSI * (1 + k_phi / w0) if pitch else 0.0
            slope = (1 + change) * size + k_phi * 2.0**-J * reach
            moved = np.linalg.norm(average(u, filters) - average(v, filters))
            most[m] = max(most[m], moved / (eps * (1 - eps) ** -2.5 * slope))
    shares = (
        Check(f"order {m}: largest share of the bound", share, 1, 0, "<=")
        for m, share in enumerate(most)
    )
    return Evidence((*shares, Check("K_psi, from the filters", _steepest(J), K_PSI, 1e-4)))


def _packets(n: int, seed: int) -> list[Signal]:
    """Sums of random packets; three where the wavelets are steep; two far away; a slow one.

    The short ones are so near the origin that the term with the place does not pay for the pitch.
    """
    rng = np.random.default_rng([seed, 3])

    def mixture() -> Signal:
        sigmas = rng.uniform(15, 120, 6)
        parts = [
            Packet(rng.uniform(6 / s + 0.1, 2.2), s, rng.uniform(-n / 4, n / 4), rng.uniform(0, 6))
            for s in sigmas
        ]
        weights = rng.standard_normal(6)
        return lambda t: sum(
            (w * p(t) for w, p in zip(weights, parts, strict=True)), np.zeros_like(t)
        )

    steep = [Packet(TOP / 2**0.5, width) for width in (8.0, 20.0, 150.0)]
    far = [Packet(1.0, 30, n / 4), Packet(0.05, 20, n / 8)]
    return [*(mixture() for _ in range(4)), *steep, *far, Packet(0.02, 5.0)]


def _nothing_averaged(bank: FilterBank) -> FilterBank:
    """The octaves with the average left out: every coefficient is put out as it is."""
    whole = without_lowpass(bank)
    return FilterBank(np.ones_like(bank.phi), whole.psi, whole.j)


def _steepest(J: int) -> float:
    """The largest speed of the gains against the logarithm of the frequency, by differences."""
    s = np.linspace(np.log(TOP) - 2, np.log(TOP), 20_001)
    speed = np.gradient(wavelet_gains(np.exp(s), J), s, axis=1)
    return float(np.sqrt((speed**2).sum(0) / 2).max())


@claim(
    "gradient-alone-fails",
    source="mallat2012group",
    breaks={
        "the average taken to its limit": dict(limit=True),
        "a tone too fast for the average": dict(tone=lambda w: 2 * w),
    },
)
def gradient_alone_fails(
    *,
    J: int = 6,
    shift: int = 4,
    order: int = 2,
    limit: bool = False,
    tone: Callable[[float], float] = lambda w: w,
) -> Evidence:
    r"""On the grid $\mathbb Z/N$ let the bank be analytic, $\phi_J$ real, $c$ an integer, and
    $x(n) = \cos\omega n$ with $\omega$ a frequency of the grid, $0 < \omega < \pi$. For every
    $m \ge 0$, $\|S_{\le m}L_cx - S_{\le m}x\| = 2|\sin\frac{\omega c}2|\,|\hat\phi_J(\omega)|\,
    \|x\|$. The deformation $\tau = c$ has $\nabla\tau = 0$; so, wherever the right side is
    not 0, no constant $C$ makes $\|S x_\tau - Sx\| \le C\sup|\nabla\tau|\,\|x\|$ true.
    """
    n = 1 << 11
    bank = tight_bank_1d(n, J)
    if limit:
        bank = FilterBank((np.arange(n) == 0).astype(float), bank.psi, bank.j)
    peak, place, _ = lowpass_peak()
    k = round(tone(place / 2**J) * n / (2 * np.pi))
    w = 2 * np.pi * k / n
    x = np.cos(w * np.arange(n))
    moved = scatter(translate(x, float(shift)), bank, order) - scatter(x, bank, order)
    found = float(np.linalg.norm(moved) / np.linalg.norm(x))
    exact = 2 * abs(np.sin(w * shift / 2)) * float(lowpass_profile(np.array(2.0**J * w)))
    # no tone does better than K 2^-J c; the best of the grid misses by the distance of its tones
    best = peak * 2.0**-J * shift
    slack = best * (LOWPASS_EDGE * 2.0**-J * shift) ** 2 / 24 + (2 * np.pi / n) * shift
    return Evidence(
        (
            Check("distance over the norm", found, exact, ROUNDING),
            Check("the same, against the worst of all tones", found, best, slack),
            Check("the slide's right side is 0; the left side", found, 0.5 * best, 0, ">="),
        )
    )
