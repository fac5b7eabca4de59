"""The theorems of the opening chapter, measured: perturbations, and two linear layers.

Those on games stand in ``why_theory_games``.
"""

from collections.abc import Callable

import numpy as np

from dlmath.data import digits
from dlmath.ledger import Check, Evidence, claim
from dlmath.why_theory import two_layer
from dlmath.why_theory.digits import learn
from dlmath.why_theory.perturbation import (
    CLOUDS,
    dual_exponent,
    half_space,
    least_share_within,
    other_sets,
    programmed_perturbation,
    share_within,
    smallest_perturbation,
)

ROUNDING = 1e-12


@claim(
    "smallest-perturbation",
    source="goodfellow2015explaining",
    breaks={
        "the norm of the weights in place of the dual norm": dict(dual=False),
        "a hidden layer, and its gradient in place of the weights": dict(hidden=True),
    },
)
def smallest_perturbation_size(
    *, dual: bool = True, hidden: bool = False, seed: int = 0
) -> Evidence:
    r"""Let $f(x) = \langle w, x\rangle + b$ with $w \ne 0$, let $1 \le p \le \infty$ and
    $\frac1p + \frac1q = 1$. The least $\|\delta\|_p$ with $f(x + \delta) = 0$ is $|f(x)|/\|w\|_q$.
    """
    rng = np.random.default_rng([seed, 1])
    data = digits()
    flat = data.images.reshape(len(data.images), -1)
    rule, apart, left = learn(data, 1000), [], []
    inner = rng.standard_normal((64, 64)) / 8
    for x in flat[1000 + rng.choice(700, 8, replace=False)]:
        first, second = rule.scores(x[None])[0].argsort()[[-1, -2]]
        w = rule.weights[second] - rule.weights[first]
        f = _linear(w, float(rule.offsets[second] - rule.offsets[first]))
        if hidden:
            f, w = _hidden(inner, w), inner.T @ (w * (inner @ x > 0))
        for p in (1, 1.5, 2, 4, np.inf):
            predicted = abs(f(x)) / np.linalg.norm(w, dual_exponent(p) if dual else p)
            least = np.linalg.norm(programmed_perturbation(w, f(x), p), p)
            apart.append(abs(least / predicted - 1))
            left.append(abs(f(x + smallest_perturbation(w, f(x), p)) / f(x)))
    return Evidence(
        (
            Check("least change by a solver over the formula, less 1", max(apart), 0, 1e-8),
            Check("score left after the change, as a share", max(left), 0, ROUNDING),
        )
    )


def _linear(w: np.ndarray, b: float) -> Callable[[np.ndarray], float]:
    return lambda x: float(w @ x + b)


def _hidden(inner: np.ndarray, w: np.ndarray) -> Callable[[np.ndarray], float]:
    return lambda x: float(w @ np.maximum(inner @ x, 0))


@claim(
    "gaussian-error-distance",
    source="borell1975brunn",
    breaks={
        "a cloud with heavier tails": dict(cloud="laplace"),
        "a cloud twice as wide": dict(cloud="gaussian, twice as wide"),
        "errors half as frequent as claimed": dict(mass=0.01),
    },
)
def gaussian_error_distance(
    *, claimed: float = 0.02, mass: float = 0.02, cloud: str = "gaussian", seed: int = 0
) -> Evidence:
    r"""Let $x \sim N(0, I_d)$ and let $E \subset \mathbb R^d$ be measurable with
    $P(x \in E) = p \in (0, 1)$. For every $t \ge 0$,
    $P(\operatorname{dist}(x, E) \le t) \ge \Phi(\Phi^{-1}(p) + t)$, with equality for half-spaces.
    So for $p \le \frac12$ the median distance is at most $-\Phi^{-1}(p)$, in every dimension.
    """
    n, t = 4000, np.linspace(0, 4, 81)
    bound, edge = least_share_within(claimed, t), CLOUDS["gaussian"].edge(claimed)
    # Dvoretzky, Kiefer and Wolfowitz: a wider gap has a chance below one in a million
    noise = float(np.sqrt(np.log(2e6) / (2 * n)))
    error = 4 * np.sqrt(np.pi / 2 / n)  # four standard errors of the median of a unit normal
    gaps, lacks, checks, found = [], [], [], []
    for d in (10, 100, 1000):
        rng = np.random.default_rng([seed, 2, d])
        x = CLOUDS[cloud].draw(rng, (n, d))
        # a sum of many coordinates is Gaussian whatever they are: other clouds are cut along one
        w = rng.standard_normal(d) if cloud == "gaussian" else np.eye(d)[0]
        far = half_space(w, CLOUDS[cloud].edge(mass)).distance(x)
        gaps.append(np.abs(bound - share_within(far, t)).max())
        checks.append(
            Check(f"median distance to a half-space, d = {d}", float(np.median(far)), edge, error)
        )
        found.append((d, float(np.median(far)), float(np.median(np.linalg.norm(x, axis=1)))))
        for errors in other_sets(mass, d) if cloud == "gaussian" else []:
            lacks.append((bound - share_within(errors.distance(x), t)).max())
    if lacks:
        name = "four other sets: largest lack below the bound"
        checks.append(Check(name, max(lacks), 0, noise, "<="))
    gap = Check("half-spaces: largest gap of the two laws", max(gaps), 0, noise)
    return Evidence(
        (*checks, gap),
        data={"found": found, "edge": edge},
    )


