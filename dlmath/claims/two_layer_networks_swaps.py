"""Exchanging two neurons: free with one to spare, at a price that is known without."""

import numpy as np
from scipy.optimize import minimize_scalar

from dlmath.claims.two_layer_networks import ROUNDING, relu, square, with_ones
from dlmath.landscapes.neuron_moves import Walk, rearrange, reflect, swap, swap_by_silencing
from dlmath.landscapes.paths import Path, Weights, straight
from dlmath.landscapes.two_layer_networks import Family, outputs_for
from dlmath.ledger import Check, Evidence, claim


def global_minimum(f: Family, F: np.ndarray, p: int, rng: np.random.Generator) -> Weights:
    """The best conditioned of some networks of width p that fit F exactly."""
    draws = rng.standard_normal((50, p, len(f.X)))
    W = draws[np.argmax([np.linalg.svd(f.features(w))[1][-1] for w in draws])]
    return [W, outputs_for(f, W, list(range(p)), F)]


def exchange(weights: Weights, F: np.ndarray, f: Family) -> Path:
    """A way to swap the first two neurons; a neuron that can be missed is used if there is one."""
    W, _ = weights
    p, q = len(W), f.dimension
    if p > q:
        walk = Walk(weights)
        walk.share(outputs_for(f, W, list(range(q)), F), "silence")
        rest = swap([walk.W, walk.U], 0, 1, q)
        return Path([*walk.legs, *rest.legs])
    return swap_by_silencing(weights, 0, 1, outputs_for(f, W, [0, *range(2, p)], F))


@claim(
    "width-q-falls-apart",
    source="nguyen2021note",
    breaks={
        "one neuron more": dict(extra=1),
        "the second smallest singular value": dict(which=-2),
    },
)
def width_q_falls_apart(*, extra: int = 0, which: int = -1, seed: int = 0) -> Evidence:
    r"""Let $p = q = m\ge2$, $E = \|f - f^*\|^2$ in $L^2$, and let the coordinates of $f^*$ in an
    orthonormal basis of $V$ form an invertible matrix $F$ with smallest singular value $\sigma$.
    From a global minimum, exchange two neurons: every path from one to the other passes a point
    with $E\ge\sigma^2$. So $N_u\ge2$ for $0\le u<\sigma^2$. For linear neurons some path has
    $\max E = \sigma^2$.
    """
    rng = np.random.default_rng(seed)
    N = 4
    f = Family(with_ones(rng.standard_normal((2, N))), relu, 2 * rng.standard_normal((200, 3)))
    F = rng.standard_normal((N, N))
    price = float(np.linalg.svd(F)[1][which]) ** 2
    begin = global_minimum(f, F, N + extra, rng)
    path = exchange(begin, F, f)
    touch, at_touch = _touching(f.features(begin[0][:N]), F)
    top = float(path.values(lambda now: N * N * square(F)(f.output(now)), 21)[1].max())
    turned = np.linalg.det(path.end[1][:, :N]) * np.linalg.det(begin[1][:, :N])
    cheap = reflect(F)
    least = cheap.values(lambda now: float(((now[1] @ now[0] - F) ** 2).sum()), 21)[1].max()
    ends = [np.abs(now[1] @ now[0] - F).max() for now in (cheap.start, cheap.end)]
    swapped = [*range(N - 2), N - 1, N - 2]
    same = max(
        np.abs(cheap.end[0] - cheap.start[0][swapped]).max(),
        np.abs(cheap.end[1] - cheap.start[1][:, swapped]).max(),
    )
    return Evidence(
        (
            Check("ReLU: top of a path that swaps two neurons", top, price, ROUNDING, ">="),
            Check("ReLU: loss at the best network with det U = 0", at_touch, price, ROUNDING),
            Check("ReLU: its smallest singular value of U", touch, 0, ROUNDING),
            Check("ReLU: sign of det U at the end over its sign before", np.sign(turned), -1, 0),
            Check("linear: top of the best path", least, price, ROUNDING),
            Check("linear: error of the fit at both ends", max(ends), 0, ROUNDING),
            Check("linear: distance of the end from the swapped start", same, 0, ROUNDING),
        )
    )


