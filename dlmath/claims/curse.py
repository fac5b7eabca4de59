"""The curse of dimensionality, measured: what a grid can do, and what nothing can do better."""

import numpy as np

from dlmath.approximation.fooling import (
    Selection,
    centres,
    coding_selection,
    patterns_seen,
    pyramid_network,
    pyramids,
    sign_patterns,
    steepest,
    tanh_selection,
    twin,
)
from dlmath.approximation.simplicial import Function, kuhn, nearest, quadratic_rms
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-11
TWINS = 1e-9  # what Newton leaves of a(f) - a(-f)


@claim(
    "kuhn-interpolation-error",
    source="yarotsky2018optimal",
    breaks={
        "the value at the nearest vertex in place of the average": dict(method="nearest"),
        "the constant of the plane in eight dimensions": dict(constant=2 / 8),
    },
)
def kuhn_interpolation_error(
    *,
    d: int = 8,
    n: int = 16,
    method: str = "average",
    constant: float | None = None,
    seed: int = 0,
) -> Evidence:
    r"""For $f : [0,1]^d \to \mathbb R$ and $n \ge 1$ let $P_n f$ be the interpolant on the
    simplices of the grid of side $1/n$. If $|f(x) - f(y)| \le L|x - y|_\infty$, then
    $|P_n f - f| \le L/n$. If $f$ is twice continuously differentiable and $\|D^2 f\| \le M$, then
    $|P_n f - f| \le dM/(8n^2)$, with equality for $M|x|^2/2$ at the centre of every cell. For
    $|x|^2/2$ and uniform $x$ the root mean square is $\frac1{2n^2}\sqrt{d^2/36 + d/180}$.
    """
    rng = np.random.default_rng([seed, 1])
    interpolate = {"average": kuhn, "nearest": nearest}[method]
    constant = d / 8 if constant is None else constant
    x = rng.uniform(size=(20_000, d))

    def error(f, at=x):
        return interpolate(f, at, n) - f(at)

    middle = (rng.integers(n, size=(50, d)) + 0.5) / n
    (cosines, curvature), distance = _cosines(d, rng), _distance(d, rng)
    smooth = np.abs(error(cosines)).max()
    rough = np.abs(error(distance, x[:4000])).max()
    squares = (error(_half_square) * n**2) ** 2
    spread = squares.std() / np.sqrt(len(squares))
    at_centres, share = np.abs(error(_half_square, middle)).max(), smooth / (constant * curvature)
    what = f"error for |x|²/2 at a centre, times n², d = {d}"
    return Evidence(
        (
            Check(what, at_centres * n**2, constant, ROUNDING),
            Check(
                "its mean square, times n⁴ (4 std. errors)",
                squares.mean(),
                quadratic_rms(d) ** 2,
                4 * spread,
            ),
            Check("four cosines: largest error over the bound", share * n**2, 1, 0, "<="),
            Check("distance to 16 spots: largest error times n", rough * n, 1, 0, "<="),
        )
    )


def _half_square(z: np.ndarray) -> np.ndarray:
    return (z**2).sum(axis=1) / 2


def _cosines(d: int, rng: np.random.Generator) -> tuple[Function, float]:
    """A sum of four cosines, and a bound on the norm of its second derivative."""
    w = rng.standard_normal((4, d))
    return lambda z: np.cos(z @ w.T + np.arange(4)).sum(axis=1), float((w**2).sum())


def _distance(d: int, rng: np.random.Generator) -> Function:
    """The distance to the nearest of 16 spots: 1-Lipschitz, with kinks."""
    spots = rng.uniform(size=(16, d))
    return lambda z: np.abs(z[:, None] - spots).max(axis=2).min(axis=1)


@claim(
    "curse-continuous-selection",
    source="devore1989optimal",
    breaks={
        "a selection that is not continuous": dict(method="digits"),
        "as many parameters as bumps": dict(N=4),
    },
)
def curse_continuous_selection(
    *, m: int = 2, d: int = 2, N: int = 3, method: str = "tanh", seed: int = 0
) -> Evidence:
    r"""Let a method choose $N < m^d$ numbers $a(f)$ for each function $f$ on $[0,1]^d$ that is
    1-Lipschitz for $|\cdot|_\infty$, continuously in $f$ for the maximum norm, and rebuild from
    them, in any manner, a function $R(a(f))$. Then
    $\sup_f \|f - R(a(f))\|_\infty \ge \frac1{2m}$.
    """
    rng = np.random.default_rng([seed, 2])
    cells = m**d
    points = np.concatenate([centres(m, d), rng.uniform(size=(2 * cells, d))])
    read: Selection = (
        tanh_selection(len(points), N, seed) if method == "tanh" else coding_selection(len(points))
    )
    c, missed = twin(lambda c: read(2 * m * pyramids(c, points, m)), cells, seed)
    f = pyramids(c, centres(m, d), m)
    rebuilt = np.concatenate([np.zeros((1, cells)), rng.uniform(-1, 1, (200, cells)) / m])
    worse = np.maximum(np.abs(f - rebuilt), np.abs(-f - rebuilt)).max(axis=1)
    # numbers that tell the two apart may be answered apart, each without an error
    error = worse.min() if missed < TWINS else 0.0
    slope = steepest(lambda x: pyramids(c, x, m), d, seed, 1 / (8 * m))
    return Evidence(
        (
            Check("a(f) minus a(-f)", missed, 0, TWINS),
            Check("largest slope of f", slope, 1, ROUNDING, "<="),
            Check(
                "best of 201 answers: the worse error",
                error,
                1 / (2 * m),
                ROUNDING,
                ">=",
            ),
        ),
        data={"c": c, "m": m},
    )


@claim(
    "curse-shattering",
    source="yarotsky2017error",
    breaks={
        "an error larger than the bumps are high": dict(share=1.01),
        "bumps twice as high": dict(height=2.0),
    },
)
def curse_shattering(*, share: float = 0.99, height: float = 1.0, seed: int = 0) -> Evidence:
    r"""Let $H$ be the functions of one ReLU architecture with $W \ge 2$ weights, all counted, in
    $D$ layers, and let every $f$ on $[0,1]^d$ that is 1-Lipschitz for $|\cdot|_\infty$ be within
    $\varepsilon$ of some $h \in H$ in the maximum norm, $0 < \varepsilon < \frac12$. With $m$ the
    largest integer below $\frac1{2\varepsilon}$, the sets $\{h > 0\}$ shatter $m^d$ points.
    Hence (by bounds of the VC dimension that are cited, not measured) $C\,WD\log W \ge m^d$ and
    $C\,W^2 \ge m^d$ with an absolute constant $C$.
    """
    rng = np.random.default_rng([seed, 3])
    checks = []
    for m, d in ((3, 2), (2, 3)):
        signs = sign_patterns(m**d)
        tall = pyramid_network(height * signs, centres(m, d), m)
        # the least favourable error: down where f is positive; the rest is left to chance
        error = share / (2 * m) * np.where(signs > 0, -1, rng.uniform(-1, 1, signs.shape))
        some = height * signs[rng.choice(len(signs), 16, replace=False)]
        slope = steepest(lambda x, c=some, m=m: pyramid_network(c, x, m), d, seed, 1 / (8 * m))
        checks += [
            Check(
                f"patterns of signs on {m}^{d} points",
                patterns_seen(tall + error),
                2 ** (m**d),
                0,
            ),
            Check(f"largest slope, m = {m}, d = {d}", slope, 1, ROUNDING, "<="),
        ]
    return Evidence(tuple(checks))
