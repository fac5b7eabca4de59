"""The pictures of the chapter on universality."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from dlmath.approximation import differences
from dlmath.approximation.bernstein import BETA, GUESS, Best
from dlmath.approximation.relu_interpolation import hat, interpolate
from dlmath.approximation.universality import (
    ACTIVATIONS,
    draw_neurons,
    fit,
    hidden,
    legendre_features,
    peak_floor,
)
from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.ledger import Evidence

COLOURS = {
    "u²": VERMILLION,
    "u³ + u": ORANGE,
    "step": SKY,
    "ReLU": BLUE,
    "sin": PURPLE,
    "tanh": GREEN,
}
MARKERS = dict(zip(COLOURS, "soD^vP", strict=True))


def stuck(curves: Mapping[str, Sequence[float]], widths: Sequence[int]) -> Picture:
    """Error of the fit against the number of neurons, and the floors of degrees 2 and 3."""
    with figure(height=3.9) as (fig, ax):
        for q, colour in ((2, VERMILLION), (3, ORANGE)):
            floor = peak_floor(q)
            predicted(ax, [widths[0], widths[-1]], [floor, floor], color=colour, linewidth=1.2)
        for name, curve in curves.items():
            measured(
                ax, widths, curve, color=COLOURS[name], label=name, marker=MARKERS[name],
                markersize=5.5,
            )  # fmt: skip
        ax.set(xscale="log", yscale="log", xlabel="neurons", ylabel="root mean square error")
        ax.set_xticks(widths, [str(r) for r in widths])
        ax.minorticks_off()
        ax.legend(ncols=3, loc="lower left", columnspacing=1, handletextpad=0.2)
    return Picture(
        fig,
        "Errors of six activations on logarithmic axes: for four of them the points keep falling, "
        "tanh fastest and the step slowest; for the two polynomials they lie on two level lines.",
    )


def difference_errors(powers: Sequence[int] = (2, 4, 6)) -> Picture:
    """Error of the network for x^k against its step: truncation, rounding, and floating point."""
    steps = [Fraction(1, 2**j) for j in range(2, 14)]
    h = np.array([float(s) for s in steps])
    with figure(height=3.9) as (fig, ax):
        for k, colour in zip(powers, (BLUE, GREEN, VERMILLION), strict=True):
            truncation = abs(float(differences.leading_error(k, Fraction(1)))) * h**2
            size = abs(float(differences.bump_derivative(k, differences.BIAS)))
            rounding = (2 / h) ** k / size * 2.0**-53
            predicted(ax, h, truncation, color=colour, linewidth=1)
            predicted(ax, h, rounding, color=colour, linewidth=1, linestyle="--")
            floating = [differences.largest_error(k, s)[1] for s in steps]
            measured(ax, h, floating, color=colour, label=f"$x^{k}$", markersize=5)
        ax.set(
            xscale="log", yscale="log", xlabel="step $h$", ylabel="largest error on $[-1, 1]$",
            ylim=(1e-10, 1e4),
        )  # fmt: skip
        ax.legend(loc="upper right", ncols=3)
    return Picture(
        fig,
        "Three V shapes on logarithmic axes: for large steps the points follow the solid lines of "
        "the theorem, for small steps rounding lifts them along steep dashed lines, the higher the "
        "power the sooner.",
    )


def cells(N: int = 4) -> Picture:
    """The square root and its interpolating network, with the hats that it is made of."""
    x, nodes = np.linspace(0, 1, 401), np.linspace(0, 1, N + 1)
    network = interpolate(nodes, np.sqrt(nodes))
    with figure(height=3.3) as (fig, ax):
        for i, node in enumerate(nodes[1:], 1):
            bump = hat(node - 1 / N, node, node + 1 / N)(x) * np.sqrt(node)
            label = "hats, three neurons each" if i == 1 else None
            ax.plot(x, bump, color=SKY, linewidth=1.2, label=label)
        ax.plot(x, np.sqrt(x), color=GRAY, label=r"$\sqrt{x}$")
        predicted(ax, x, network(x), color=BLUE, label=f"network of {N} neurons")
        measured(ax, [1 / (4 * N)] * 2, [network(np.array(1 / (4 * N))), np.sqrt(1 / (4 * N))],
                 color=VERMILLION, label="the largest error")  # fmt: skip
        ax.set(xlabel="$x$", ylabel="value", ylim=(0, 1.05))
        ax.legend(loc="center left", bbox_to_anchor=(0.0, 0.82), fontsize=9)
    return Picture(
        fig,
        "A broken line follows the square root from below; it is a sum of hats, one at each node, "
        "and strays furthest in the first cell, at a quarter of its width.",
    )


def remez(best: Best, evidence: Evidence) -> Picture:
    """The error curve of a best polynomial for |x|, and n E_n against its limit."""
    x = np.linspace(-1, 1, 1201)
    degrees, scaled = evidence.data["degrees"], evidence.data["scaled"]
    with figure(2, 1, height=5.2) as (fig, (left, right)):
        for sign in (-1, 1):
            predicted(left, [-1, 1], [sign * best.lower] * 2, color=GRAY, linewidth=1)
        left.plot(x, best(x) - np.abs(x), color=BLUE)
        left.set(xlabel="$x$", ylabel="polynomial $- |x|$", title=f"degree {best.degree}")
        predicted(right, [2, degrees[-1]], [BETA, BETA], color=BLUE, label=r"$\beta$")
        predicted(
            right, [2, degrees[-1]], [GUESS, GUESS], color=VERMILLION, linestyle="--",
            label=r"$1/(2\sqrt{\pi})$",
        )  # fmt: skip
        measured(right, degrees, scaled, color=BLUE, label=r"$n\,E_n(|x|)$")
        right.set(xscale="log", xlabel="degree $n = 2^L$", ylabel=r"$n\,E_n$", ylim=(0.265, 0.284))
        right.set_xticks(degrees[1:], [str(n) for n in degrees[1:]])
        right.set_xlim(3.4, 150)
        right.minorticks_off()
        right.legend(loc="lower right")
    return Picture(
        fig,
        "Above, an error curve that touches two level lines in turn, eleven times. Below, points "
        "that climb with the degree to the line of Bernstein's constant and stay under the dashed "
        "line of the number near it.",
    )


def singular_values(r: int = 100) -> Picture:
    """Singular values of the matrix of r random neurons on the square, largest scaled to 1."""
    x = np.random.default_rng(0).uniform(-1, 1, (1500, 2))
    with figure(height=3.6) as (fig, ax):
        for name in ("ReLU", "tanh", "sin", "u²"):
            found = fit(hidden(x, *draw_neurons(2, r), ACTIVATIONS[name]), np.ones(len(x))).singular
            measured(
                ax, np.arange(1, r + 1), np.maximum(found / found[0], 1e-18), color=COLOURS[name],
                marker=MARKERS[name], label=name, markersize=3.5,
            )  # fmt: skip
        predicted(ax, [1, r], [2.0**-53] * 2, color=GRAY, linewidth=1, label="rounding")
        ax.set(yscale="log", xlabel="number", ylabel="singular value", ylim=(1e-18, 3))
        ax.legend(loc="upper right", ncols=3, fontsize=9, columnspacing=1)
    return Picture(
        fig,
        "Singular values on a logarithmic axis: those of ReLU fall slowly, those of tanh and the "
        "sine along steep slopes towards rounding, those of the square drop to rounding after six.",
    )


TARGETS = {
    "|x|": np.abs,
    "a wave": lambda x: np.sin(5 * x + 1) * 0.6 + 0.3,
}


def fitted(activation: str, neurons: int, target: str) -> Picture:
    """The least-squares fit of a network to a target on [-1, 1], beside the best polynomial."""
    x = np.linspace(-1, 1, 161)[:, None]
    y, act = TARGETS[target](x[:, 0]), ACTIVATIONS[activation]
    features = hidden(x, *draw_neurons(1, neurons, 3), act)
    found = fit(features, y, rcond=1e-10)
    error, title = float(np.linalg.norm(found.residual)), f"{activation}, {neurons} neurons"
    with figure(height=3.2) as (fig, ax):
        ax.plot(x[:, 0], y, color=GRAY, linewidth=3, alpha=0.5, label=f"target: {target}")
        title += f": error {error:.3f}"
        if act.degree:
            basis = legendre_features(x, act.degree)
            floor = fit(basis, y)
            label = f"best polynomial, degree {act.degree}"
            predicted(ax, x[::4, 0], (basis @ floor.weights)[::4], color=VERMILLION, label=label)
            title += f", floor {np.linalg.norm(floor.residual):.3f}"
        measured(ax, x[::4, 0], (features @ found.weights)[::4], color=BLUE, label="network")
        ax.set(xlabel="$x$", ylabel="value", ylim=(-0.8, 1.5), xlim=(-1.02, 1.02))
        ax.set_title(title, fontsize=11)
        ax.legend(loc="upper center", ncols=3, fontsize=9, columnspacing=1)
    words = "lie on" if error < 0.01 else "follow" if error < 0.05 else "miss"
    extra = f" and the best polynomial of degree {act.degree}" if act.degree else ""
    return Picture(
        fig,
        f"{neurons} neurons with the activation {activation}: their points {words} the target, "
        f"{target}; shown are target, network{extra}.",
    )
