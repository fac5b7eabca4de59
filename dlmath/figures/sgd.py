"""Pictures of the chapter on SGD: who leaves a valley, what stays at rest, where noise drifts."""

import math
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
    ORANGE,
    PALETTE,
    PURPLE,
    SKY,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.landscapes import stability as st
from dlmath.landscapes.langevin import Tube


def _b(b: int | None) -> str:
    return "all examples" if b is None else f"batch {b}"


def leaving(found: Mapping[int | None, Mapping[float, float]]) -> Picture:
    """The share of runs still in the sharp valley against the step, by the size of the batch."""
    with figure(height=3.3) as (fig, ax):
        for k, (b, shares) in enumerate(found.items()):
            style = dict(color=PALETTE[k], marker=MARKERS[k], label=_b(b))
            if b is None:  # rings, so that points of a batch are seen inside them
                style |= dict(markersize=8, markerfacecolor="none", markeredgewidth=1.4)
            measured(ax, list(shares), list(shares.values()), **style)
            limit = 2 / np.mean(st.SHARP) if b is None else st.mean_square_threshold(st.SHARP, b)
            ax.axvline(limit, color=PALETTE[k], linestyle="--", linewidth=1.2)
        ax.set(xlabel=r"step $\eta$", ylabel="share left in the sharp valley", ylim=(-0.03, 1.05))
        ax.set_xlim(left=0.36)
        ax.legend(loc="lower left", fontsize=9)
    return Picture(
        fig,
        "The share of runs that are left in the sharp valley against the step: it falls from one "
        "to zero, the earlier the smaller the batch, for batches somewhat to the right of the "
        "dashed line of their size, and with all examples at once behind the last line.",
    )


def _ellipse(S: np.ndarray) -> np.ndarray:
    """The ellipse of one standard deviation, of shape (2, points)."""
    t = np.linspace(0, 2 * math.pi, 61)
    return np.linalg.cholesky(S) @ np.stack([np.cos(t), np.sin(t)])


def ellipses(laws: Mapping[str, np.ndarray], found: np.ndarray) -> Picture:
    """One standard deviation of the runs at rest, and of three laws that might describe them."""
    words = {"exact": "exact", "additive": "constant noise", "gibbs": "Gibbs law"}
    looks = {"exact": (INK, "-"), "additive": (BLUE, "--"), "gibbs": (VERMILLION, "-.")}
    with figure(width=5.2, height=3.9) as (fig, ax):
        for name, S in laws.items():
            color, line = looks[name]
            predicted(ax, *_ellipse(S), color=color, linestyle=line, label=words[name])
        measured(ax, *_ellipse(found)[:, ::3], color=GREEN, label="2,000 runs")
        ax.set(xlabel="$w_1$ off the minimum", ylabel="$w_2$ off the minimum", aspect="equal")
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)
    return Picture(
        fig,
        "Ellipses of one standard deviation around the minimum: points of the runs lie on the "
        "exact one; that of constant noise is a little smaller; that of the Gibbs law is long "
        "where the others are short and leans the other way.",
    )


def _growth(ax: Axes, eta: np.ndarray, found: Mapping[float, float]) -> None:
    """Both exponents of the sharp valley for single examples, with those of runs as points."""
    rate = np.array([st.exponent(st.SHARP, float(e), 1)[0] for e in eta])
    square = [math.log(st.moment(st.SHARP, float(e), 1)) / 2 for e in eta]
    ax.fill_between(eta, -1.2, 1.2, where=rate < 0, color=GREEN, alpha=0.18)
    predicted(ax, eta, np.maximum(rate, -1.5), color=GREEN, label=r"$\lambda$, almost every run")
    label = r"$\frac{1}{2}\log\rho$, mean square"
    predicted(ax, eta, square, color=PURPLE, linestyle="--", label=label)
    measured(ax, list(found), list(found.values()), color=VERMILLION, label="500 runs")
    ax.axhline(0, color=GRAY, linewidth=1)
    ax.set(xlabel=r"step $\eta$")