def _touching(C: np.ndarray, F: np.ndarray) -> tuple[float, float]:
    """The singular matrix next to F, made by neurons C: least singular value of U, and the loss."""
    left, sizes, right = np.linalg.svd(F)
    near = F - sizes[-1] * np.outer(left[:, -1], right[-1])
    U = np.linalg.solve(C.T, near.T).T
    return float(np.linalg.svd(U)[1][-1]), float(((U @ C - F) ** 2).sum())


def two_tanh() -> tuple[Family, Weights]:
    """Neurons tanh(w x) on 41 points of [-3, 3], and a teacher that has two of them."""
    f = Family(np.linspace(-3, 3, 41)[None], np.tanh, np.linspace(0.1, 5, 50)[:, None])
    return f, [np.array([[0.5], [2.5]]), np.ones((1, 2))]


def merged_neuron(f: Family, F: np.ndarray) -> tuple[float, float, float]:
    """The one neuron that fits F best, by a scan and a refinement: its w and u, and the loss."""

    def fit(w: float) -> tuple[float, float]:
        phi = f.features(np.array([[w]]))
        u = float((phi @ F.T).item() / max((phi @ phi.T).item(), 1e-300))
        return u, float(((u * phi - F) ** 2).mean())

    grid = np.linspace(1e-3, 40, 2000)
    k = int(np.argmin([fit(w)[1] for w in grid]))
    inside = (grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)])
    best = minimize_scalar(
        lambda w: fit(w)[1], bounds=inside, method="bounded", options={"xatol": 1e-12}
    )
    return float(best.x), *fit(float(best.x))


def through_merger(f: Family, teacher: Weights) -> Path:
    """Swap the two neurons of a network of width two: both become the best single one, and part."""
    w, u, _ = merged_neuron(f, f.output(teacher))
    W, U = teacher
    middle = [np.full((2, 1), w), np.full((1, 2), u / 2)]
    return Path([straight("merge", teacher, middle), straight("part", middle, [W[::-1], U])])


@claim(
    "one-spare-neuron",
    source="simsek2021geometry",
    breaks={
        "two neurons, none to spare, merged on the way": dict(spare=False),
        "three neurons and a straight line": dict(line=True),
    },
)
def one_spare_neuron(*, spare: bool = True, line: bool = False, seed: int = 0) -> Evidence:
    r"""If one of the $p\ge3$ neurons has the output weight 0, any permutation of the others is
    reached by a path on which the function stays the same, whatever the activation. Two
    neurons change places in six legs, and a seventh carries the silent weight home.
    """
    rng = np.random.default_rng(seed)
    f, teacher = two_tanh()
    path = through_merger(f, teacher)
    if spare:
        wide = [np.vstack([teacher[0], [[-1.0]]]), np.array([[1.0, 1.0, 0.0]])]
        path = swap(wide, 0, 1, 2)
    if line:
        path = Path([straight("line", path.start, path.end)])
    F = f.output(teacher)
    top = float(path.values(lambda now: square(F)(f.output(now)), 21)[1].max())
    p = 7
    walk = Walk([rng.standard_normal((p, 1)), rng.standard_normal((2, p)) * (np.arange(p) > 0)])
    W, U = walk.W, walk.U
    where = rng.permutation(p)
    before = f.output([W, U])
    rearrange(walk, where.tolist(), 0)
    moved = walk.path().values(lambda now: float(np.abs(f.output(now) - before).max()), 11)[1]
    off = np.abs(walk.U[:, where] - U).max() + np.abs(walk.W[where[1:]] - W[1:]).max()
    return Evidence(
        (
            Check("two neurons swapped: largest loss on the way", top, 0, 1e-20),
            Check("legs that the swap takes, with the way home", len(path), 7, 0),
            Check("seven neurons permuted: largest change of the output", moved.max(), 0, 1e-12),
            Check("distance from the permuted network", float(off), 0, 0),
        )
    )
