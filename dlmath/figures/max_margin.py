"""Pictures of the chapter on gradient descent and the largest margin: iterates and residuals."""

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
from dlmath.generalization.max_margin import limit, log_time_flow


def walk(Z: np.ndarray, step: float, at: Sequence[int], W: np.ndarray) -> Picture:
    """The iterates in the plane beside the ray of the largest margin, and their direction error."""
    found = limit(Z, step)
    size = np.linalg.norm(found.w_hat)
    off = np.linalg.norm(W / np.linalg.norm(W, axis=1)[:, None] - found.w_hat / size, axis=1)
    with figure(1, 2, width=7.2, height=3.1) as (fig, (left, right)):
        end = W[-1, 0] * 1.08
        predicted(left, [0, end], [0, 0], color=GRAY, linestyle="--", label="largest margin")
        measured(left, *W.T, color=BLUE, markersize=3.5)
        left.set(xlim=(-0.4, end), ylim=(-0.3, 0.7), xlabel="$w_1$", ylabel="$w_2$")
        left.legend(loc="upper right")
        along = found.w_tilde @ found.w_hat / size**2
        across = float(np.linalg.norm(found.w_tilde - along * found.w_hat))
        late = np.log(at) + along > 1
        steps = np.array(at, float)[late]
        line = across / (size * (np.log(steps) + along))
        predicted(
            right, steps, line, color=INK, zorder=5, label="constant over $\\log t$ + constant"
        )
        measured(right, at, off, color=BLUE, markersize=3.5)
        right.set(xscale="log", yscale="log", xlabel="steps $t$", ylim=(0.01, 1))
        right.set_ylabel("direction error (radians)")
        right.legend(loc="upper right")
    return Picture(
        fig,
        "Left, the iterates in the plane: they turn once and then march in parallel to the ray of "
        "the largest margin, at a distance from it that does not shrink, each factor in time worth "
        "one step to the right. Right, the direction error against the number of steps: it falls, "
        "but ever more slowly, although both axes are logarithmic, along a line that is "
        "computed from the dual variables.",
    )


def remainders(
    at: Sequence[int], runs: Mapping[str, tuple[np.ndarray, float]], wrong: Mapping[str, float]
) -> Picture:
    """The residual along the hard-margin vector, less its limit, times t, against log t.

    Args:
        at: Numbers of steps.
        runs: For each run the residual less its limit, in units of the vector, and its slope C.
        wrong: For some runs another slope, drawn dashed.
    """
    t = np.array(at, float)
    with figure() as (fig, ax):
        for k, (name, (off, C)) in enumerate(runs.items()):
            grown = (t - 1) * off
            late = t > 50
            lines = [(C, "-", f"slope {C:.2f}")]
            if name in wrong:
                lines.append((wrong[name], "--", f"slope {wrong[name]:.2f}, the flow's"))
            for slope, dash, words in lines:
                line = grown[-1] + slope * np.log(t[late] / t[-1])
                style = dict(color=PALETTE[k], linestyle=dash, label=words)
                predicted(ax, np.log(t[late]), line, **style)
            style = dict(color=PALETTE[k], marker=MARKERS[k], markersize=4, label=name)
            measured(ax, np.log(t), grown, **style)
        ax.set(xlabel=r"$\log t$", ylabel=r"$(t-1)$ times (residual less its limit)")
        ax.legend(loc="upper left")
    return Picture(
        fig,
        "The residual along the largest margin, less its limit and times the number of steps, "
        "against the logarithm of the number of steps: straight lines, whose slopes are the "
        "predicted ones; the dashed line, drawn for the flow, is visibly flatter.",
    )


def settling(Z: np.ndarray, step: float, end: float) -> Picture:
    """The residual of the flow against log t: its coordinates, and its distance to the limit."""
    found = limit(Z, step)
    s = np.linspace(0, end, 121)
    rho = log_time_flow(Z, step, np.zeros(Z.shape[1]), s)
    off = np.linalg.norm((rho - found.w_tilde) @ found.projector, axis=1)
    with figure(1, 2, width=7.2, height=3.1) as (fig, (left, right)):
        for k in range(Z.shape[1]):
            predicted(left, [0, end], [found.w_tilde[k]] * 2, color=PALETTE[k], linewidth=1)
            measured(left, s[::3], rho[::3, k], color=PALETTE[k], markersize=2.5)
        left.set(xlabel=r"$s = \log t$", ylabel=r"coordinates of $\rho$")
        tail = s > end / 3
        line = off[-1] * np.exp(found.rate * (s[-1] - s[tail]))
        which = r"\theta-1" if found.theta - 1 < found.least else r"\lambda"
        words = rf"slope $-{found.rate:.3f} = -({which})$"
        predicted(right, s[tail], line, color=INK, linewidth=1, zorder=5, label=words)
        measured(right, s[::3], off[::3], color=BLUE, markersize=3)
        right.set(yscale="log", xlabel=r"$s = \log t$", ylabel=r"$|P\rho - \tilde w|$")
        right.legend(loc="upper right")
    return Picture(
        fig,
        "Left, the coordinates of the residual against the logarithm of time: each runs to a "
        "level line and stays there. Right, the distance from the limit on a logarithmic axis: a "
        "straight fall, in parallel to the predicted line.",
    )