def exponents(found: Mapping[float, float]) -> Picture:
    """The growth of almost every run, and of the mean square, against the step.

    Args:
        found: By step, what the runs grew by, ``log|w|`` a step.
    """
    with figure(1, 2, width=7.2, height=3.2, width_ratios=(3, 2)) as (fig, (left, right)):
        _growth(left, np.linspace(0.02, 3, 300), found)
        left.set(ylabel="growth in a step", ylim=(-1.2, 1.2))
        left.legend(loc=(0.28, 0.03), fontsize=9)
        _growth(right, np.linspace(0.55, 0.72, 80), found)
        right.set(xlim=(0.55, 0.72), ylim=(-0.1, 0.1))
        last = 1 / 0.72 - math.sqrt(0.72**-2 - 2 / 1.44)  # root of 1.44 x^2 - 4 x + 2
        for limit, color in ((st.mean_square_threshold(st.SHARP, 1), PURPLE), (last, GREEN)):
            right.axvline(limit, color=color, linestyle=":")
    return Picture(
        fig,
        "Left, the growth of a run and that of its mean square against the step: the mean square's "
        "lies above, negative for short steps only; that of almost every run is negative up to a "
        "slightly longer step, then positive, then negative again on a second, shaded interval. "
        "Right, enlarged: the dashed curve crosses zero first, the full one later; one measured "
        "point lies between the crossings, below zero, another behind both, above.",
    )


def drift(
    paths: Mapping[float, Sequence[tuple[float, np.ndarray, np.ndarray]]],
    slow: tuple[np.ndarray, np.ndarray],
) -> Picture:
    """Where label noise takes u and v, and the trace of the Hessian on the way.

    Args:
        paths: By step, at some times (time, u, v) of all runs.
        slow: The limit, (times, u^2 - v^2).
    """
    with figure(1, 2, width=7.2, height=3.1) as (fig, (left, right)):
        u = np.linspace(0.42, 2.3, 80)
        predicted(left, u, 1 / u, color=GRAY, label="$uv=1$")
        *_, last = paths.values()
        for (time, a, b), color in zip(last[1::4], (ORANGE, PURPLE, SKY), strict=True):
            style = dict(color=color, markersize=3, label=rf"$\eta^2k={time:.1f}$")
            measured(left, a[:40], b[:40], **style)
        left.plot([1], [1], linestyle="", marker="*", markersize=12, color=GREEN, label="flattest")
        left.set(xlabel="$u$", ylabel="$v$", xlim=(0.4, 2.4), ylim=(0.2, 2.4))
        left.legend(loc="upper right", fontsize=9)
        predicted(right, slow[0], np.hypot(slow[1], 2), color=INK, label=r"limit, $\eta\to0$")
        for k, (eta, seen) in enumerate(paths.items()):
            style = dict(color=PALETTE[k], marker=MARKERS[k], label=rf"$\eta={eta:g}$")
            means = [float((a**2 + b**2).mean()) for _, a, b in seen]
            measured(right, [time for time, _, _ in seen], means, **style)
        right.axhline(2, color=GREEN, linestyle=":")
        right.set(xlabel=r"time $\eta^2k$", ylabel="mean of $u^2+v^2$")
        right.legend(loc="upper right", fontsize=9)
    return Picture(
        fig,
        "Left, the hyperbola of minima in the plane of the weights: a cloud of runs lies across it "
        "where u is large and v small, and later nearer to the corner where both are one, and at "
        "last around that corner. Right, the trace of the Hessian against the scaled time, falling "
        "to its least value, a dotted line: the points of the shorter step lie close to the curve "
        "of the limit, those of the longer one below it at first.",
    )


