"""Pictures of the chapter on gradient descent and the largest margin: other methods, other data."""

from collections.abc import Mapping, Sequence

import numpy as np

from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    INK,
    MARKERS,
    PALETTE,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.generalization.losses import LOSSES
from dlmath.generalization.max_margin import log_time_flow


def gaps(
    at: Sequence[int], found: Mapping[str, np.ndarray], lines: Mapping[str, np.ndarray]
) -> Picture:
    """How far the margin is from the largest, for several methods, with predicted constants."""
    with figure(height=3.8) as (fig, ax):
        for k, (name, gap) in enumerate(found.items()):
            if name in lines:
                predicted(ax, at, lines[name], color=PALETTE[k])
            keep = gap > 0
            style = dict(color=PALETTE[k], marker=MARKERS[k], markersize=4, label=name)
            measured(ax, np.array(at)[keep], gap[keep], **style)
        ax.set(xscale="log", yscale="log", xlabel="steps $t$", ylim=(3e-9, 1))
        ax.set_ylabel("largest margin less margin")
        ax.legend(loc="lower left", fontsize=9)
    return Picture(
        fig,
        "The margin that is missing against the number of steps, both axes logarithmic: for plain "
        "gradient descent nearly level, for shrinking normalised steps a slope of one half, for "
        "constant normalised steps a slope of one, with momentum a slope of two; the lines drawn "
        "with predicted constants go through the points.",
    )


VALIDATION_TIMES = np.concatenate([np.linspace(0, 30, 31), np.linspace(33, 150, 40)])
"""The values of log t at which the digits are looked at."""


def validation(Z: np.ndarray, V: np.ndarray, step: float, w_hat: np.ndarray) -> Picture:
    """Training loss, validation loss and validation error of the flow against log t."""
    s = VALIDATION_TIMES
    W = s[:, None] * w_hat + log_time_flow(Z, step, np.zeros(Z.shape[1]), s)
    training, losses = (LOSSES["logistic"].value(W @ X.T).mean(1) for X in (Z, V))
    errors = (W @ V.T <= 0).mean(1)
    slope = np.maximum(0, -V @ w_hat).mean()
    with figure(2, 1, height=5.2) as (fig, (left, right)):
        measured(left, s, losses, color=VERMILLION, markersize=3, label="validation loss")
        measured(left, s, training, color=BLUE, marker="s", markersize=3, label="training loss")
        line = losses[-1] + slope * (s[31:] - s[-1])
        predicted(left, s[31:], line, color=INK, zorder=5, label="predicted slope")
        left.set(ylabel="mean logistic loss", ylim=(0, None))
        left.legend(loc="upper left", fontsize=9)
        measured(right, s, 100 * errors, color=VERMILLION, markersize=3)
        right.set(xlabel=r"$\log t$", ylabel="validation error (%)", ylim=(0, 8))
    return Picture(
        fig,
        "Above, against the logarithm of time: the training loss vanishes, the validation loss "
        "falls and then climbs for ever along a straight line. Below, the share of validation "
        "examples that are wrong over the same time: after a first fall it hardly changes.",
    )


def large_steps(curves: Mapping[str, np.ndarray]) -> Picture:
    """The logistic risk at every step, for several step sizes."""
    with figure() as (fig, ax):
        for k, (name, curve) in enumerate(curves.items()):
            ax.plot(
                np.arange(1, len(curve) + 1), curve, color=PALETTE[k], linewidth=1.4, label=name
            )
        ax.set(xscale="log", yscale="log", xlabel="steps $t$, shifted by one", ylabel="risk")
        ax.legend(loc="lower left", fontsize=9)
    return Picture(
        fig,
        "The risk against the number of steps, both axes logarithmic: for the short step it "
        "falls all the way; for the long ones it first jumps up and down, the higher the longer "
        "the step, then falls steadily, and ends lower.",
    )


def angles(at: Sequence[int], found: Mapping[str, np.ndarray]) -> Picture:
    """The angle of several methods on the one example (2, 1)."""
    with figure(height=3.8) as (fig, ax):
        for angle, words in (
            (45, "sign"),
            (np.degrees(np.arctan(0.5)), "gradient"),
            (0, "coordinate"),
        ):
            predicted(ax, [at[0], at[-1]], [angle, angle], color=GRAY, linewidth=1)
            ax.annotate(words, (at[0], angle), (2, 3), textcoords="offset points", fontsize=9)
        for k, (name, W) in enumerate(found.items()):
            degrees = np.degrees(np.arctan2(W[:, 1], W[:, 0]))
            style = dict(color=PALETTE[k], marker=MARKERS[k], markersize=4, label=name)
            measured(ax, at, degrees, **style)
        ax.set(xscale="log", xlabel="steps $t$", ylabel="angle of $w$ (degrees)", ylim=(-3, 52))
        ax.legend(loc="lower left", fontsize=9, bbox_to_anchor=(0, 0.08))
    return Picture(
        fig,
        "The angle of the vector against the number of steps, with three level lines marked sign, "
        "gradient and coordinate: without a constant in its denominator Adam stays on the line of "
        "the signs; with one it leaves it, the sooner the larger the constant, towards the line of "
        "the gradient.",
    )
