"""Pictures of the chapter on over-parametrisation."""

import functools
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

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
from dlmath.generalization.double_descent import (
    Descent,
    mean_descent,
    split_digits,
)
from dlmath.generalization.least_squares import (
    Design,
    gaussian_bias,
    gaussian_variance,
)
from dlmath.generalization.overparametrization import interpolate_along
from dlmath.generalization.random_features import relu_features


def _bar(ax: Axes, p: float, words: str = "") -> None:
    """The vertical bar where the rank reaches the number of examples."""
    ax.axvline(p, color=GRAY, linewidth=1, linestyle=":", label=words or None)


def interpolator(z: np.ndarray, y: np.ndarray) -> Picture:
    """The network that fits coins, seen along the one direction in which its neurons look."""
    net = interpolate_along(z[:, None], y, np.ones(1))
    grid = np.sort(np.append(np.linspace(z.min() - 0.2, z.max() + 0.2, 200), net.b))
    with figure(height=3) as (fig, ax):
        ax.plot(grid, net(grid[:, None]), color=GRAY, linewidth=1.2)
        ax.plot(net.b, net(net.b[:, None]), linestyle="", marker="|", color=INK, markersize=9)
        for label, colour, marker in ((1, BLUE, "o"), (-1, VERMILLION, "s")):
            chosen = y == label
            measured(ax, z[chosen], y[chosen], color=colour, marker=marker, markersize=6)
        ax.set(xlabel=r"projection $z = \langle a, x\rangle$", ylabel="output of the network")
    return Picture(
        fig,
        "A broken line that passes through every disc at height one and every square at height "
        "minus one, with a kink between any two neighbours and wide swings in between.",
    )


def test_error(found: Descent, n: int, names: Sequence[tuple[str, int, int]]) -> Picture:
    """Test error against the number of features.

    Args:
        found: The curves.
        n: Number of training examples.
        names: For each curve shown its name, the place of its noise and of its ridge.
    """
    with figure() as (fig, ax):
        for k, (name, noise, ridge) in enumerate(names):
            style = dict(color=PALETTE[k], marker=MARKERS[k], label=name)
            measured(ax, found.counts, found.error[:, noise, ridge], **style)
        _bar(ax, n)
        ax.set(xscale="log", ylim=(0, 1), xlabel="number of features $p$", ylabel="test error")
        ax.legend(loc="upper left", fontsize=9)
    return Picture(
        fig,
        "Test error against the number of features on a logarithmic axis, with a dotted bar where "
        "there are as many features as examples. Curves: "
        + "; ".join(name for name, _, _ in names)
        + ". Without a ridge the error falls, climbs to a sharp peak at the bar, and falls again.",
    )


def error_by_examples(found: Mapping[int, np.ndarray], p: int, names: Sequence[str]) -> Picture:
    """Test error against the number of examples, a curve for each ridge."""
    sizes, errors = list(found), np.array(list(found.values()))
    with figure() as (fig, ax):
        for k, name in enumerate(names):
            style = dict(color=PALETTE[k], marker=MARKERS[k], label=name)
            measured(ax, sizes, errors[:, k], **style)
        _bar(ax, p)
        ax.set(ylim=(0, 1), xlabel="number of examples $n$", ylabel="test error")
        ax.legend(loc="upper right", fontsize=9)
    return Picture(
        fig,
        "Test error against the number of examples. Without a ridge it falls, "
        "climbs to a peak at the dotted bar, where there are as many examples as features, and "
        "falls again; a small ridge leaves a plateau, a larger one none.",
    )


def exact_risk(n: int, data: Mapping[int, tuple[float, float]]) -> Picture:
    """Variance and squared bias of least squares in the Gaussian model: theory and draws."""
    with figure() as (fig, ax):
        for branch in (np.arange(5, n - 1), np.arange(n + 2, 1200, 3)):
            line = [gaussian_variance(n, int(p)) for p in branch]
            predicted(ax, branch, line, color=BLUE)
            predicted(ax, branch, [gaussian_bias(n, int(p)) for p in branch], color=VERMILLION)
        counts, values = list(data), np.array(list(data.values()))
        measured(ax, counts, values[:, 0], color=BLUE, label=r"variance $/\ \sigma^2$")
        missed = values[:, 1] > 0
        style = dict(color=VERMILLION, marker="s", label=r"squared bias $/\ \|\beta\|^2$")
        measured(ax, np.array(counts)[missed], values[missed, 1], **style)
        _bar(ax, n)
        ax.set(xscale="log", ylim=(0, 8), xlabel="number of features $p$", ylabel="share of risk")
        ax.legend(loc="upper left", fontsize=9)
    return Picture(
        fig,
        "The variance climbs without bound on both sides of the bar where there are as many "
        "features as examples; the squared bias is zero to its left and grows to its right. Points "
        "lie on the lines.",
    )


