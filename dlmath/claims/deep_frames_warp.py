"""How a network of general frames moves under deformations, measured."""

import numpy as np

from dlmath.invariance.deep_frames import layers, random_network
from dlmath.invariance.deep_frames_warp import (
    STEEPEST,
    displacement,
    random_band_limited,
    tone,
    tone_distance,
    uniform_bank,
    warp_constant,
    warp_share,
)
from dlmath.invariance.filters import tight_bank_1d
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-12


@claim(
    "deformation-band-limited",
    source="wiatowski2018mathematical",
    breaks={
        "a signal with twice the band": dict(band=2),
        "the derivative of the displacement in the place of R times its size": dict(slide=True),
    },
)
def deformation_band_limited(
    *, n: int = 2048, order: int = 480, band: int = 1, slide: bool = False, seed: int = 0
) -> Evidence:
    r"""Let $\hat x(\omega) = 0$ for $|\omega| > R$, let $\tau : \mathbb R^d\to\mathbb R^d$ be
    continuously differentiable and bounded with $|\nabla\tau(u)| \le \theta < 1$, $F_\tau x(u) =
    x(u - \tau(u))$, and let $\Phi$ be any map with $\|\Phi x - \Phi y\| \le \|x - y\|$. Then
    $\|\Phi F_\tau x - \Phi x\| \le c_d(\theta)\,R\,\|\tau\|_\infty\|x\|$ with
    $c_d(\theta) = \int_0^1(1 - t\theta)^{-d/2}dt$. For constant $\tau$ and $R|\tau| \le \pi$ the
    worst case of $\|F_\tau x - x\| / \|x\|$ is $2\sin(R|\tau|/2)$.
    """
    rng = np.random.default_rng(seed)
    edge = 2 * np.pi * order / n
    shares, seen = [], []
    net = random_network(4, rho="modulus", seed=seed)
    fields = ((0.5, 0.0, 1), (0.5, 0.02, 1), (0.2, 0.3, 5), (0, 0.5, 3))
    for mean, slope, waves in fields[1 if slide else 0 :]:  # a constant field has no slope
        lowest = band * order - 20
        for low in (0, lowest):
            x = random_band_limited(band * order, n, lowest=low, rng=rng)
            field = displacement(n, mean=mean, slope=slope, waves=waves, rng=rng)
            size = edge * field.size
            scale = (slope if slide else size) * warp_constant(slope)
            moved = warp_share(x, field, edge) * size * warp_constant(slope)
            shares.append(moved / scale)
            pair = zip(layers(x.samples(), net), layers(field.apply(x), net), strict=True)
            far = np.linalg.norm([(a - b).norm for a, b in pair])
            seen.append(float(far / np.linalg.norm(x.samples()) / scale))
    field = displacement(n, mean=1.0, slope=0.0, waves=1, rng=rng)
    worst = warp_share(tone(band * order, n), field, edge) * edge
    return Evidence(
        (
            Check("signal: largest share of the bound", max(shares), 1, ROUNDING, "<="),
            Check("network: largest share of the bound", max(seen), 1, ROUNDING, "<="),
            Check("shift by 1, tone at R: |F x - x|/|x|", worst, 2 * np.sin(edge / 2), ROUNDING),
        ),
        data={"signal": shares, "network": seen},
    )


@claim(
    "uniform-bands-see-dilations",
    source="mallat2012group",
    breaks={
        "uniform bands where octaves should be": dict(octaves=False),
        "octaves where uniform bands should be": dict(uniform=False),
    },
)
def uniform_bands_see_dilations(
    *, n: int = 4096, bands: int = 32, octaves: bool = True, uniform: bool = True
) -> Evidence:
    r"""Take the modulus, no pooling, and a tight analytic bank of windows $\cos\frac\pi2\nu$.
    Tones are real, at frequencies of the grid.
    (1) If the bands have one width $\beta$, two tones at the centres $\omega$, $\omega - \beta$ of
    neighbouring bands above the low-pass filter have features at the distance $\sqrt2$ of the norm
    of a tone, although on the line a dilation by $1 - \varepsilon$, $\varepsilon = \beta/\omega$,
    takes one to the other.
    (2) If the bands are octaves, every two tones at $\omega$ and $(1-\varepsilon)\omega$ above
    the low-pass filter have features at a distance of at most
    $\frac{35\pi}{32}\log_2\frac1{1-\varepsilon}$ of that norm, and no smaller constant will do
    for every $N$.
    """
    flat, wave = uniform_bank(n, bands), tight_bank_1d(n, 6)
    if not uniform:
        flat = wave
    if not octaves:
        wave = flat
    b = n // (2 * bands)
    far = [tone_distance(flat, k * b, (k - 1) * b) for k in (4, 8, 16, 31)]
    shares, bound = [], []
    for eps in (0.02, 0.1, 0.3):
        for first in (120, 271, 543, 1086, 1300):  # 1086 is between two octaves, on the flank
            second = round((1 - eps) * first)
            bound.append(STEEPEST * np.log2(first / second))
            shares.append(tone_distance(wave, first, second) / bound[-1])
    top = 2 ** (-0.5) * 0.75 * n / 2  # the middle of the flank, where the curve turns fastest
    first, second = round(top) + 10, round(top) - 10
    step = np.log2(first / second)
    steep = tone_distance(wave, first, second) / (STEEPEST * step)
    off = abs(np.log2(np.sqrt(first * second) / top))
    tol = 12 * (off + step / 2) ** 2 + (STEEPEST * step) ** 2 / 24
    return Evidence(
        (
            Check("uniform bands, one band apart: least distance", min(far), np.sqrt(2), ROUNDING),
            Check("octaves: largest share of the bound", max(shares), 1, ROUNDING, "<="),
            Check("octaves, in the middle of a flank: share", steep, 1, tol),
        ),
        data={"shares": shares},
    )
