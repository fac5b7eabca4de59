"""Pictures of the experiments at scale, from what their records hold."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dlmath.figures.picture import Picture
from dlmath.figures.style import GRAY, MARKERS, PALETTE, figure, measured, predicted

Runs = Sequence[Mapping[str, Any]]
"""Of a record: each with its ``setting`` and its ``result``."""

NAMES = {"digits": "digits", "mnist": "MNIST", "cifar10": "CIFAR-10"}
METHODS = {"scattering": "scattering and a linear rule", "network": "trained network"}
LABELS = {"true": "true labels", "random": "random labels"}
RULES = {"same step": "one step size", "step in proportion": "step in proportion to the batch"}


def of(runs: Runs, **wanted: Any) -> list[Mapping[str, Any]]:
    """The runs whose settings are as wanted."""
    return [r for r in runs if all(r["setting"][key] == value for key, value in wanted.items())]


def double_descent(runs: Runs) -> Picture:
    """Mean square and share of errors on test images, against weights over targets."""
    with figure(1, 2, height=3.2) as (fig, (left, right)):
        for k, data in enumerate(NAMES):
            own = of(runs, data=data)
            load = [r["result"]["parameters"] / (10 * r["setting"]["n"]) for r in own]
            style = dict(color=PALETTE[k], marker=MARKERS[k], label=NAMES[data])
            for ax, key in ((left, "test_squared"), (right, "test_error")):
                measured(ax, load, [np.mean(r["result"][key]) for r in own], **style)
        for ax, words in ((left, "mean square on test images"), (right, "test error")):
            ax.axvline(1, color=GRAY, linewidth=1.2)
            ax.set(xscale="log", xlabel="weights for each target", ylabel=words, ylim=(0, None))
        right.legend(loc="lower left", fontsize=9)
    return Picture(
        fig,
        "Two panels against the number of weights over the number of targets, a vertical line at "
        "one, three series of points. Left, the mean square: each series climbs to a peak near the "
        "line and falls below its left end, for CIFAR-10 to a little above it. Right, the share "
        "of errors: it falls nearly all the way, and for CIFAR-10 hardly moves.",
    )


def scattering_curve(runs: Runs) -> Picture:
    """Test error of both methods against the number of training images."""
    with figure(1, 2, height=3.2) as (fig, axes):
        for ax, data in zip(axes, ("mnist", "cifar10"), strict=True):
            for k, (method, words) in enumerate(METHODS.items()):
                own = of(runs, data=data, method=method)
                n = [r["setting"]["n"] for r in own]
                errors = [r["result"]["test_error"] for r in own]
                measured(ax, n, errors, color=PALETTE[k], marker=MARKERS[k], label=words)
            ax.set(xscale="log", yscale="log", xlabel="training images", title=NAMES[data])
        axes[0].set_ylabel("test error")
        axes[0].legend(fontsize=9)
    return Picture(
        fig,
        "Two panels, MNIST and CIFAR-10: test error against training images on logarithmic axes, "
        "points for scattering with a linear rule and for a trained network. With few images "
        "scattering lies lower in both panels.",
    )


def margins(runs: Runs) -> Picture:
    """Quantiles of the margins, raw and over the complexity from two places."""
    with figure(1, 3, height=3) as (fig, axes):
        for k, (labels, words) in enumerate(LABELS.items()):
            found = [r["result"] for r in of(runs, labels=labels)]
            raw = np.array([r["margins"] for r in found])
            first = 1000 * np.array([r["normalised"] for r in found])
            share = np.array([[r["complexity"] / r["complexity_from_zero"]] for r in found])
            levels = np.ravel([r["margin_levels"] for r in found])
            style = dict(color=PALETTE[k], marker=MARKERS[k], label=words, markersize=4)
            for ax, values in zip(axes, (raw, first, first * share), strict=True):
                measured(ax, levels, values.ravel(), **style)
        titles = ("raw", "from the first weights", "from zero")
        for ax, title in zip(axes, titles, strict=True):
            ax.set(xlabel="share of images", title=title, ylim=(0, None))
            ax.title.set_fontsize(9.5)
        axes[0].set_ylabel("margin")
        axes[1].set_ylabel("margin over complexity, × 1000")
        axes[0].legend(loc="lower right", fontsize=8.5)
    return Picture(
        fig,
        "Quantiles of training margins in three panels. Raw, those of random labels lie above "
        "those of true labels. Over the complexity from the first weights, those of true labels "
        "lie above. Over the complexity from zero the two lie nearly on each other.",
    )


def batch_size(runs: Runs) -> Picture:
    """Sharpness with two over the step size, and test error, against the batch."""
    with figure(1, 2, height=3.2) as (fig, (left, right)):
        for k, (rule, words) in enumerate(RULES.items()):
            own = of(runs, rule=rule)
            sizes = [r["setting"]["batch"] for r in own]
            style = dict(color=PALETTE[k], marker=MARKERS[k], label=words)
            measured(left, sizes, [r["result"]["sharpness"] for r in own], **style)
            measured(right, sizes, [r["result"]["test_error"] for r in own], **style)
            steps = sorted({(r["setting"]["batch"], 2 / r["result"]["lr"]) for r in own})
            predicted(left, *zip(*steps, strict=True), color=PALETTE[k], linewidth=1.2)
        left.set(xscale="log", yscale="log", xlabel="examples in a batch", ylabel="sharpness")
        right.set(xscale="log", xlabel="examples in a batch", ylabel="test error", ylim=(0, 1))
        right.legend(fontsize=9)
    return Picture(
        fig,
        "Left, sharpness at the end against the size of the batch, with a line at two over the "
        "step size for each rule. Right, the test error, which hardly depends on the batch.",
    )
