"""The theorems of the chapter on symmetry, measured: orbits, and averages over a group.

Turns and tangents stand in ``symmetry_motion``, Fisher's discriminant in ``symmetry_fisher``.
"""

import numpy as np

from dlmath.data import digits
from dlmath.invariance import neighbours as near
from dlmath.invariance.symmetry import group_average, orbit_count, square, translations
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-12


@claim(
    "orbit-nearest-neighbour",
    source="levina2004maximum",
    breaks={
        "a cube with a border": dict(border=True),
        "a brightness that depends on the place": dict(shading=0.9),
        "shifts along one axis only": dict(axes=1),
    },
)
def orbit_nearest_neighbour(
    *, border: bool = False, shading: float = 0.0, axes: int = 2, seed: int = 0
) -> Evidence:
    r"""Let the compact group $G$ act by isometries on a metric space, let $g_0, \dots, g_n$ be
    independent and uniform in $G$, and $D_n = \min_{i\ge1}\rho(g_0x, g_ix)$. With $v(r)$ the
    measure of $\{g : \rho(gx, x) \le r\}$, $\mathbb P(D_n > r) = (1 - v(r))^n$. If
    $v(r)/r^k \to a$ as $r \to 0$, $0 < a < \infty$, then
    $n^{1/k}\,\mathbb E D_n \to \Gamma(1 + \tfrac1k)\,a^{-1/k}$.
    """
    checks, means = [], {}
    for d in (1, 2, 4, 8):
        rng = np.random.default_rng([seed, d])
        found = [near.torus_distances(1024, d, 64, rng, border=border).mean() for _ in range(64)]
        means[d] = mean, error = _mean(np.array(found))
        wanted, tol = near.torus_mean(1024, d), 4 * error + near.torus_remainder(1024, d)
        what = f"torus, d = {d}: mean / theorem, z = 4"
        checks.append(Check(what, mean / wanted, 1, tol / wanted))
    image, n = near.smooth_digit(), 512
    distances = near.return_distances(image)
    found = _orbit_means(image, n, shading, axes, seed)
    mean, error = _mean(found)
    wanted = near.exact_mean(distances, n)
    checks.append(
        Check("a digit shifted: mean / theorem, z = 4", mean / wanted, 1, 4 * error / wanted)
    )
    limit = near.limit_mean(4096, 2, near.orbit_density(image))
    ratio = near.exact_mean(distances, 4096) / limit
    checks.append(Check("a digit, n = 4096: mean / limit law", ratio, 1, _remainder(image)))
    return Evidence(tuple(checks), data={"means": means, "digit": (mean, error, wanted)})


def _mean(x: np.ndarray) -> tuple[float, float]:
    """Mean and standard error."""
    return float(x.mean()), float(x.std(ddof=1) / np.sqrt(x.size))


def _orbit_means(image: np.ndarray, n: int, shading: float, axes: int, seed: int) -> np.ndarray:
    """Mean distances to the nearest of ``n`` shifted copies, for 24 independent sets of copies."""
    rng = np.random.default_rng([seed, 32])
    places = 2 * np.pi * np.arange(image.shape[0]) / image.shape[0]
    light = np.ravel((1 + shading * np.cos(places))[:, None] * np.ones_like(image))
    free = np.array([1, 1 if axes > 1 else 0]) * image.shape[0]
    means = []
    for _ in range(24):
        points, queries = (light * near.shifted(image, rng.random((m, 2)) * free) for m in (n, 64))
        means.append(near.nearest(points, queries).mean())
    return np.array(means)


def _remainder(image: np.ndarray, n: int = 4096) -> float:
    """Bound on 1 - mean / limit: the curvature of the orbit, where 14/n of the orbit is reached."""
    stiffness = np.linalg.eigvalsh(near.gradient_gram(image))
    reach = 14 / n * image.size / np.pi * np.sqrt(stiffness[1] / stiffness[0])  # |c|^2
    curvature = near.bend(image) * reach / 24
    return curvature + np.sqrt(14) * np.exp(-14) + 1e-3  # 1e-3: the grid that v is counted on


