"""The pictures of the chapter on networks of general frames."""

from collections.abc import Mapping, Sequence

import numpy as np

from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    ORANGE,
    VERMILLION,
    figure,
    image,
    measured,
    predicted,
)
from dlmath.invariance.cascade import translate
from dlmath.invariance.deep_frames import DECAY, EDGE, burst, layers, random_network
from dlmath.invariance.deep_frames_strided import Shifted, blur, subsample
from dlmath.invariance.deep_frames_warp import (
    STEEPEST,
    tone_distance,
    uniform_bank,
    uniform_edge,
)
from dlmath.invariance.filters import tight_bank_1d

MARKERS = "os^"


def one_pixel(run: Shifted) -> Picture:
    """A digit as it moves to the right, a pixel at a time, and what the network says of it."""
    answers = run.logits.argmax(-1)[:4]  # shifts by 0, 1, 2, 3 pixels to the right
    fickle = [len(set(column)) > 2 for column in answers.T]
    k = int(np.argmax(fickle & (answers[0] == run.labels)))
    with figure(1, 5, height=1.9) as (fig, axes):
        for shift, ax in zip(range(-2, 3), axes, strict=True):
            image(ax, np.roll(run.images[k], shift, axis=1), cmap="gray")
            where = f"{abs(shift)} {'left' if shift < 0 else 'right'}" if shift else "in place"
            ax.set_title(f"“{answers[shift % 4, k]}”", fontsize=13, loc="center")
            ax.set_xlabel(where, fontsize=12)
    return Picture(
        fig,
        "A handwritten digit, whole and unchanged but for its place, moved to the right a pixel at "
        "a time; the network's answer changes on the way, and is the same again after four pixels.",
    )


def accuracy_by_shift(found: Mapping[str, Shifted]) -> Picture:
    """Test accuracy for each of the sixteen shifts, one map for each network."""
    with figure(1, len(found), height=2.9) as (fig, axes):
        for ax, (name, run) in zip(np.atleast_1d(axes), found.items(), strict=True):
            right = (run.logits.argmax(-1) == run.labels).mean(1)
            side = round(np.sqrt(right.size))
            shown = ax.imshow(100 * right.reshape(side, side), vmin=20, vmax=100)
            for k, value in enumerate(right):
                ink = "white" if value < 0.65 else "black"
                ax.text(
                    k % side, k // side, f"{100 * value:.0f}", ha="center", va="center", color=ink
                )
            ax.grid(visible=False)
            ax.set(title=name, xlabel="pixels to the right")
            ax.set(xticks=range(side), yticks=range(side))
        np.atleast_1d(axes)[0].set_ylabel("pixels down")
        fig.colorbar(shown, ax=axes, label="accuracy in per cent", shrink=0.85)
    return Picture(
        fig,
        "Two maps of four by four shifts: with strides alone accuracy is high for no shift and "
        "much lower for most others; with a blur before each stride it is high in the rows of even "
        "shifts down, lower in the rows of odd ones, and hardly changes from left to right.",
    )


def invariance(pooled: Mapping, plain: Mapping, shift: int) -> Picture:
    """Absolute and relative error of a shift, layer by layer, with pooling and without."""
    kinds = {
        "absolute": (DECAY, r"error $/\,\|x\|$"),
        "relative": (EDGE, r"error $/\,\|\Phi_kx\|$"),
    }
    with figure(1, 2, height=3.9) as (fig, axes):
        for ax, (kind, (constant, label)) in zip(axes, kinds.items(), strict=True):
            k = np.arange(len(pooled["modulus"][kind]))
            bound = constant * shift / 2.0**k
            predicted(ax, k, bound, color=BLUE, label="pooling by 2")
            predicted(ax, k, 0 * k + bound[0], color=VERMILLION, label="no pooling")
            for marker, rho in zip(MARKERS, pooled, strict=True):
                measured(ax, k, pooled[rho][kind], color=BLUE, marker=marker)
                measured(ax, k, plain[rho][kind], color=VERMILLION, marker=marker)
            ax.set(yscale="log", xlabel="layer $k$", title=label, xticks=k)
        for marker, rho in zip(MARKERS, pooled, strict=True):
            measured(axes[0], [], [], color=GRAY, marker=marker, label=rho)
        handles, labels = axes[0].get_legend_handles_labels()
        fig.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=12)
    return Picture(
        fig,
        "Two panels against the layer, on logarithmic axes. The absolute error falls with pooling "
        "and without. The relative one is level without pooling, from layer 1 on; with pooling it "
        "falls below a line that halves at each layer, for modulus and ReLU faster than that line.",
    )


