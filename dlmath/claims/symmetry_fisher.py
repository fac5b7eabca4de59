"""Fisher's discriminant, measured: what it is, what it eliminates, and where it is blind."""

import numpy as np

from dlmath.invariance import fisher as lda
from dlmath.invariance import orbits
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-9
"""Solutions of linear systems with condition numbers up to a few thousand."""


@claim(
    "fisher-discriminant",
    source="fisher1936use",
    breaks={
        "a direction 0.1 rad off": dict(turn=0.1),
        "covariances that differ": dict(ratio=4.0),
        "a threshold at the first mean": dict(threshold=0.0),
    },
)
def fisher_discriminant(
    *, turn: float = 0.0, ratio: float = 1.0, threshold: float = 0.5, seed: int = 0
) -> Evidence:
    r"""Let $\Sigma$ be positive definite, $\Delta = \mu_1 - \mu_0 \ne 0$ and
    $w = \Sigma^{-1}\Delta$. (i) $\langle u,\Delta\rangle^2 / \langle u,\Sigma u\rangle$ is largest
    exactly at the multiples of $w$ except 0. (ii) With $\Sigma$ the scatter matrix of a sample,
    the least squares fit of the labels has the slope $\frac{\kappa}{1 + \kappa\delta^2}\,w$, where
    $\kappa = n_0n_1/n$ and $\delta^2 = \langle\Delta,\Sigma^{-1}\Delta\rangle$. (iii) For two
    Gaussians of covariance $\Sigma$ and equal priors the rule
    $\langle x - \frac12(\mu_0 + \mu_1), w\rangle > 0$ has the least error,
    $\Phi_{\mathcal N}(-\delta/2)$.
    (iv) In the coordinates $Bx + b$ the direction is $B^{-\top}w$, and no decision changes.
    """
    rng = np.random.default_rng(seed)
    d = 6
    A, mean = rng.standard_normal((d, d)) / 2 + np.eye(d), rng.standard_normal(d)
    mean *= 2 / np.sqrt(mean @ np.linalg.solve(A @ A.T, mean))  # delta = 2

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        y = (rng.random(n) < 0.5).astype(int)
        stretch = np.where(y == 1, np.sqrt(ratio), 1.0)[:, None]
        return stretch * rng.standard_normal((n, d)) @ A.T + y[:, None] * mean, y

    X, y = draw(400)
    s = lda.summarise(X, y)
    w, slope = _turned(lda.fisher(X, y), turn), lda.least_squares(X, y)
    B, b = rng.standard_normal((d, d)), rng.standard_normal(d)
    moved = _turned(lda.fisher(X @ B.T + b, y), turn)
    mixed = lda.direction((1 + ratio) / 2 * A @ A.T, mean)
    points, labels = draw(100_000)
    scores = (points - threshold * mean) @ _turned(mixed, turn)
    error = 1 - lda.accuracy(scores, labels)
    least = lda.bayes_error((1 + ratio) / 2 * A @ A.T, mean)
    return Evidence(
        (
            _close("w, the best direction", w, _best_direction(s)),
            _close("least squares slope", slope, lda.least_squares_factor(s) * w),
            _close("w, new coordinates", moved, np.linalg.solve(B.T, w)),
            Check("error on 100,000 points, z = 4", error, least, 4 * _spread(least, 100_000)),
        )
    )


def _close(what: str, found: np.ndarray, wanted: np.ndarray) -> Check:
    gap = float(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))
    return Check(f"{what}: gap", gap, 0, ROUNDING)


def _spread(share: float, n: int) -> float:
    """Standard error of a share of ``n`` independent points."""
    return float(np.sqrt(share * (1 - share) / n))


def _turned(w: np.ndarray, angle: float) -> np.ndarray:
    """The vector turned by an angle towards a direction across it; its length stays."""
    if not angle:
        return w
    across = np.eye(len(w))[0] - w * w[0] / (w @ w)
    across *= np.linalg.norm(w) / np.linalg.norm(across)
    return np.cos(angle) * w + np.sin(angle) * across


def _best_direction(s: lda.Sample) -> np.ndarray:
    """The maximiser by eigenvectors, without the inverse, scaled like Fisher's direction."""
    from scipy.linalg import eigh

    difference = s.means[1] - s.means[0]
    best = eigh(np.outer(difference, difference), s.scatter)[1][:, -1]
    return best * (best @ difference)  # eigh normalises <u, scatter u> = 1