@claim(
    "haar-projection",
    source="elesedy2021provably",
    breaks={
        "two maps that are no group": dict(subset=2),
        "data that come upright more often": dict(upright=2.0),
        "a target that is not invariant": dict(skew=0.5),
    },
)
def haar_projection(
    *, subset: int = 8, upright: float = 1.0, skew: float = 0.0, seed: int = 0
) -> Evidence:
    r"""Let the compact group $G$ act on a space with a probability measure $\mu$ that it
    preserves, and $Pf(x) = \int_G f(gx)\,dg$. Then $P$ is the orthogonal projection of $L^2(\mu)$
    onto the invariant functions. If $f^*$ is invariant, every $\hat f$ in it has
    $\|\hat f - f^*\|^2 = \|P\hat f - f^*\|^2 + \|\hat f - P\hat f\|^2$.
    """
    maps = square(8)
    images = digits().images[:100].reshape(100, 64)
    # every digit in its eight positions: a finite space on which the group acts
    points = images[:, maps].reshape(-1, 64)
    action = np.stack([_position(maps, g) for g in maps[:subset]])
    everywhere = (action + 8 * np.arange(100)[:, None, None]).swapaxes(0, 1).reshape(subset, -1)
    weights = np.where(np.arange(len(points)) % 8 == 0, upright, 1.0)
    weights /= weights.sum()
    rng = np.random.default_rng(seed)
    f, target, other = (_network(points, rng) for _ in range(3))
    invariant = group_average(target, everywhere) + skew * target
    Pf = group_average(f, everywhere)

    def squared(h: np.ndarray) -> float:
        return float(weights @ h**2)

    parts = squared(Pf - invariant) + squared(f - Pf)
    twice = squared(group_average(Pf, everywhere) - Pf) ** 0.5
    slant = float(weights @ (Pf * (other - group_average(other, everywhere))))
    return Evidence(
        (
            Check("defect of P P = P", twice, 0, ROUNDING),
            Check("inner product of Pf with q - Pq", slant, 0, ROUNDING),
            Check("two parts over the whole error", parts / squared(f - invariant), 1, ROUNDING),
        ),
        data={"before": squared(f - invariant), "after": squared(Pf - invariant)},
    )


def _position(maps: np.ndarray, g: np.ndarray) -> np.ndarray:
    """For each of the eight positions of a picture, which position it comes to under ``g``."""
    rows = {tuple(m): i for i, m in enumerate(maps.tolist())}
    return np.array([rows[tuple(m[g].tolist())] for m in maps])


def _network(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The values of a random network with one hidden layer of 50 neurons."""
    W, b = rng.standard_normal((points.shape[1], 50)) / 3, rng.standard_normal(50)
    return np.maximum(points @ W + b, 0) @ rng.standard_normal(50) / np.sqrt(50)


@claim(
    "averaging-gain",
    source="mei2021learning",
    breaks={
        "a target that is not invariant": dict(skew=0.5),
        "noise that is the same along an orbit": dict(shared=True),
        "every group divides by its order": dict(free=True),
    },
)
def averaging_gain(
    *, skew: float = 0.0, shared: bool = False, free: bool = False, seed: int = 0
) -> Evidence:
    r"""Let the finite group $G$ act on $M$ points, let $f^*$ be invariant, and observe
    $y = f^* + \sigma\xi$ with $\xi$ uncorrelated from point to point, of mean 0 and variance 1.
    Then $\mathbb E\|y - f^*\|^2 = \sigma^2M$ and $\mathbb E\|Py - f^*\|^2 = \sigma^2K$, with
    $K = \frac1{|G|}\sum_g|\{x : gx = x\}|$ the number of orbits. If no $g$ but the identity has a
    fixed point, $K = M/|G|$.
    """
    groups = {
        "8 shifts of 64 points": translations(64, 8),
        "64 shifts of 64 points": translations(64, 64),
        "the square, 8 x 8 pixels": square(8),
    }
    trials, checks, gains = 4000, [], {}
    for k, (name, action) in enumerate(groups.items()):
        rng = np.random.default_rng([seed, k])
        M = action.shape[1]
        target = group_average(rng.standard_normal(M), action) + skew * rng.standard_normal(M)
        noise = rng.standard_normal((trials, M))
        noise = noise[:, action.min(0)] if shared else noise
        error = ((group_average(target + noise, action) - target) ** 2).sum(1)
        K = M / len(action) if free else orbit_count(action)
        gains[name] = M / float(error.mean())
        tol = 4 * np.sqrt(2 * K / trials)
        what = f"{name}: error, z = 4"
        checks.append(Check(what, float(error.mean()), K, tol))
    return Evidence(tuple(checks), data={"gains": gains})
