"""What strides and maxima do, measured: samples that are dropped, and a network that drops them."""

import numpy as np
import torch

from dlmath.data import digits
from dlmath.invariance.cascade import translate
from dlmath.invariance.deep_frames_strided import (
    STRIDES,
    blur,
    high_share,
    network,
    on_torus,
    phase_gap,
    running_max,
    running_mean,
    subsample,
)
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-12


@claim(
    "max-pooling-lipschitz",
    source="wiatowski2016discrete",
    breaks={
        "the mean in the place of the maximum": dict(pool="mean"),
        "the constant 1 claimed at every place": dict(claimed=0.0),
    },
)
def max_pooling_lipschitz(*, pool: str = "max", claimed: float = 0.5, seed: int = 0) -> Evidence:
    r"""On the periodic grid with $N \ge w$ places let $M_wx(n) = \max_{0\le i<w}x(n+i)$. Its best
    Lipschitz constant is $\sqrt w$; if $w$ divides $N$, that of $x \mapsto M_wx(w\,\cdot)$ is 1.
    On the line, the maximum over an interval is Lipschitz in $L^2$ with no constant at all.
    """
    rng = np.random.default_rng(seed)
    act = {"max": running_max, "mean": running_mean}[pool]
    n, spike = 960, np.eye(1, 960)[0]
    pairs = [(rng.standard_normal(n), rng.standard_normal(n)) for _ in range(5)]
    pairs += [(x, np.abs(x)) for x, _ in pairs] + [(x, x + 2) for x, _ in pairs]
    checks, strided = [], []
    for w in (4, 16, 48):
        bound = float(w) ** claimed
        found = [_ratio(act(x, w) - act(y, w), x - y) for x, y in pairs]
        strided += [_ratio((act(x, w) - act(y, w))[::w], x - y) for x, y in pairs]
        strided.append(_ratio(act(spike, w)[::w], spike))
        checks += [
            Check(f"w = {w}: a spike", _ratio(act(spike, w), spike), bound, ROUNDING),
            Check(f"w = {w}: largest ratio, 15 pairs", max(found), bound, ROUNDING, "<="),
        ]
    return Evidence((*checks, Check("one sample in w kept, largest", max(strided), 1, ROUNDING)))


def _ratio(moved: np.ndarray, by: np.ndarray) -> float:
    return float(np.linalg.norm(moved) / np.linalg.norm(by))