def gains(n: int, curves: Mapping[str, np.ndarray], ranks: Mapping[str, np.ndarray]) -> Picture:
    """The noise gain against the number of features, above the rank."""
    with figure(2, 1, height=4.4, sharex=True) as (fig, (upper, lower)):
        for k, (name, curve) in enumerate(curves.items()):
            p = np.arange(1, len(curve) + 1)
            style = dict(color=PALETTE[k], marker=MARKERS[k], markersize=3)
            measured(upper, p, curve, label=name, **style)
            measured(lower, p, ranks[name], **style)
            for ax in (upper, lower):
                _bar(ax, 1 + int(np.argmax(curve)))
        upper.set(yscale="log", ylabel="noise gain $V$")
        lower.set(xlabel="number of features $p$", ylabel="rank", ylim=(0, 1.15 * n))
        upper.legend(loc="upper right", fontsize=9)
    return Picture(
        fig,
        "Above, the noise gain of two kinds of features climbs to a peak and falls; below, their "
        "rank climbs to the number of examples and stays. Each peak stands where its rank arrives, "
        "and the digits that were not centred arrive later.",
    )


def bias_and_variance(n: int, found: Mapping[int, tuple[float, float]]) -> Picture:
    """Squared bias and variance of the digits, against the number of features."""
    counts, values = list(found), np.array(list(found.values()))
    with figure() as (fig, ax):
        names = (r"squared bias", "variance")
        for k, name in enumerate(names):
            style = dict(color=PALETTE[1 - k], marker=MARKERS[1 - k], label=name)
            measured(ax, counts, values[:, k], **style)
        _bar(ax, n)
        ax.set(xscale="log", yscale="log", ylim=(0.08, 20), xlabel="number of features $p$")
        ax.annotate("", (n, 19.5), (n, 11), arrowprops=dict(arrowstyle="->", color=BLUE))
        ax.set_ylabel("mean square")
        ax.legend(loc="upper right", fontsize=9)
    return Picture(
        fig,
        "The variance climbs out of the picture at the dotted bar and falls on its other side; the "
        "squared bias falls, is lost under the noise of its estimate at the bar, and stays low.",
    )


def tail(counts: Sequence[int], off: np.ndarray, bounds: np.ndarray, other: np.ndarray) -> Picture:
    """How far interpolation with a tail of m features is from ridge, against m."""
    with figure(height=3.2) as (fig, ax):
        predicted(ax, counts, bounds, color=GRAY, label="bound of the theorem")
        measured(ax, counts, off, color=BLUE, label="from ridge with the tail's variance")
        style = dict(color=VERMILLION, marker="s", label="from least squares without a tail")
        measured(ax, counts, other, **style)
        ax.set(xscale="log", yscale="log", xlabel="length $m$ of the tail")
        ax.set_ylabel("distance of coefficients")
        ax.legend(loc="lower left", fontsize=9)
    return Picture(
        fig,
        "The distance of the interpolating fit from ridge falls along a straight line below its "
        "bound as the tail grows; its distance from least squares without a tail does not fall.",
    )


_COUNTS = (15, 25, 40, 60, 80, 100, 120, 135, 143, 150, 157, 165, 185, 220, 300, 500, 1000)
_N = 150


RIDGES = {"none": 0.0, "-3": 1e-3, "-2": 1e-2}
"""The ridges that can be chosen, by their logarithms to base ten."""

NOISES = (0.0, 0.1, 0.3)
"""The shares of labels drawn anew that can be chosen."""


@functools.cache
def _curves() -> Descent:
    return mean_descent(range(2), _N, _COUNTS, noises=NOISES, ridges=tuple(RIDGES.values()))


@functools.cache
def _singular(p: int) -> np.ndarray:
    data = split_digits(_N, 0)
    return Design(relu_features(data.train, p, 0, 0.0) / np.sqrt(p)).singular_values


def features_and_ridge(p: int, noise: float, log_ridge: str) -> Picture:
    """The test error with a mark at p, and what is done to each singular direction there.

    Args:
        p: Number of features.
        noise: Share of the training labels drawn anew.
        log_ridge: A key of :data:`RIDGES`.
    """
    s, ridge = _singular(p), RIDGES[log_ridge]
    curve = _curves().error[:, NOISES.index(noise), list(RIDGES).index(log_ridge)]
    with figure(1, 2, width=7.2, height=3.1) as (fig, (left, right)):
        measured(left, _COUNTS, curve, color=BLUE, markersize=3.5)
        left.plot(
            p,
            curve[_COUNTS.index(p)],
            marker="o",
            color=VERMILLION,
            markersize=10,
            fillstyle="none",
        )
        _bar(left, _N)
        left.set(xscale="log", ylim=(0, 1), xlabel="number of features $p$", ylabel="test error")
        places = np.unique(np.linspace(0, len(s) - 1, 40).astype(int))
        gain = s / (s**2 + ridge)
        measured(right, places + 1, gain[places], color=GREEN, marker="^", markersize=3.5)
        right.set(yscale="log", ylim=(0.02, 3e3), xlim=(0, _N + 3))
        right.set(xlabel="singular direction", ylabel=r"gain $s/(s^2+\lambda)$")
    words = "no ridge" if log_ridge == "none" else f"a ridge of ten to the power {log_ridge}"
    return Picture(
        fig,
        f"With {p} features, {100 * noise:g} percent of labels drawn anew and {words}: left, the "
        "test error against the number of features, this number circled; right, the gain of noise "
        "in each singular direction of the features.",
    )