def odds(tube: Tube, found: Mapping[float, Mapping[float, float]]) -> Picture:
    """The share of runs in the wide well against the temperature that the noise stands for.

    Args:
        tube: The two wells.
        found: By step, the share for each temperature.
    """
    T = np.geomspace(0.1, 1.3, 40)
    line = [high / (low + high) for low, _, high in (tube.shares(float(t)) for t in T)]
    with figure(height=3.1) as (fig, ax):
        predicted(ax, T, line, color=INK, label="Gibbs law")
        ax.axhline(0.5, color=GRAY, linestyle="--", label="start")
        for k, (eta, shares) in enumerate(found.items()):
            style = dict(color=PALETTE[k], marker=MARKERS[k], label=rf"SGD, $\eta={eta:g}$")
            if k == 0:  # a ring, so that a point of the other step is seen inside it
                style |= dict(markersize=10, markerfacecolor="none", markeredgewidth=1.6)
            measured(ax, list(shares), list(shares.values()), **style)
        ax.set(xscale="log", xlabel=r"$T=\eta\sigma^2/(2b)$", ylabel="share in the wide well")
        ax.set(ylim=(-0.03, 1))
        ax.legend(loc="lower right", fontsize=9)
    return Picture(
        fig,
        "The share in the wide well against the temperature that step and batch stand for: at the "
        "higher temperatures the points of both steps lie near the curve of the Gibbs law; at the "
        "lower ones the curve falls steeply and the points stay at a half, where the runs began.",
    )


def edge(eta: float, starts: np.ndarray, ends: np.ndarray) -> Picture:
    """The sharpness at which gradient descent ends against that at which it began.

    Runs whose end is not finite are marked at the lower edge.
    """
    lost = ~np.isfinite(ends)
    with figure(height=3.1) as (fig, ax):
        ax.plot([2, 6], [2, 6], color=GRAY, linewidth=1, label="no change")
        ax.axhline(2 / eta, color=INK, linestyle="--", label=r"$2/\eta$")
        ax.axvline(2 / eta, color=INK, linestyle="--")
        measured(ax, starts[~lost], ends[~lost], color=VERMILLION, label="gradient descent")
        style = dict(color=VERMILLION, marker="x", markersize=7, label="goes to infinity")
        measured(ax, starts[lost], np.full(lost.sum(), 0.3), **style)
        ax.set(xlabel="sharpness $u^2+v^2$ at the start", ylabel="at the end", ylim=(0, 6.5))
        ax.legend(loc=(0.7, 0.46), fontsize=9, labelspacing=0.25)
    return Picture(
        fig,
        "Sharpness at the end against sharpness at the start: left of a dashed line the points lie "
        "on the diagonal; right of it they fall below the level two over the step, the farther the "
        "sharper the start, then scatter above the least value; from a start twice as sharp as "
        "that level on, crosses at the lower edge mark runs that go to infinity.",
    )


def valleys(eta: float, batch: int) -> Picture:
    """Where runs are that began in the sharp valley, and what the two theorems say of the step."""
    rng = np.random.default_rng(7)
    x = st.two_valleys(eta, batch, chains=300, steps=400, rng=rng)
    m, s = st.FLAT, st.SHARP
    line = np.linspace(-2, 2, 121)
    V = np.minimum(np.mean(m) * line**2, np.mean(s) * (line - 1) ** 2) / 2
    share, grows = float(np.mean(np.abs(x - 1) < 0.3)), st.moment(s, eta, batch) > 1
    with figure(1, 2, width=7.2, height=3.0) as (fig, (left, right)):
        predicted(left, line, V, color=GRAY)
        kept = x[np.abs(x) < 2][::5]
        height = np.minimum(np.mean(m) * kept**2, np.mean(s) * (kept - 1) ** 2) / 2
        measured(left, kept, height, color=VERMILLION)
        left.set(xlabel="$x$", ylabel="mean loss", ylim=(-0.05, 1))
        left.set_title(f"{100 * share:.0f} % in the sharp valley")
        steps = np.linspace(0.02, 1.2, 60)
        for k, (a, word) in enumerate(((s, "sharp"), (m, "flat"))):
            rho = [st.moment(a, float(e), batch) for e in steps]
            predicted(right, steps, rho, color=PALETTE[1 - k], label=word)
        right.axhline(1, color=GRAY, linewidth=1)
        right.axvline(eta, color=INK, linestyle="--")
        right.set(xlabel=r"step $\eta$", ylabel=r"growth $\rho$ of $E w^2$", ylim=(0, 2))
        right.legend(loc="upper left", fontsize=9)
    where = "grows" if grows else "decays"
    return Picture(
        fig,
        f"With the step {eta:g} and batches of {batch}: left, where the runs are that began in the "
        f"sharp valley; right, the growth of the second moment, which {where} at the sharp "
        "minimum.",
    )
