"""Pictures of the chapter on Langevin dynamics: wells, laws of chains, volumes, lost balance."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch

from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    INK,
    MARKERS,
    PALETTE,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.landscapes.langevin import Tube
from dlmath.landscapes.volumes import hyperbola_mass, monomial_mass, ring_mass, well_mass


def wells(tube: Tube, dimensions: Sequence[int], shares: Sequence[float]) -> Picture:
    """The tube in the plane, and the share of chains in its wide well against the dimension."""
    plane = Tube(1, tube.ratio, tube.height)
    x, y = torch.linspace(-1.7, 1.7, 61), torch.linspace(-2.9, 2.9, 61)
    V = plane.potential(torch.cartesian_prod(x, y)).reshape(61, 61).T.numpy()
    with figure(1, 2, width=7.2, height=3.1) as (fig, (left, right)):
        lines = left.contour(x, y, V, levels=[0.25, 0.75, 1.5, 2.0, 3.0], colors=[BLUE])
        lines.set_linewidth(1)
        left.plot([-1, 1], [0, 0], linestyle="", marker="o", color=VERMILLION, markersize=5)
        left.set(xlabel="$x$", ylabel="one of the $d$ coordinates $y$")
        d = np.arange(0, max(dimensions) + 1)
        line = []
        for k in d:
            low, _, high = Tube(int(k), tube.ratio, tube.height, tube.tilt).shares(1.0)
            line.append(high / (low + high))
        predicted(right, d, line, color=INK, linewidth=1.2, label="Gibbs law")
        right.axhline(0.5, color=GRAY, linestyle="--", label="start")
        measured(right, dimensions, shares, color=VERMILLION, label="chains")
        right.set(xlabel="dimension $d$ of the tube", ylabel="share in the wide well")
        right.set(ylim=(0.4, 1.02))
        right.legend(loc="center right")
    return Picture(
        fig,
        "Left, level lines of the loss in the plane: two wells of one depth, the right one wider "
        "across, by a quarter. Right, the share of chains in the wide well against the dimension: "
        "it climbs from a half, where all began, to nearly one, along the curve of the Gibbs law.",
    )


def steps(x: np.ndarray, p: np.ndarray, laws: Mapping[float, np.ndarray]) -> Picture:
    """The Gibbs law, and the laws of chains with several steps; and their distance to it."""
    h = x[1] - x[0]
    seen = np.abs(x) < 2.6
    with figure(1, 2, width=7.2, height=3.1) as (fig, (left, right)):
        predicted(left, x[seen], p[seen] / h, color=INK, linewidth=1.2, label="Gibbs law")
        off = []
        for k, (step, q) in enumerate(laws.items()):
            off.append(np.abs(q - p).sum())
            if k % 2 == 0:
                few = np.flatnonzero(seen)[::9]
                style = dict(color=PALETTE[k // 2], marker=MARKERS[k // 2], markersize=3)
                measured(left, x[few], q[few] / h, label=rf"$\tau$ = {step:g}", **style)
        left.set(xlabel="$x$", ylabel="density", ylim=(0, 0.95))
        left.legend(loc="upper right", fontsize=9)
        taus = np.array(list(laws))
        line = off[-1] * taus / taus[-1]
        predicted(right, taus, line, color=INK, linewidth=1.2, label="slope 1")
        measured(right, taus, off, color=BLUE, label="matrix of one step")
        right.set(xscale="log", yscale="log", xlabel=r"step $\tau$", ylabel="distance in $L^1$")
        right.legend(loc="lower right")
    return Picture(
        fig,
        "Left, the density of the Gibbs law with two unequal peaks, and densities of chains: the "
        "longer the step the lower and broader their peaks. Right, the distance between the two "
        "against the step on logarithmic axes: points on a line of slope one, for short steps.",
    )


def relaxation(
    times: Sequence[float],
    runs: Mapping[float, Sequence[float]],
    models: Mapping[float, tuple[np.ndarray, np.ndarray]],
    level: float,
) -> Picture:
    """The share of chains on the wide side, started all in the narrow well, against time.

    Args:
        times: When the shares were read.
        runs: For each height of the barrier the shares.
        models: For each height a curve, times and shares, of the model with two states.
        level: The share under the Gibbs law.
    """
    with figure() as (fig, ax):
        for k, (height, shares) in enumerate(runs.items()):
            predicted(ax, *models[height], color=PALETTE[k], linewidth=1.2)
            style = dict(color=PALETTE[k], marker=MARKERS[k], markersize=5)
            measured(ax, times, shares, label=f"barrier {height:g} T", **style)
        ax.axhline(level, color=GRAY, linestyle="--", label="Gibbs law")
        ax.set(xscale="log", xlabel="time", ylabel="share on the wide side", ylim=(0, 1))
        ax.legend(loc="upper left", fontsize=9)
    return Picture(
        fig,
        "The share of chains on the wide side against time, for four heights of the barrier: all "
        "climb towards one level, the dashed line, each along its curve, the later the higher the "
        "barrier, and the highest is far from it at the end.",
    )


def masses() -> Picture:
    """Integrals over a point, a ring and a crossing, each over the root of the temperature."""
    T = np.geomspace(1e-6, 1e-1, 11)
    ring = 2 * math.pi * math.sqrt(math.pi / 4)  # length, over the root of 8 / (2 pi)
    curves = {
        "ring": ([ring_mass(t, 0.0) for t in T], ring * np.sqrt(T)),
        "crossing": (
            [4 * monomial_mass((1, 1), t) for t in T],
            np.sqrt(math.pi * T) * (np.log(1 / T) + np.euler_gamma + 2 * math.log(2)),
        ),
        "point": ([well_mass(t, 1.0) for t in T], math.pi / 2 * T),
    }
    with figure() as (fig, ax):
        for k, (name, (found, line)) in enumerate(curves.items()):
            predicted(ax, T, line / np.sqrt(T), color=PALETTE[k], linewidth=1.2)
            style = dict(color=PALETTE[k], marker=MARKERS[k], label=name)
            measured(ax, T, found / np.sqrt(T), **style)
        ax.set(xscale="log", yscale="log", xlabel="temperature $T$")
        ax.set(ylabel=r"mass over $\sqrt{T}$", ylim=(1e-3, 80))
        ax.legend(loc="lower right")
    return Picture(
        fig,
        "Masses over the root of the temperature, on logarithmic axes: that of the ring is level, "
        "that of the point falls to nothing as the temperature does, and that of the crossing "
        "grows slowly, by a logarithm.",
    )


def no_balance(walk: Mapping[float, float], rate: float) -> Picture:
    """The mass inside a disc against its radius; and the walk of chains in the kernel.

    Args:
        walk: Mean square displacement in the kernel, by time.
        rate: Its predicted growth in a unit of time.
    """
    R = np.geomspace(3, 1000, 16)
    with figure(1, 2, width=7.2, height=3.1) as (fig, (left, right)):
        for k, decay in enumerate((0.0, 1e-4, 1e-2)):
            mass = [hyperbola_mass(1.0, float(r), decay) for r in R]
            if decay == 0:
                line = mass[-1] + 4 * math.sqrt(2 * math.pi) * np.log(R / R[-1])
                predicted(left, R, line, color=INK, linewidth=1.2)
            words = f"decay {decay:g}" if decay else "no decay"
            style = dict(color=PALETTE[k], marker=MARKERS[k], markersize=3.5, label=words)
            measured(left, R, mass, **style)
        left.set(xscale="log", xlabel="radius $R$", ylabel=r"integral of $e^{-V/T}$")
        left.legend(loc="upper left")
        t = np.array([0.0, max(walk)])
        predicted(right, t, rate * t, color=INK, linewidth=1.2, label=r"$2Tt(p-r)$")
        measured(right, list(walk), list(walk.values()), color=GREEN, label="400 chains")
        right.set(xlabel="time $t$", ylabel=r"mean of $\|P(w_t-w_0)\|^2$")
        right.legend(loc="upper left")
    return Picture(
        fig,
        "Left, the integral over a disc against the logarithm of its radius: without weight decay "
        "it grows along a straight line for ever; with it the growth ends, the later the smaller "
        "the decay. Right, the mean square displacement in the kernel against time: points on a "
        "straight line through the origin.",
    )


def balance(d: int, T: float, tilt: float) -> Picture:
    """The free energy along the tube, and the law of x, by quadrature."""
    tube = Tube(d, 1.25, 2.0, tilt)
    x = torch.linspace(-2, 2, 81, dtype=torch.float64)
    F = (tube.free_energy(x, T)).numpy()
    F = F - F.min()
    bare = (tube.floor(x)[0] + tilt * (1 + tube.side(x)[0]) / 2).numpy()
    p = np.exp(-F / T)
    p = p / (p.sum() * float(x[1] - x[0]))
    low, _, high = tube.shares(T)
    wide = high > low * (1 + 1e-9)
    even = abs(high - low) < 1e-9 * (high + low)
    with figure(1, 2, width=7.2, height=3.0) as (fig, (left, right)):
        predicted(left, x, bare, color=GRAY, linestyle="--", label="loss at $y = 0$")
        predicted(left, x, F, color=BLUE, label="free energy $F$")
        left.set(xlabel="$x$", ylabel="energy", ylim=(-0.2, 8))
        left.legend(loc="upper center", fontsize=9)
        predicted(right, x, p, color=BLUE)
        right.fill_between(x, 0, p, where=(x > 0.5).numpy(), color=VERMILLION, alpha=0.4)
        right.set(xlabel="$x$", ylabel="density of $x$", ylim=(0, 3), xlim=(-2, 2))
        right.set_title(f"wide well's share of both wells {high / (low + high):.3f}")
    verdict = "neither well" if even else "the wide well" if wide else "the narrow, deeper well"
    return Picture(
        fig,
        f"With {d} dimensions across, temperature {T:g} and the wide well higher by {tilt:g}: "
        f"left, the loss along the bottom and the free energy; right, the law of x. More mass lies "
        f"in {verdict}.",
    )
