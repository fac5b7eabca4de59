"""ReLU networks with rational weights, and the exact piecewise affine function on a segment.

Counting pieces in floating point is a trap: two slopes that differ by rounding count as two. With
``Fraction`` weights a slope is equal to another or it is not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

Row = tuple[Fraction, ...]
Layer = tuple[tuple[Row, ...], Row]


@dataclass(frozen=True)
class Network:
    """A ReLU network with one output and rational weights.

    Args:
        hidden: For each layer its matrix (a row for each unit) and its biases.
        output: The weights of the output, one for each unit of the last layer.
        constant: What is added to the output.

    Raises:
        ValueError: If there is no hidden layer, or shapes do not fit.
    """

    hidden: tuple[Layer, ...]
    output: Row
    constant: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        """Refuse matrices that cannot be multiplied."""
        if not self.hidden:
            raise ValueError("hidden: wanted at least one layer, got none")
        width = len(self.hidden[0][0][0])
        for place, (matrix, bias) in enumerate(self.hidden):
            if len(matrix) != len(bias) or any(len(row) != width for row in matrix):
                raise ValueError(
                    f"layer {place}: wanted {len(bias)} rows of {width} weights, one row for each "
                    f"bias, got {len(matrix)} rows of {sorted({len(row) for row in matrix})}"
                )
            width = len(bias)
        if len(self.output) != width:
            raise ValueError(f"output: wanted {width} weights, got {len(self.output)}")

    @property
    def dimension(self) -> int:
        """The number of inputs."""
        return len(self.hidden[0][0][0])

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of units of each hidden layer."""
        return tuple(len(bias) for _, bias in self.hidden)

    @property
    def units(self) -> int:
        """The number of ReLUs."""
        return sum(self.widths)

    def __call__(self, x: Sequence[Fraction | int]) -> Fraction:
        """The exact value at one rational point, given by its ``dimension`` coordinates."""
        values: Sequence[Fraction | int] = x
        for matrix, bias in self.hidden:
            values = [max(p, Fraction(0)) for p in affine(matrix, bias, values)]
        return affine((self.output,), (self.constant,), values)[0]

    def values(self, X: np.ndarray) -> np.ndarray:
        """The values at the rows of ``X``, shape ``(points, dimension)``, in floating point."""
        H = np.asarray(X, dtype=float)
        for matrix, bias in self.hidden:
            H = np.maximum(H @ np.array(matrix, dtype=float).T + np.array(bias, dtype=float), 0)
        return H @ np.array(self.output, dtype=float) + float(self.constant)


def affine(matrix: Sequence[Row], bias: Row, x: Sequence[Fraction | int]) -> list[Fraction]:
    """The affine map ``matrix x + bias``, exactly."""
    return [
        sum((w * v for w, v in zip(row, x, strict=True)), b)
        for row, b in zip(matrix, bias, strict=True)
    ]


def rational(
    hidden: Iterable[tuple[Sequence[Sequence], Sequence]], output: Sequence, constant: object = 0
) -> Network:
    """A :class:`Network` from lists of anything that ``Fraction`` accepts."""
    layers = tuple(
        (tuple(tuple(map(Fraction, row)) for row in matrix), tuple(map(Fraction, bias)))
        for matrix, bias in hidden
    )
    return Network(layers, tuple(map(Fraction, output)), Fraction(constant))  # type: ignore[arg-type]


Graph = tuple[list[Fraction], list[Fraction]]
"""Nodes in increasing order, and the values there; affine in between."""


def along(
    network: Network, start: Sequence = (Fraction(0),), end: Sequence = (Fraction(1),)
) -> Graph:
    """The network along the segment from ``start`` to ``end``, exactly.

    Between two neighbouring nodes every unit is affine. A layer is affine there until one of its
    pre-activations changes sign, so the zeros of the pre-activations are the new nodes.

    Args:
        network: The network.
        start: Rational coordinates of the first point; the parameter there is 0.
        end: Those of the last point; the parameter there is 1.

    Returns:
        The parameters of the nodes, and the values there. Some nodes may turn out not to be kinks
        of the output; :func:`pieces` counts kinks only.

    Raises:
        ValueError: If the points have not as many coordinates as the network has inputs.
    """
    if not len(start) == len(end) == network.dimension:
        raise ValueError(
            f"start and end: wanted {network.dimension} coordinates each, "
            f"got {len(start)} and {len(end)}"
        )
    nodes = [Fraction(0), Fraction(1)]
    outputs = [list(map(Fraction, start)), list(map(Fraction, end))]
    for matrix, bias in network.hidden:
        before = [affine(matrix, bias, h) for h in outputs]
        nodes, before = _split(nodes, before)
        outputs = [[max(p, Fraction(0)) for p in values] for values in before]
    last = [affine((network.output,), (network.constant,), h)[0] for h in outputs]
    return nodes, last


def _split(
    nodes: list[Fraction], values: list[list[Fraction]]
) -> tuple[list[Fraction], list[list[Fraction]]]:
    """Add a node wherever one of the affine functions changes sign between two nodes."""
    new_nodes, new_values = nodes[:1], values[:1]
    for (a, b), (p, q) in zip(pairwise(nodes), pairwise(values), strict=True):
        zeros = {u / (u - v) for u, v in zip(p, q, strict=True) if u * v < 0}
        for t in sorted(zeros):
            new_nodes.append(a + t * (b - a))
            new_values.append([u + t * (v - u) for u, v in zip(p, q, strict=True)])
        new_nodes.append(b)
        new_values.append(q)
    return new_nodes, new_values


def slopes(graph: Graph) -> list[Fraction]:
    """The slope between each two neighbouring nodes."""
    nodes, values = graph
    return [
        (v - u) / (b - a) for (a, b), (u, v) in zip(pairwise(nodes), pairwise(values), strict=True)
    ]


def pieces(graph: Graph) -> int:
    """The number of affine pieces: one more than the number of changes of slope."""
    return 1 + sum(s != t for s, t in pairwise(slopes(graph)))


def random_network(width: int, depth: int, rng: np.random.Generator, fineness: int = 64) -> Network:
    """A network on the line with He's Gaussian weights, rounded to multiples of ``1/fineness``.

    Args:
        width: Units in each hidden layer.
        depth: Hidden layers.
        rng: Where the weights come from.
        fineness: The common denominator of the weights; exact arithmetic is quick if it is small.
    """

    def draw(*shape: int, spread: float) -> list:
        drawn = np.rint(fineness * spread * rng.standard_normal(shape)).astype(int)
        return np.vectorize(lambda v: Fraction(int(v), fineness), otypes=[object])(drawn).tolist()

    hidden, inputs = [], 1
    for _ in range(depth):
        hidden.append((draw(width, inputs, spread=(2 / inputs) ** 0.5), draw(width, spread=0.5)))
        inputs = width
    return rational(hidden, draw(width, spread=1.0))