@claim(
    "two-layer-conditioning",
    source="saxe2014exact",
    breaks={
        "a start turned against the target": dict(start="turned"),
        "a start that mirrors the weakest mode": dict(start="mirrored"),
        "a start with layers of unequal size": dict(ratio=2.0),
    },
)
def two_layer_conditioning(
    *, start: str = "aligned", ratio: float = 1.0, seed: int = 0
) -> Evidence:
    r"""Let $L = \frac12\|W_2W_1 - T\|_F^2$ for square matrices, with
    $T = U\operatorname{diag}(\sigma)V^\top$, $U, V$ orthogonal and $\sigma_i > 0$. Let the start be
    aligned and balanced: $W_1 = \operatorname{diag}(a)V^\top$, $W_2 = U\operatorname{diag}(a)$,
    $a_i > 0$. Under gradient flow the product stays $U\operatorname{diag}(s)V^\top$ with
    $\dot s_i = 2s_i(\sigma_i - s_i)$: from $s_i(0) < (1-\delta)\sigma_i$, $0 < \delta < 1$, it
    reaches $(1 - \delta)\sigma_i$ at the time
    $\frac1{2\sigma_i}\log\frac{(1-\delta)(\sigma_i - s_i(0))}{\delta\,s_i(0)}$. Under Gauss-Newton
    with the smallest step, $a_i \mapsto \frac12(a_i + \sigma_i/a_i)$: Heron's iteration for
    $\sqrt{\sigma_i}$.
    """
    rest, sigma, small = 0.01, np.array([1.0, 0.1, 0.01]), np.full(3, 1e-4)
    T, U, V = two_layer.target(sigma, seed)
    layers = two_layer.aligned(_basis(U, start, seed), V, small, ratio)
    times = two_layer.learning_time(sigma, small, rest)
    flow = two_layer.gradient_flow(layers, T, times)
    shares = [two_layer.modes(at, U, V)[i] / sigma[i] for i, at in enumerate(flow)]
    off = max(np.abs(two_layer.crossed(at, U, V)).max() for at in flow)
    newton = [_newton(10.0**k, ratio, seed) for k in range(1, 7)]
    apart, steps, late = map(np.array, zip(*newton, strict=True))
    growth = (steps[-1] - steps[0]) / 5
    return Evidence(
        (
            *(
                Check(f"share not learned at the time for σ = {s:g}", 1 - share, rest, 1e-7)
                for s, share in zip(sigma, shares, strict=True)
            ),
            Check("largest entry off the diagonal, flow", off, 0, 1e-7),
            # rounding, magnified by the condition number of the target
            Check("Gauss-Newton over Heron, less 1", apart.max(), 0, 1e6 * ROUNDING),
            Check("most steps of Gauss-Newton above the bound", late.max(), 0, 0, "<="),
            # each of the two counts is a whole number, up to one too large
            Check("steps for each factor 10 of condition", growth, np.log2(10) / 2, 2 / 5),
        ),
        data={"times": times, "steps": steps},
    )


def _basis(U: np.ndarray, start: str, seed: int) -> np.ndarray:
    """Left singular vectors of the start: the target's, others, or those with the last mirrored."""
    if start == "turned":
        other = two_layer.target(np.ones(3), seed + 1)[1]
        # a start of the other orientation never arrives: that is the other break
        return other * [1, 1, np.sign(np.linalg.det(U.T @ other))]
    return U * [1, 1, -1] if start == "mirrored" else U


def _newton(condition: float, ratio: float, seed: int) -> tuple[float, int, int]:
    """Gauss-Newton against Heron; its steps to an error of 1e-6; these less the bound."""
    sigma, ones, most = np.geomspace(1, 1 / condition, 6), np.ones(6), 30
    T, U, V = two_layer.target(sigma, seed)
    path = two_layer.gauss_newton(two_layer.aligned(U, V, ones, ratio), T, most)
    found = [two_layer.modes(at, U, V) for at in path]
    wanted = two_layer.heron(ones, sigma, most)
    apart = max(np.abs(s / a**2 - 1).max() for s, a in zip(found, wanted, strict=True))
    errors = [np.abs(np.sqrt(np.abs(s / sigma)) - 1).max() for s in found]
    steps = next((k for k, error in enumerate(errors) if error <= 1e-6), most)
    return float(apart), steps, steps - two_layer.heron_steps(ones, sigma, 1e-6)