@claim(
    "subsampling-aliases",
    source="zhang2019making",
    breaks={
        "a shift by one in the place of the stride": dict(step=1),
        "a signal that is not band-limited": dict(band=1.3),
    },
)
def subsampling_aliases(*, step: int = 4, band: float = 1.0, seed: int = 0) -> Evidence:
    r"""On $\mathbb Z/N$ let $s$ divide $N$ and ${\downarrow_s}x(n) = x(sn)$.
    (1) ${\downarrow_s}L_{sa}x = L_a{\downarrow_s}x$ for whole $a$.
    (2) If $\hat x(\omega) = 0$ for $|\omega| \ge \pi/s$, then
    ${\downarrow_s}L_cx = L_{c/s}{\downarrow_s}x$, the shift of a trigonometric polynomial, and
    $\|{\downarrow_s}L_cx\|^2 = \|x\|^2/s$, for every whole $c$.
    (3) Let $s = 2$ and let $\eta^2 \le \frac12$ be the share of the energy of $x$ at
    $|\omega| \ge \pi/2$. Then $\big|\|{\downarrow_2}x\|^2 - \|{\downarrow_2}L_1x\|^2\big|
    \le 2\eta\sqrt{1-\eta^2}\,\|x\|^2$, attained by every $(1 + b(-1)^n)y$ with
    $\hat y(\omega) = 0$ for $|\omega| \ge \pi/2$ and $b = \eta/\sqrt{1-\eta^2}$.
    If $x$ is first convolved with $(1,2,1)/4$, the left side is at most $\frac14\|x\|^2$, $x$
    before the blur, whatever $\eta$ is, and that is attained if 4 divides $N$.
    """
    s, n = 4, 960
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    whole = subsample(np.roll(x, step), s) - np.roll(subsample(x, s), 1)
    w = 2 * np.pi * np.fft.fftfreq(n)
    low = np.fft.ifft(np.fft.fft(x) * (np.abs(w) < band * np.pi / s)).real
    shifts = [subsample(np.roll(low, c), s) for c in range(s)]
    moved = [y - translate(shifts[0], c / s) for c, y in enumerate(shifts)]
    energy = [s * float((y**2).sum() / (low**2).sum()) for y in shifts]
    smooth = np.fft.ifft(np.fft.fft(x) / (1 + 4 * np.abs(w))).real
    tilt = [_share(x + t * smooth) for t in (0, 1, 3, 10, 30)]
    fence = (-1.0) ** np.arange(n)
    slow = np.fft.ifft(np.fft.fft(x) * (np.abs(w) < np.pi / 2)).real
    half = np.cos(np.pi * np.arange(n) / 2)
    blurred = phase_gap_of_blurred(x)
    return Evidence(
        (
            Check("shift by the stride, defect", float(np.abs(whole).max()), 0, ROUNDING),
            Check("below pi/s: defect of a shift", float(np.abs(moved).max()), 0, ROUNDING),
            Check("below pi/s: energy, least", min(energy), 1, ROUNDING),
            Check("below pi/s: energy, largest", max(energy), 1, ROUNDING),
            Check("gap of even and odd, share of the bound", max(tilt), 1, ROUNDING, "<="),
            *(
                Check(
                    f"(1 + {b}(-1)^n) y, y slow: share", _share((1 + b * fence) * slow), 1, ROUNDING
                )
                for b in (0.2, 0.6, 1)
            ),
            Check("blurred noise: gap over |x|^2", blurred, 0.25, 0, "<="),
            Check(
                "blurred cos(pi n/2): gap over |x|^2", phase_gap_of_blurred(half), 0.25, ROUNDING
            ),
        )
    )


def _share(x: np.ndarray) -> float:
    """The gap of even and odd samples, over its bound."""
    eta = min(high_share(x), 0.5)
    return phase_gap(x) / (2 * np.sqrt(eta * (1 - eta)))


def phase_gap_of_blurred(x: np.ndarray) -> float:
    """The gap of even and odd samples of the blurred signal, over the energy of the signal."""
    y = blur(x)
    return phase_gap(y) * float((y**2).sum() / (x**2).sum())


@claim(
    "strided-network-shifts",
    source="azulay2019deep",
    breaks={
        "a shift by one": dict(shift=1),
        "convolutions that see zeros outside": dict(padding="zeros"),
    },
)
def strided_network_shifts(
    *, shift: int = STRIDES, padding: str = "circular", seed: int = 0
) -> Evidence:
    r"""Let a network on the torus $(\mathbb Z/N)^2$ be made of circular convolutions, functions
    that act at each place alike, maxima or means over neighbours, and subsamplings whose factors
    have the product $q$, a divisor of $N$; then a global average, and any function of that. It
    gives $L_cx$ the output that it gives $x$, for every $c \in q\mathbb Z^2$.
    """
    images = on_torus(digits().images[50 * seed : 50 * seed + 40])
    x = torch.from_numpy(images).unsqueeze(1)
    checks = []
    for pooling in ("max", "blurred max"):
        net = network(pooling, padding=padding, seed=seed).double()
        with torch.no_grad():
            said = [net(x.roll(c, (-2, -1))) for c in ((0, 0), (shift, 0), (shift, 2 * shift))]
        moved = max(float((y - said[0]).abs().max() / said[0].std()) for y in said)
        checks.append(Check(f"{pooling}: largest change / deviation of outputs", moved, 0, 1e-10))
    return Evidence(tuple(checks))