def dilations(eps: float = 0.03, n: int = 4096, bands: int = 32) -> Picture:
    """How far a dilation moves a tone, against its frequency: uniform bands and octaves."""
    uniform, octaves = uniform_bank(n, bands), tight_bank_1d(n, 6)
    by = np.unique(np.round(np.geomspace(4, eps * n / 2 - 0.5, 32)).astype(int))
    orders = np.round(by / eps).astype(int)
    w, seconds = 2 * np.pi * orders / n, orders - by
    with figure(height=3.8) as (fig, ax):
        far = [tone_distance(uniform, a, b) for a, b in zip(orders, seconds, strict=True)]
        near = [tone_distance(octaves, a, b) for a, b in zip(orders, seconds, strict=True)]
        measured(ax, w, far, color=VERMILLION, label="one width")
        measured(ax, w, near, color=BLUE, marker="s", label="octaves")
        predicted(ax, w, uniform_edge(by * 2 * bands / n), color=VERMILLION)
        predicted(ax, w, np.full(w.size, np.sqrt(2)), color=GRAY, label="largest, √2")
        octave = -STEEPEST * np.log2(1 - eps)
        predicted(ax, w, np.full(w.size, octave), color=BLUE)
        ax.set(xscale="log", xlabel=r"frequency $\omega$ of the tone")
        ax.set_ylabel("distance of features / norm of tone")
        ax.set(xticks=[0.2, 0.5, 1, 2, 3], xticklabels=["0.2", "0.5", "1", "2", "3"])
        ax.minorticks_off()
        fig.legend(loc="outside lower center", ncols=3, fontsize=12)
    return Picture(
        fig,
        "Points for octaves stay under a low line at every frequency. Points for bands of one "
        "width scatter below a line that climbs with the frequency to the square root of two.",
    )


def even_and_odd(x: np.ndarray) -> Picture:
    """A signal and its blur; what is left of each when the even or the odd samples are kept."""
    with figure(2, 2, height=3.8, sharey=True, sharex=True) as (fig, axes):
        for row, (name, y) in zip(axes, {"as it is": x, "blurred": blur(x)}.items(), strict=True):
            for ax, phase, word in zip(row, (0, 1), ("even", "odd"), strict=True):
                n = np.arange(x.size)
                ax.plot(n, y, color=GRAY, linewidth=0.8)
                measured(ax, n[phase::2], subsample(y, 2, phase), color=(BLUE, ORANGE)[phase])
                ax.set_title(f"{name}: {word} samples", fontsize=10)
        for ax in axes[1]:
            ax.set_xlabel("place $n$")
    return Picture(
        fig,
        "Above, a signal with a fast wave: its even samples trace the upper side, its odd samples "
        "the lower. Below, after a blur, even and odd samples trace nearly the same curve.",
    )


def agreement(found: Mapping[str, Sequence[Shifted]]) -> Picture:
    """How often two shifts of a digit get one answer, and how many answers are right."""
    with figure(height=2.9) as (fig, ax):
        for k, (name, runs) in enumerate(found.items()):
            colour, marker = (VERMILLION, BLUE, GRAY)[k], MARKERS[k]
            rows = ("centred", "everywhere", "agreement")
            for at, what in enumerate(rows):
                values = [100 * getattr(run, what) for run in runs]
                place = at + 0.14 * (k - 0.5) + np.linspace(-0.03, 0.03, len(values))
                label = name if at == 0 else None
                measured(ax, place, values, color=colour, marker=marker, label=label)
        words = ["right where\nthey stand", "right over\nall shifts", "two shifts,\none answer"]
        ax.set(ylabel="per cent of test digits", ylim=(40, 101), xticks=range(3), xticklabels=words)
        ax.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=9)
    return Picture(
        fig,
        "Three groups of points. Where the digits stand both kinds of network are right almost "
        "always; over all shifts, and in agreement with itself, the blurred kind is far ahead.",
    )


def deeper(depth: int, pooling: str, shift: int) -> Picture:
    """One feature of a signal and of its shifted copy, in the coordinates of the input."""
    n = 2048
    net = random_network(depth + 1, stride=2.0 if pooling == "on" else 1.0, seed=3)
    x = burst(n, seed=1)
    before, after = (layers(y, net)[-1] for y in (x, translate(x, shift)))
    path = int((before.values**2).sum(1).argmax())
    curves = [f.values[path] / np.abs(before.values[path]).max() for f in (before, after)]
    error = (after - before).norm
    moved, share = error / np.linalg.norm(x), error / before.norm
    with figure(height=2.9) as (fig, ax):
        at = np.arange(n // 2 - 260, n // 2 + 260, 2)
        for curve, colour, name in zip(
            curves, (BLUE, VERMILLION), ("signal", "shifted"), strict=True
        ):
            ax.plot(at - n // 2, curve[at], color=colour, label=name, linewidth=1.2)
        ax.set_title(
            f"layer {depth}, pooling {pooling}, shift {shift}: "
            f"error {moved:.1g} of |x|, {share:.2g} of the features",
            fontsize=10,
        )
        ax.set(
            xlabel="place in the input",
            ylabel="strongest feature / its maximum",
            ylim=(-1.25, 1.25),
        )
        ax.legend(loc="upper right", fontsize=9)
    words = "lie on each other" if share < 0.03 else "are close" if share < 0.2 else "are far apart"
    return Picture(
        fig,
        f"The strongest feature of layer {depth}, with pooling {pooling}, of a signal and of its "
        f"copy shifted by {shift}: the two curves {words}.",
    )
