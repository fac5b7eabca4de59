"""Networks with polynomial activations: their exact rank, and the narrow ones that multiply.

Ranks are counted in the integers modulo a prime. That is exact, with no tolerance: a rank modulo a
prime is at most the rank over the rationals, and the theorem bounds that one from above.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import numpy as np

PRIME = 2**31 - 1
SPREAD = 10**6  # a sum of 1000 products of such weights with residues still fits into 64 bits

Layers = list[tuple[np.ndarray, np.ndarray]]


def square(u: np.ndarray) -> np.ndarray:
    """The activation u^2."""
    return u * u


def cube_plus(u: np.ndarray) -> np.ndarray:
    """The activation u^3 + u, modulo the prime if the entries are integers."""
    if np.issubdtype(u.dtype, np.integer):
        return (u * u % PRIME * u + u) % PRIME
    return u**3 + u


def ramp(u: np.ndarray) -> np.ndarray:
    """The ReLU, for which integers modulo the prime stand between -p/2 and p/2."""
    return (
        np.where(u > PRIME // 2, 0, u) if np.issubdtype(u.dtype, np.integer) else np.maximum(u, 0)
    )


def rank_modulo(matrix: np.ndarray, prime: int = PRIME) -> int:
    """The rank of an integer matrix modulo a prime, by elimination.

    Args:
        matrix: Integers, shape (rows, columns).
        prime: A prime below 2^31.5, so that products fit into 64 bits.

    Raises:
        ValueError: If the matrix does not hold integers, or has not two axes.
    """
    if matrix.ndim != 2 or not np.issubdtype(matrix.dtype, np.integer):
        raise ValueError(
            f"matrix: wanted integers of shape (rows, columns), got {matrix.dtype} of shape "
            f"{matrix.shape}"
        )
    rows, rank = matrix.astype(np.int64) % prime, 0
    for column in range(rows.shape[1]):
        below = np.flatnonzero(rows[rank:, column])
        if not below.size:
            continue
        rows[[rank, rank + below[0]]] = rows[[rank + below[0], rank]]
        pivot = pow(int(rows[rank, column]), -1, prime)
        rows[rank] = rows[rank] * pivot % prime
        factors = rows[rank + 1 :, column].copy()
        rows[rank + 1 :] = (rows[rank + 1 :] - factors[:, None] * rows[rank] % prime) % prime
        rank += 1
        if rank == len(rows):
            break
    return rank


def outputs_modulo(
    x: np.ndarray,
    count: int,
    depth: int,
    activation: Callable[[np.ndarray], np.ndarray],
    *,
    width: int = 3,
    biased: bool = True,
    seed: int = 0,
) -> np.ndarray:
    """Values of random networks with integer weights at integer points, modulo the prime.

    Args:
        x: Points, shape (points, d).
        count: How many networks.
        depth: Hidden layers of each. The last has one neuron, the others ``width``.
        activation: A polynomial with integer coefficients, or :func:`ramp`.
        width: Neurons of a hidden layer before the last.
        biased: Whether there are biases.
        seed: Seed of weights and biases, whole numbers between -10^6 and 10^6: from few
            values, networks would often coincide by chance.

    Returns:
        Shape (points, count).

    Raises:
        ValueError: If the depth is less than 1.
    """
    if depth < 1:
        raise ValueError(f"depth: wanted at least one hidden layer, got {depth}")
    rng = np.random.default_rng(seed)
    columns = []
    for _ in range(count):
        u = x % PRIME
        for layer in range(depth):
            size = 1 if layer == depth - 1 else width
            weights = rng.integers(-SPREAD, SPREAD + 1, (u.shape[1], size))
            biases = rng.integers(-SPREAD, SPREAD + 1, size) * biased
            u = activation((u @ weights + biases) % PRIME) % PRIME
        columns.append(u[:, 0])
    return np.stack(columns, 1)


def horner_network(coefficients: Sequence[Fraction], *, carry: Fraction | None = None) -> Layers:
    """A network of squares, four wide, that computes a polynomial of one variable exactly.

    Args:
        coefficients: Of the polynomial, constant first, at least three.
        carry: If given, the input is handed on by one neuron, ``((1 + c x)^2 - 1) / 2c`` with this
            c, and the network is three wide; it is then not exact.

    Returns:
        Weights and biases of n - 1 hidden layers and of the output, with rational entries.

    Raises:
        ValueError: If the degree is less than 2.
    """
    if len(coefficients) < 3:
        raise ValueError(
            f"coefficients: wanted degree 2 or more, got {len(coefficients)} coefficients; "
            "an affine function needs no hidden layer"
        )
    *low, second, top = map(Fraction, coefficients)
    # the state is (x, y); y becomes x y + next coefficient
    product = [Fraction(1, 4), Fraction(-1, 4)]
    if carry is None:
        into, at = [[1, 0], [1, 0]], [1, -1]
        back, shift = [[*product, 0, 0], [0, 0, *product]], [0, 0]
    else:
        into, at = [[carry, 0]], [1]
        back, shift = [[1 / (2 * carry), 0, 0], [0, *product]], [-1 / (2 * carry), 0]
    encode, bias = _rational([*into, [1, 1], [1, -1]]), _rational([*at, 0, 0])
    decode, shift = _rational(back), _rational(shift)
    start, offset = _rational([[1], [top]]), _rational([0, second])
    layers = [(encode @ start, encode @ offset + bias)]
    for c in low[:0:-1]:
        moved = shift + _rational([0, c])
        layers.append((encode @ decode, encode @ moved + bias))
    layers.append((decode[1:], shift[1:] + low[0]))
    return layers


def _rational(entries: Sequence) -> np.ndarray:
    """An array of fractions."""
    array = np.array(entries, dtype=object)
    return np.vectorize(Fraction, otypes=[object])(array)


def monomial_network(terms: Mapping[tuple[int, ...], float], h: float) -> Layers:
    """A network of squares, d + 3 wide, that computes a polynomial of d variables up to O(h).

    The state is the input, a product y in the making and a sum z. One neuron hands on each input
    and z, as ``((1 + h x)^2 - 1) / 2h = x + h x^2 / 2``; two neurons multiply y with an input.

    Args:
        terms: Coefficient of each monomial, by its exponents.
        h: The step of the neurons that hand on.

    Returns:
        Weights and biases of the hidden layers and of the output.

    Raises:
        ValueError: If ``h`` is not positive, or no monomial has degree 1 or more.
    """
    steps = [(p, c, i) for p, c in terms.items() for i in _factors(p)]
    if h <= 0 or not steps:
        raise ValueError(f"wanted h > 0 and a monomial of degree 1 or more, got h={h}, {terms}")
    d = len(steps[0][0])
    constant = float(sum(c for p, c in terms.items() if not any(p)))
    read = np.zeros((d + 2, d + 3))  # from neurons to the state (x, y, z)
    keep, shift = [*range(d), d + 1], np.zeros(d + 2)
    read[keep, [*range(d), d + 2]], shift[keep] = 1 / (2 * h), -1 / (2 * h)
    read[d, d : d + 2] = 0.25, -0.25
    layers, state, offset = [], np.eye(d + 2, d), np.zeros(d + 2)
    offset[d + 1], last = constant, None
    for index, (powers, c, i) in enumerate(steps):
        fresh = powers != last
        add = np.eye(d + 2)
        if fresh:  # z takes the finished product, y starts at the coefficient
            add[d + 1, d], add[d, d] = float(index > 0), 0
        state, offset = add @ state, add @ offset + fresh * c * np.eye(d + 2)[d]
        write = np.zeros((d + 3, d + 2))
        write[[*range(d), d + 2], keep] = h
        write[d : d + 2, d], write[d : d + 2, i] = 1, (1, -1)
        bias = np.array([*[1.0] * d, 0, 0, 1])
        layers.append((write @ state, write @ offset + bias))
        state, offset, last = read, shift, powers
    layers.append((state[d + 1 :] + state[d : d + 1], offset[d + 1 :] + offset[d : d + 1]))
    return layers


def _factors(powers: tuple[int, ...]) -> list[int]:
    """The variables of a monomial, each as often as its exponent says."""
    return [i for i, power in enumerate(powers) for _ in range(power)]


def run(
    layers: Layers, x: np.ndarray, activation: Callable[[np.ndarray], np.ndarray] = square
) -> np.ndarray:
    """The network's output at points of shape (points, d); shape (points,)."""
    u = x.T
    for weights, biases in layers[:-1]:
        u = activation(weights @ u + biases[:, None])
    weights, biases = layers[-1]
    return (weights @ u + biases[:, None])[0]


def width(layers: Layers) -> int:
    """Neurons of the widest hidden layer."""
    return max(len(biases) for _, biases in layers[:-1])