def degenerate(nudges: Sequence[float]) -> Picture:
    """The second coordinate of the residual against log log t, for sets ever nearer to bad luck."""
    s = np.geomspace(1, 1e6, 60)
    with figure() as (fig, ax):
        predicted(ax, np.log(s), np.log(s), color=GRAY, linestyle="--", label=r"$\log\log t$")
        for k, nudge in enumerate(nudges):
            Z = np.array([[1.0, 0.0], [1.0 + nudge, 1.0]])
            rho = log_time_flow(Z, 1.0, np.zeros(2), np.concatenate([[0.0], s]))[1:, 1]
            if nudge:
                end = np.log(1 / nudge)
                predicted(ax, [end, np.log(s[-1])], [end, end], color=PALETTE[k], linewidth=1)
            measured(
                ax,
                np.log(s)[::2],
                rho[::2],
                color=PALETTE[k],
                marker=MARKERS[k],
                markersize=3,
                label=rf"$\delta$ = {nudge:g}",
            )
        ax.set(xlabel=r"$\log\log t$", ylabel=r"second coordinate of $\rho$")
        ax.legend(loc="upper left")
    return Picture(
        fig,
        "The second coordinate of the residual against the logarithm of the logarithm of time: for "
        "degenerate data it climbs along a straight line for ever; for data that are nearly so it "
        "climbs along the same line and then stays level, the later the nearer they are.",
    )


def _data(ax: Axes, Z: np.ndarray, support: np.ndarray) -> None:
    """The examples with labels absorbed, those of least margin circled, and the origin."""
    ax.scatter(*Z.T, s=28, color=BLUE, zorder=3)
    ax.scatter(*Z[support].T, s=120, facecolors="none", edgecolors=GREEN, linewidths=2, zorder=4)
    ax.plot(0, 0, marker="+", color=INK, markersize=9)


SETS = {
    "generic": np.array([[1.0, 3.0], [1.0, -1.0], [2.0, 0.5]]),
    "near miss": np.array([[1.0, 0.0], [1.01, 1.0], [1.5, -1.0]]),
    "degenerate": np.array([[1.0, 0.0], [1.0, 1.0], [1.5, -1.0]]),
}


TIMES = (0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 1e3, 1e4, 1e6)
"""The values of log t at which the figure to play with can stop."""


@functools.cache
def _path(data: str) -> tuple[np.ndarray, np.ndarray]:
    """Times log t and the residual at each of them, on one of the small sets."""
    s = np.unique(np.concatenate([TIMES, np.geomspace(0.05, 1e6, 70)]))
    return s, log_time_flow(SETS[data], 1.0, np.zeros(2), s)


def clock(log_t: float, data: str) -> Picture:
    """Where gradient flow stands at one of the times: its direction, and the path of its residual.

    Args:
        log_t: One of :data:`TIMES`.
        data: A key of :data:`SETS`.
    """
    Z = SETS[data]
    w_hat = np.array([1.0, 0.0])
    s, rho = _path(data)
    here = rho[np.abs(s - log_t).argmin()]
    w = w_hat * log_t + here
    w = w / (np.linalg.norm(w) or 1.0)
    support = Z @ w_hat < 1 + 1e-8
    with figure(1, 2, width=7.2, height=3.2) as (fig, (left, right)):
        _data(left, Z, support)
        left.plot([0, 2.4], [0, 0], color=GRAY, linestyle="--")
        left.annotate("", 1.8 * w, (0, 0), arrowprops=dict(arrowstyle="->", color=VERMILLION))
        left.plot(-9 * w[1] * np.array([-1, 1]), 9 * w[0] * np.array([-1, 1]), color=VERMILLION)
        left.set(xlim=(-1.5, 3), ylim=(-1.6, 3.3), xlabel="$z_1$", ylabel="$z_2$", aspect="equal")
        predicted(right, *rho[s <= log_t].T, color=GRAY, linewidth=1)
        if data == "generic":
            right.plot(*limit(Z).w_tilde, marker="x", color=INK, markersize=9)
        measured(right, *here[:, None], color=VERMILLION, markersize=8)
        right.set(xlim=(-0.2, 1.0), ylim=(-1, 15), xlabel=r"$\rho_1$", ylabel=r"$\rho_2$")
    return Picture(
        fig,
        f"At log t = {log_t:g} on the {data} set: left, the examples, the rule and its direction "
        "as an arrow beside the dashed ray of the largest margin; right, the path of the residual "
        "up to this time and the place at its end.",
    )