@claim(
    "fisher-level-sets",
    source="fisher1936use",
    breaks={
        "means that differ along the level set only": dict(inside=True),
        "a spread across the level set": dict(across=True),
    },
)
def fisher_level_sets(
    *, spread: float = 100.0, inside: bool = False, across: bool = False, seed: int = 0
) -> Evidence:
    r"""Let $C$ be positive definite, $V$ have orthonormal columns, $A = V^\top C^{-1}V$, and
    $w_s = (C + s^2VV^\top)^{-1}\Delta$. Then
    $q_s = s^2V^\top w_s = (s^{-2} + A)^{-1}V^\top C^{-1}\Delta$ and
    $w_s = w_\infty + s^{-2}C^{-1}VA^{-1}q_s$, where $w_\infty = U(U^\top CU)^{-1}U^\top\Delta$,
    the columns of $U$ an orthonormal basis of the complement of the span of $V$, is Fisher's
    direction after the projection that kills $V$. If $\Delta$ is not in the span of $V$, then
    $s^2|V^\top w_s|/|w_s| \to |A^{-1}V^\top C^{-1}\Delta|/|w_\infty|$.
    """
    rng = np.random.default_rng(seed)
    M = np.eye(20) + 0.3 * rng.standard_normal((20, 20))
    C, frame = M @ M.T, np.linalg.qr(rng.standard_normal((20, 20)))[0]
    V, U = frame[:, :5], frame[:, 5:]
    difference = V @ rng.standard_normal(5) if inside else rng.standard_normal(20)
    limit, inverse, lever = lda.turning_limit(C, V, difference)
    w = lda.spread_direction(C, U[:, :5] if across else V, difference, spread)
    after = lda.projected_direction(C, V, difference)
    q = spread**2 * V.T @ w
    size, wanted, turned = (float(np.linalg.norm(v)) for v in (after, limit, q))
    left = w - after - lever @ q / spread**2
    slack = inverse / spread**2  # relative remainder of q; then that of |w_s| is added
    seen = size > ROUNDING * np.linalg.norm(difference)
    share = wanted / size if seen else 0.0
    tail = float(np.linalg.norm(lever, 2)) * wanted / spread**2
    tol = share * (slack + tail / size) if seen else slack
    return Evidence(
        (
            Check("s^2 |V'w| over its limit", turned / wanted, 1, slack),
            Check("defect of the formula for w", float(np.linalg.norm(left)), 0, ROUNDING),
            Check("s^2 |V'w| / |w|", turned / float(np.linalg.norm(w)), share, tol),
        ),
        data={"C": C, "V": V, "difference": difference},
    )


@claim(
    "linear-rules-on-orbits",
    source="mallat2012group",
    breaks={
        "no shifts": dict(shifts=False),
        "classes of different mean brightness": dict(brightness=0.5),
        "the second class is the first with its sign changed": dict(sign=True),
        "an invariant that does not separate": dict(features="the mean alone"),
    },
)
def linear_rules_on_orbits(
    *,
    shifts: bool = True,
    brightness: float = 0.0,
    sign: bool = False,
    features: str = "scattering",
    seed: int = 0,
) -> Evidence:
    r"""Let the compact group $G$ act on $\mathbb R^d$ by orthogonal maps, and let class $k$ be
    $X = gx_k + \varepsilon$ with $g$ uniform and independent of the noise $\varepsilon$, whose law
    has second moments and is invariant under $G$ and $\varepsilon\mapsto-\varepsilon$.
    (i) $\Delta$ is invariant under $G$, and so is Fisher's direction if the within-class
    covariance is invertible. (ii) If $-x_k \in Gx_k$ for both $k$, every rule
    $\langle w, x\rangle > 0$ with $\mathbb P(\langle w, X\rangle = 0) = 0$ is right with
    probability $\frac12$ in each class. (iii) Let $\Phi$ be invariant, with
    $\|\Phi(x) - \Phi(y)\| \le \|x - y\|$. If $\|\varepsilon\| < \frac12\|\Phi(x_1) - \Phi(x_0)\|$
    always, the linear rule halfway between $\Phi(x_0)$ and $\Phi(x_1)$ is always right.
    """
    rng = np.random.default_rng(seed)
    templates, noise, n = orbits.rhythms(), 0.25, 600
    if sign:
        templates[0] = _asymmetric(templates)
        templates[1] = -templates[0]
    templates[1] += brightness / np.sqrt(orbits.POINTS)
    X, y = orbits.draw(templates, n, noise, rng, shifts=shifts)
    Z, labels = orbits.draw(templates, 2 * n, noise, rng, shifts=shifts)
    w = lda.fisher(X, y)
    outside, turned = _fixed(templates, noise, shifts=shifts)
    checks = [
        Check("means of the orbits, less their brightness", outside, 0, ROUNDING),
        Check("Fisher's direction of the law: moved by a shift", turned, 0, ROUNDING),
    ]
    for k in (0, 1):
        right = lda.accuracy((Z @ w)[labels == k], labels[labels == k])
        what = f"raw samples, class {k}: right, z = 4"
        checks.append(Check(what, right, 0.5, 4 * _spread(0.5, 2 * n)))
    for name in ("Fourier modulus", features):
        phi = orbits.REPRESENTATIONS[name]
        ends = phi(templates)
        half = float(np.linalg.norm(ends[1] - ends[0])) / 2
        checks.append(Check(f"{name}: half the distance over the noise", half / noise, 1, 0, ">="))
        right = lda.accuracy(orbits.halfway(ends)(phi(Z)), labels)
        checks.append(Check(f"{name}, halfway rule: right", right, 1, 0))
    return Evidence(tuple(checks))


def _fixed(templates: np.ndarray, noise: float, *, shifts: bool) -> tuple[float, float]:
    """How far the class means, and Fisher's direction of the law, are from fixed by a shift."""
    N = templates.shape[1]
    steps = range(N if shifts else 1)
    copies = np.stack([np.roll(templates, c, axis=-1) for c in steps], 1)
    means = copies.mean(1)
    left = copies - means[:, None]
    within = np.einsum("kci,kcj->ij", left, left) / (2 * len(steps)) + noise**2 / N * np.eye(N)
    # one class is taken brighter, so that the means differ and there is a direction
    u = lda.direction(within, means[1] - means[0] + 1 / np.sqrt(N))
    turned = np.linalg.norm(np.roll(u, 1) - u) / np.linalg.norm(u)
    outside = np.abs(means - templates.mean(-1, keepdims=True)).max()
    return float(outside), float(turned)


def _asymmetric(templates: np.ndarray) -> np.ndarray:
    """A signal of norm 1 and mean 0 whose negative is no translate of it."""
    x = templates[0] ** 2 + templates[0]
    x = x - x.mean()
    return x / np.linalg.norm(x)
