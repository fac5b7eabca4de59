"""The theorems of the chapter on networks of general frames, measured.

Deformations stand in ``deep_frames_warp``, what strides do in ``deep_frames_strided``.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlmath.invariance.deep_frames import (
    DECAY,
    EDGE,
    NONLINEARITIES,
    Array,
    Features,
    Module,
    burst,
    decimate,
    frequencies,
    layers,
    linear_module,
    lowpass,
    random_network,
    stretch,
    times,
)
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-12
N = 2048


def _wave(order: int) -> Array:
    return np.cos(2 * np.pi * order * np.arange(N) / N)


def _apart(x: Array, y: Array, modules: list[Module]) -> float:
    """The distance of the features of all layers, over the distance of the signals."""
    pairs = zip(layers(x, modules), layers(y, modules), strict=True)
    moved = np.linalg.norm([(a - b).norm for a, b in pairs])
    return float(moved / np.linalg.norm(x - y))


@claim(
    "deep-frames-contraction",
    source="wiatowski2018mathematical",
    breaks={
        "an upper frame bound of 1.21": dict(gain=1.1),
        "a non-linearity of Lipschitz constant 3": dict(slope=3.0),
    },
)
def deep_frames_contraction(
    *, depth: int = 5, gain: float = 1.0, slope: float = 1.0, seed: int = 0
) -> Evidence:
    r"""Let every module have $B_k\max(1, \ell_k^2r_k^2) \le 1$ and $\rho_k(0) = 0$, $P_k0 = 0$.
    For all $x, y \in L^2(\mathbb R^d)$,
    $\sum_{k\ge0}\|\Phi_kx - \Phi_ky\|^2 \le \|x-y\|^2$. No smaller constant
    holds for all admissible networks.
    """
    signals = [burst(N, seed=seed), 3 * burst(N, seed=seed + 1), _wave(7), 5 * _wave(300)]
    near = np.random.default_rng([seed, 2]).standard_normal(N)
    pairs = [(x, y) for i, x in enumerate(signals) for y in signals[:i]]
    pairs += [(x, x + 1e-3 * near) for x in signals]
    pairs += [(x, np.roll(x, 3)) for x in signals]
    low = [k for k, (x, _) in enumerate(pairs) if x is signals[2]]
    ratios: dict[str, list[float]] = {}
    for rho, act in NONLINEARITIES.items():

        def steep(u: Array, act: Callable[[Array], Array] = act) -> Array:
            return slope * act(u)

        net = random_network(depth, rho=rho, seed=seed)
        net = times([Module(m.output, m.filters, steep, m.stride) for m in net], gain)
        ratios[rho] = [_apart(x, y, net) for x, y in pairs]
    checks = [
        Check(f"{rho}: largest ratio, {len(pairs)} pairs", max(found), 1, ROUNDING, "<=")
        for rho, found in ratios.items()
    ]
    others = max(np.delete(found, low).max() for found in ratios.values())
    checks.append(Check("the same without the low tone", others, 1, ROUNDING, "<="))
    constant = _apart(np.full(N, 2.0), np.zeros(N), times(random_network(depth), gain))
    return Evidence((*checks, Check("two constant signals", constant, 1, ROUNDING)))


@claim(
    "deep-frames-equivariance",
    source="wiatowski2018mathematical",
    breaks={
        "pooling that drops samples": dict(drop=True),
        "a non-linearity that depends on the place": dict(window=True),
    },
)
def deep_frames_equivariance(
    *, depth: int = 6, shift: int = 3, drop: bool = False, window: bool = False, seed: int = 0
) -> Evidence:
    r"""Let $\rho_k$ act at each place alike and let $P_k$ commute with translations. With
    $q_k = s_1\cdots s_k$, for every $x$, every $c$ and every $k$,
    $\Phi_kL_cx = L_{c/q_k}\Phi_kx$. If $c\ne0$, with $a = |c|/q_k$ and $\partial$ the derivative
    along $c/|c|$,
    $$a^2\|\partial\Phi_kx\|^2 - \tfrac{a^4}{12}\|\partial^2\Phi_kx\|^2
    \le \|\Phi_kL_cx - \Phi_kx\|^2 \le a^2\|\partial\Phi_kx\|^2 .$$
    """
    x = burst(seed=seed)
    place = np.linspace(0.5, 1.5, x.size)
    defects, slack, last, allowed = [], [], {}, 0.0
    for rho, act in NONLINEARITIES.items():

        def here(u: Array, act: Callable[[Array], Array] = act) -> Array:
            return act(u) * np.interp(np.arange(u.shape[-1]), np.arange(x.size), place)

        net = random_network(depth, rho=rho, seed=seed)
        if window:
            net = [Module(m.output, m.filters, here, m.stride) for m in net]
        pool = decimate if drop else stretch
        pairs = zip(layers(x, net, pool), layers(np.roll(x, shift), net, pool), strict=True)
        rows = [_moved(a, b, shift / 2.0**k) for k, (a, b) in enumerate(pairs)]
        defects += [row[0] for row in rows]
        slack += [row[1] for row in rows]
        last[rho] = [row[2] for row in rows]
        allowed = max(allowed, rows[-1][3])
    worst = max((ratios[-1] for ratios in last.values()), key=lambda r: abs(r - 1))
    return Evidence(
        (
            Check("largest defect of the equivariance, relative", max(defects), 0, ROUNDING),
            Check("least share of the remainder", min(slack), 0, 1e-9, ">="),
            Check("largest share of the remainder", max(slack), 1, 1e-9, "<="),
            Check(f"change over first order, layer {depth - 1}", worst, 1, allowed),
        ),
        data={"first order": last},
    )


def _moved(before: Features, after: Features, by: float) -> tuple[float, float, float, float]:
    """Defect; what the first order misses, over its bound; change over first order; that bound."""
    n = before.values.shape[-1]
    turn = np.exp(-1j * by * frequencies(n, before.step))
    wanted = np.fft.irfft(turn * np.fft.rfft(before.values), n)
    if round(by / before.step) == by / before.step:
        wanted = np.roll(before.values, round(by / before.step), axis=-1)
    defect = Features(after.values - wanted, before.step).norm / before.norm
    first, second = before.derivative(), before.derivative().derivative()
    ratio = (after - before).norm / (by * first.norm)
    bound = (by * second.norm / first.norm) ** 2 / 12  # on 1 - ratio**2, so on 1 - ratio
    return defect, (1 - ratio**2) / bound, ratio, bound


@claim(
    "deep-frames-invariance",
    source="wiatowski2018mathematical",
    breaks={
        "no pooling, with the bound for pooling by two": dict(stride=1.0),
        "output filters that do not decay": dict(decay=False),
    },
)
def deep_frames_invariance(
    *, depth: int = 6, shift: int = 3, stride: float = 2.0, decay: bool = True, seed: int = 0
) -> Evidence:
    r"""For $k \ge 0$ and all $x$, $c$, with $q_k = s_1\cdots s_k$ and any modules:
    (1) If the network is admissible and $|\omega||\hat\phi_k(\omega)| \le K$ for every $\omega$,
    then $\|\Phi_kL_cx - \Phi_kx\| \le K\,|c|\,q_k^{-1}\,\|x\|$.
    (2) Admissible or not, if $\hat\phi_k(\omega) = 0$ for $|\omega| \ge D$, then
    $\|\Phi_kL_cx - \Phi_kx\| \le D\,|c|\,q_k^{-1}\,\|\Phi_kx\|$.
    """
    x = burst(seed=seed)
    found = {}
    for rho in NONLINEARITIES:
        net = random_network(depth, rho=rho, stride=stride, seed=seed)
        if not decay:
            net = [Module(_flat, m.filters, m.rho, m.stride, np.sqrt(0.5)) for m in net]
        found[rho] = invariance(x, net, shift)
    q = 2.0 ** np.arange(depth)
    absolute = [np.max(e["absolute"] * q / (DECAY * shift)) for e in found.values()]
    relative = [np.max(e["relative"] * q / (EDGE * shift)) for e in found.values()]
    return Evidence(
        (
            Check("largest share of the absolute bound", max(absolute), 1, 0, "<="),
            Check("largest share of the relative bound", max(relative), 1, 0, "<="),
        ),
        data=found,
    )


def _flat(w: Array) -> Array:
    return np.ones_like(w)


def invariance(x: Array, net: list[Module], shift: int) -> dict[str, Array]:
    """For each layer, how far a shift moves the features, over the norm of ``x`` and their own."""
    pairs = list(zip(layers(x, net), layers(np.roll(x, shift), net), strict=True))
    moved = np.array([(b - a).norm for a, b in pairs])
    norms = np.array([a.norm for a, _ in pairs])
    return {"absolute": moved / np.linalg.norm(x), "relative": moved / norms}


@claim(
    "absolute-invariance-is-free",
    source="wiatowski2018mathematical",
    breaks={
        "filters too large by a tenth": dict(gain=1.1),
        "a modulus in the linear network": dict(bend=True),
    },
)
def absolute_invariance_is_free(
    *, depth: int = 6, shift: int = 3, gain: float = 1.0, bend: bool = False, seed: int = 0
) -> Evidence:
    r"""For every admissible network, with any pooling factors, none included, and all $x$, $c$,
    $\sum_k\|\Phi_kL_cx - \Phi_kx\|^2 \le \|L_cx - x\|^2$: the error tends to 0 with the depth.
    Without pooling the relative error need not: on the circle, in the linear network with one
    filter, $|\hat\phi|^2 + |\hat g|^2 = 1$, a tone of frequency $\omega$ with
    $0 < |\hat\phi(\omega)|^2 = p < 1$ and $L_cx \ne x$ has
    $\|\Phi_kL_cx - \Phi_kx\| = p^{1/2}(1-p)^{k/2}\|L_cx - x\|$, and
    $\|\Phi_kL_cx - \Phi_kx\| / \|\Phi_kx\|$ is the same for every $k$.
    """
    x = burst(N, seed=seed)
    nets = [random_network(depth, rho=rho, stride=1.0, seed=seed) for rho in NONLINEARITIES]
    sums = [_apart(np.roll(x, shift), x, times(net, gain)) ** 2 for net in nets]
    order = 260  # between the flat part of the output filter and its end
    p = float(lowpass(np.array([2 * np.pi * order / N]))[0] ** 2)
    line = times([linear_module()] * depth, gain)
    if bend:
        line = [replace(m, rho=np.abs) for m in line]
    total = _apart(np.roll(_wave(order), shift), _wave(order), line) ** 2
    tone = invariance(_wave(order), line, shift)
    jump = 2 * abs(np.sin(np.pi * order * shift / N))
    predicted = np.sqrt(p * (1 - p) ** np.arange(depth)) * jump
    return Evidence(
        (
            Check("sum of squared errors over |L_c x - x|^2, largest", max(sums), 1, 0, "<="),
            Check(
                "tone: sum of squared errors over 1 - (1 - p)^depth",
                total / (1 - (1 - p) ** depth),
                1,
                1e-9,
            ),
            *(
                Check(f"tone: error at layer {k} over the formula", share, 1, 1e-9)
                for k, share in enumerate(tone["absolute"] / predicted)
                if k in (1, depth - 1)
            ),
            Check(
                f"tone: relative error, layer {depth - 1} over layer 0",
                tone["relative"][-1] / tone["relative"][0],
                1,
                1e-9,
            ),
        ),
        data=tone,
    )
