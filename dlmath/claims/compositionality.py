"""Three ways past the curse, measured: averages, trees, and scales."""

import numpy as np

from dlmath.approximation.compositionality import (
    Tree,
    amplification,
    cells_for,
    extremal,
    kinked_average,
    levels,
    near_average,
    random_folds,
    random_sines,
    shared,
    specimen,
    tree_bound,
    tree_parameters,
)
from dlmath.approximation.maurey import draw_frequencies, squared_error, variance
from dlmath.approximation.multiscale import (
    compress,
    corner,
    kernel,
    numerical_rank,
    rank_bound,
    storage_bound,
)
from dlmath.approximation.simplicial import kuhn, nearest
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-9


@claim(
    "maurey-average",
    source="pisier1981remarques",
    breaks={
        "one frequency drawn N times over": dict(repeated=True),
        "frequencies of another law": dict(spread=1.3),
    },
)
def maurey_average(
    *, draws: int = 200, repeated: bool = False, spread: float = 1.0, seed: int = 0
) -> Evidence:
    r"""Let $f = \mathbb E\,g_\theta$ in a Hilbert space, with $\mathbb E\|g_\theta\|^2 < \infty$,
    and let $f_N$ be the mean of $N$ independent copies of $g_\theta$. Then
    $N\,\mathbb E\|f - f_N\|^2 = \mathbb E\|g_\theta\|^2 - \|f\|^2$, and some choice of
    $\theta_1, \dots, \theta_N$ does at least as well as this mean.
    """
    rng = np.random.default_rng([seed, 4])
    checks, data = [], {}
    for N, d in ((8, 10), (32, 100), (128, 1000)):
        drawn = [draw_frequencies(N, d, rng, spread) for _ in range(draws)]
        if repeated:
            drawn = [np.repeat(W[:1], N, axis=0) for W in drawn]
        scaled = N * np.array([squared_error(W) for W in drawn])
        tol = 4 * scaled.std() / np.sqrt(draws)
        checks.append(
            Check(f"N times squared error, d = {d}, N = {N}", scaled.mean(), variance(d), tol)
        )
        data[d] = scaled
    best = max(data[d].min() / variance(d) for d in data)
    checks.append(Check("best of the draws, over that mean", best, 1, 0, "<="))
    return Evidence(tuple(checks), data=data)


def perturbed(tree: Tree, delta: float, seed: int | None = None) -> Tree:
    """Every node wrong by ``delta``: always upwards, or up and down at random places."""
    if seed is None:
        return tree.map(lambda g: lambda z: g(z) + delta)
    w = 40 * np.random.default_rng([seed, 6]).standard_normal(2)
    return tree.map(lambda g: lambda z: np.clip(g(z) + delta * np.sign(np.sin(z @ w)), 0, 1))


@claim(
    "tree-error-propagation",
    source="mhaskar2020function",
    breaks={
        "constituents Lipschitz for the Euclidean norm": dict(stretch=np.sqrt(2)),
    },
)
def tree_error_propagation(
    *,
    d: int = 64,
    delta: float = 1e-3,
    stretch: float = 1.0,
    seed: int = 0,
) -> Evidence:
    r"""Let $f$ and $F$ have the same binary tree of $d = 2^\ell$ inputs, with nodes $g_\nu$ and
    $G_\nu$ from $[0,1]^2$ to $[0,1]$, $|g_\nu(u) - g_\nu(v)| \le L|u - v|_\infty$ and
    $|G_\nu - g_\nu| \le \delta$. Then
    $|f - F| \le \delta \sum_{j<\ell} L^j$, and the constant is attained if
    $\delta\sum_{j<\ell}L^j \le \frac12$.
    """
    half = np.full((1, d), 0.5)
    x = np.random.default_rng([seed, 5]).uniform(size=(500, d))
    checks, sizes, found = [], [2**k for k in range(1, levels(d) + 1)], {}
    for L in (0.5, 1.0, 2.0):
        grown = [
            float(perturbed(shared(extremal(L * stretch), size), delta)(half[:, :size])[0])
            for size in sizes
        ]
        found[L] = [(value - 0.5) / delta for value in grown]
        checks.append(
            Check(
                f"root's error over a node's, L = {L:g}, d = {d}",
                found[L][-1],
                amplification(L, d),
                ROUNDING,
            )
        )
    tree, _ = random_sines(d, 1.0, seed)
    gap = np.abs(perturbed(tree, delta, seed)(x) - tree(x)).max()
    share = gap / (delta * amplification(1.0, d))
    checks.append(Check("random tree, L = 1: share of the bound", share, 1, ROUNDING, "<="))
    return Evidence(tuple(checks), data={"sizes": sizes, "found": found})


@claim(
    "tree-parameter-count",
    source="mhaskar2016learning",
    breaks={
        "the nearest value in place of the average": dict(method="nearest"),
        "a bound for smooth nodes, nodes with a kink": dict(kinks=True),
        "the sum over the levels forgotten": dict(levels_counted=1),
    },
)
def tree_parameter_count(
    *,
    d: int = 64,
    n: int = 15,
    bend: float = 0.01,
    method: str = "average",
    kinks: bool = False,
    levels_counted: int | None = None,
    seed: int = 0,
) -> Evidence:
    r"""Let $f$ have a binary tree of $d = 2^\ell$ inputs whose nodes map $[0,1]^2$ to $[0,1]$ and
    are $L$-Lipschitz for $|\cdot|_\infty$, and let $S = \sum_{j<\ell}L^j$. The ReLU network that
    interpolates every node on an $n$ by $n$ grid stores $(d-1)(n+1)^2$ values, and its error is at
    most $\frac Ln S$; if the nodes are twice continuously differentiable with $\|D^2g\| \le M$, it
    is at most $\frac M{4n^2}S$. For $L = 1$, odd $n$ and $0 < M < 1$ it can be as large as
    $\frac M{4n^2}\sum_{j<\ell}(1 - M)^j$, so for small $M$ the constant cannot be improved.
    """
    interpolate = {"average": kuhn, "nearest": nearest}[method]
    x = np.random.default_rng([seed, 7]).uniform(size=(1000, d))
    counted = levels_counted or levels(d)
    tree, M = random_sines(d, 1.0, seed)
    bound = tree_bound(1.0, M, d, n)
    share = np.abs(tree.network(n, interpolate)(x) - tree(x)).max() / bound

    node = kinked_average(bend) if kinks else near_average(bend)
    bent, half = shared(node, d), np.full((1, d), 0.5)
    worst = float((bent.network(n, interpolate)(half) - bent(half))[0])
    limit = tree_bound(1.0, bend, d, n) * counted / levels(d)
    passed_on = amplification(1 - bend, d) / levels(d)

    folds = random_folds(8, seed)
    rough = np.abs(folds.network(n, interpolate)(x[:, :8]) - folds(x[:, :8])).max()
    return Evidence(
        (
            Check(f"smooth tree, d = {d}: share of bound", share, 1, 0, "<="),
            Check(f"bent means, d = {d}: share of bound", worst / limit, passed_on, ROUNDING),
            Check(
                "folds, d = 8: share of bound",
                rough * n / (5 / 3 * amplification(5 / 3, 8)),
                1,
                0,
                "<=",
            ),
            _enough_for_a_thousandth(x[:, :32], interpolate),
        )
    )


def _enough_for_a_thousandth(x: np.ndarray, interpolate) -> Check:
    """Parameters that the specimen's tree needs at the inputs ``x``, and those that suffice."""
    tree = shared(specimen, x.shape[1])
    target = tree(x)

    def rms(n: int) -> float:
        return float(np.sqrt(np.mean((tree.network(n, interpolate)(x) - target) ** 2)))

    d, L, M = x.shape[1], 1.25, 2.02  # for the specimen: its first and second derivatives
    n = cells_for(lambda n: tree_bound(L, M, d, n), 1e-3)
    needed = tree_parameters(d, cells_for(rms, 1e-3))
    return Check(f"values for 1e-3, d = {d}", needed, tree_parameters(d, n), 0, "<=")


@claim(
    "multiscale-block-rank",
    source="beckermann2019bounds",
    breaks={
        "couplings drawn at random": dict(shuffled=True),
        "the rank of the smallest block at every scale": dict(largest_bound=32),
    },
)
def multiscale_block_rank(
    *, d: int = 512, shuffled: bool = False, largest_bound: int | None = None, seed: int = 0
) -> Evidence:
    r"""Let $K(i,j) = 1/(1 + |i - j|)$, $0 < \varepsilon < 1$. The block that couples the halves of
    an interval of $b$ points has at most
    $r_b = 1 + \big\lfloor\ln(4/\varepsilon)\ln(2(b+2)^2/b)/\pi^2\big\rfloor$ singular values above
    $\varepsilon$ times its largest. With these blocks cut to that accuracy at all scales from
    $32$ to $d = 2^J$, the matrix takes at most $d\,(16 + 2\sum_{k=5}^J r_{2^k})$ numbers, and errs
    by at most $\varepsilon(J - 4)\|K\|$ in the spectral norm.
    """
    sides = [2**k for k in range(5, d.bit_length())]
    accuracies = (1e-4, 1e-6, 1e-9)
    rng = np.random.default_rng([seed, 8])

    def matrix(side: int) -> np.ndarray:
        K = kernel(side)
        return K * rng.choice([-1, 1], K.shape) if shuffled else K

    blocks = {b: corner(matrix(b)) for b in sides}
    ranks = {eps: [numerical_rank(blocks[b], eps) for b in sides] for eps in accuracies}
    bounds = {eps: [rank_bound(largest_bound or b, eps) for b in sides] for eps in accuracies}
    excess = [r - s for eps in accuracies for r, s in zip(ranks[eps], bounds[eps], strict=True)]
    K, eps = matrix(d), accuracies[1]
    small = compress(K, eps)
    defect = float(np.linalg.norm(small @ np.eye(d) - K, 2) / np.linalg.norm(K, 2))
    return Evidence(
        (
            Check(f"rank minus bound, largest of {len(excess)}", max(excess), 0, 0, "<="),
            Check(f"numbers stored, d = {d}", small.numbers, storage_bound(d, eps), 0, "<="),
            Check("relative error of the matrix", defect, eps * len(sides), 0, "<="),
        ),
        data={"sides": sides, "ranks": ranks, "bounds": bounds},
    )
