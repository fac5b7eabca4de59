"""What SGD leaves at rest: its covariance, its currents, and which noise leaves a Gibbs law."""

import math

import numpy as np

from dlmath.landscapes.noise_laws import circle, circle_law, resting_noise
from dlmath.landscapes.sgd import (
    LeastSquares,
    additive_covariance,
    circulation,
    covariance,
    run,
    small_step_covariance,
)
from dlmath.ledger import Check, Evidence, claim


def uneven(n: int = 24) -> LeastSquares:
    """Data in the plane whose residuals are largest along a direction that H does not know."""
    rng = np.random.default_rng(5)
    X = rng.standard_normal((n, 2)) * np.array([1.4, 0.6])
    signs = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    return LeastSquares(X, X @ np.ones(2) + signs * (0.2 + 1.5 * np.abs(X @ np.array([0.5, 1.0]))))


def twins() -> LeastSquares:
    """The inputs (1, 0) and (1, 1), each used twice, with residuals 1 and -1: then C = H."""
    X = np.array([[1.0, 0.0], [1.0, 1.0]])
    return LeastSquares(np.repeat(X, 2, axis=0), np.tile([1.0, -1.0], 2))


def spread(samples: np.ndarray) -> np.ndarray:
    """Standard errors of the means of independent samples."""
    return samples.std(0, ddof=1) / math.sqrt(len(samples))


@claim(
    "sgd-covariance",
    source="mandt2017stochastic",
    breaks={
        "noise that is the same everywhere": dict(law="additive"),
        "the Gibbs law with the same mean loss": dict(law="gibbs"),
        "a step half as long again": dict(eta_run=0.45),
    },
)
def sgd_covariance(
    *, law: str = "exact", eta: float = 0.3, eta_run: float = 0.3, b: int = 2, seed: int = 0
) -> Evidence:
    r"""Let $X\in\mathbb R^{n\times d}$ have rank $d$, $V(w) = \frac1{2n}\|Xw-y\|^2$, minimum $w_*$,
    $H = \frac1nX^\top X$, and let $w' = w-\eta g_B(w)$ with the mean gradient $g_B$ of $b$ examples
    drawn independently. Let $C = \frac1n\sum_ir_i^2x_ix_i^\top$, $r = Xw_*-y$, and
    $$\Phi(S) = (I-\eta H)S(I-\eta H)+\tfrac{\eta^2}b\Big(\tfrac1n\sum_ix_ix_i^\top Sx_ix_i^\top
    -HSH\Big).$$
    If $\Phi$ has spectral radius below 1, there is exactly one stationary law with finite second
    moments; every start with finite second moments tends to it; its mean is $w_*$ and its
    covariance the only solution of $S = \Phi(S)+\frac{\eta^2}bC$. As $\eta\to0$ with $b$ fixed,
    $S = \frac\eta bS_1+O(\eta^2)$, where $HS_1+S_1H = C$; and $S_1$ is a multiple of $H^{-1}$ if
    and only if $C$ is a multiple of $I$.
    """
    data = uneven()
    S = covariance(data, eta, b)
    heat = float(np.trace(data.H @ S)) / 2
    laws = {
        "exact": S,
        "additive": additive_covariance(data.H, data.C, eta, b),
        "gibbs": heat * np.linalg.inv(data.H),
    }
    rng = np.random.default_rng(seed)
    begin = np.repeat([[0.0, 0.0], [3.0, -2.0]], 1000, axis=0)  # half of the runs start far off
    second, _ = run(data, eta_run, b, chains=2000, burn=150, steps=150, rng=rng, start=begin)
    got, se = second.mean(0), spread(second)
    places = ((0, 0), (0, 1), (1, 1))
    checks = [
        Check(f"S_{i + 1}{j + 1} of 2000 runs, z = 4", got[i, j], laws[law][i, j], 4 * se[i, j])
        for i, j in places
    ]
    tiny, half, quarter = (covariance(data, h, b) / h for h in (1e-3, 5e-4, 2.5e-4))
    first = small_step_covariance(data.H, data.C, 1.0, b)
    # S / eta is smooth in the step: two extrapolations to 0 differ by their remainder
    coarse, fine = 2 * half - tiny, 2 * quarter - half
    gap, slack = float(np.abs(fine - first).max()), float(np.abs(fine - coarse).max())
    checks.append(Check("S / eta, steps to 0, off b^-1 S_1", gap, 0, slack))
    return Evidence(tuple(checks), {"laws": laws, "found": got, "data": data})


@claim(
    "sgd-currents",
    source="chaudhari2018stochastic",
    breaks={
        "noise that is the same everywhere": dict(additive=True),
        "data that a reflection does not change": dict(mirror=True),
    },
)
def sgd_currents(*, additive: bool = False, mirror: bool = False, seed: int = 0) -> Evidence:
    r"""Let SGD with steps $\eta$ on least squares be at rest, with Hessian $H$, minimum $w_*$ and
    covariance $S$; let $z,z'$ be two successive values of $w-w_*$. Then
    $\mathbb E(zz'^\top-z'z^\top) = \eta(HS-SH)$. If the chain at rest is reversible, this is zero.
    For noise of constant covariance $C/b$ it is zero if and only if $HC=CH$; for SGD on least
    squares $HC=CH$, even $C=H$, does not suffice.
    """
    eta = 0.3
    checks = []
    for name, data, b in (("uneven data", uneven(), 2), ("twins, where C = H", twins(), 1)):
        X = np.concatenate([data.X, data.X * np.array([1, -1])]) if mirror else data.X
        y = np.concatenate([data.y - data.X @ data.best] * 2) if mirror else data.y
        used = LeastSquares(X, y)
        S = covariance(used, eta, b)
        if additive:
            S = additive_covariance(used.H, used.C, eta, b)
        rng = np.random.default_rng(seed)
        _, turn = run(used, eta, b, chains=2000, burn=100, steps=400, rng=rng)
        got, se = float(turn[:, 0, 1].mean()), float(spread(turn)[0, 1])
        wanted = round(float(circulation(used.H, S, eta)[0, 1]), 12) + 0.0
        checks.append(Check(f"E(z_1 z'_2 - z_2 z'_1), {name}, z = 4", got, wanted, 4 * se))
        checks.append(Check(f"its size over the error, {name}", abs(got) / se, 8, 0, ">="))
    twin = twins()
    off = float(np.abs(twin.C - twin.H).max())
    checks.append(Check("largest entry of C - H, twins", off, 0, 1e-13))
    return Evidence(tuple(checks))


def bowl(T: float, points: int = 96, length: float = 16.0) -> tuple[np.ndarray, ...]:
    """A loss that is no parabola on a grid of the plane: its Gibbs density and its gradient."""
    line = (np.arange(points) / points - 0.5) * length
    x, y = np.meshgrid(line, line, indexing="ij")
    bump = np.exp(-((x - 0.5) ** 2) - y**2)
    V = (x**2 + x * y + y**2) / 2 + bump
    gx, gy = x + y / 2 - 2 * (x - 0.5) * bump, x / 2 + y - 2 * y * bump
    p = np.exp(-V / T)
    return p / p.sum(), gx, gy


def wells(x: np.ndarray) -> np.ndarray:
    """Two unequal wells on the circle."""
    return np.cos(2 * x) + 0.4 * np.sin(x)


def wells_slope(x: np.ndarray) -> np.ndarray:
    """Their derivative."""
    return -2 * np.sin(2 * x) + 0.4 * np.cos(x)


@claim(
    "gibbs-needs-white-noise",
    source="chaudhari2018stochastic",
    breaks={
        "each weight has a step of its own": dict(scale=2.0),
        "noise that grows with the loss": dict(noise="loss"),
    },
)
def gibbs_needs_white_noise(*, scale: float = 1.0, noise: str = "special") -> Evidence:
    r"""Let $V\in C^2(\mathbb R^d)$ with $Z = \int e^{-V/T}<\infty$, $T>0$, and $D$ a constant
    symmetric matrix, $D\succeq0$. The density $e^{-V/T}/Z$ is at rest under
    $dw = -\nabla V\,dt+\sqrt{2D}\,dB$ if and only if $D = TI$. For noise that depends on the place
    this fails: on the circle or on the line, $D(x) = T+c\,e^{V(x)/T}$ with $c>0$, in Itô's sense,
    leaves no flux in $e^{-V/T}$ either.
    """
    T = 0.5
    p, gx, gy = bowl(T)
    D, least = resting_noise(p, (-gx, -scale * gy), 16.0)
    checks = [
        Check("D_11, solved for", D[0, 0], T, 1e-9),
        Check("D_12", D[0, 1], 0, 1e-9),
        Check("D_22", D[1, 1], T, 1e-9),
        Check("least singular value: only one D", least, 1e-3, 0, ">="),
    ]
    diffusions = {
        "special": lambda x: T + 0.2 * np.exp(wells(x) / T),
        "loss": lambda x: T * (2 + wells(x)),
    }
    laws = []
    for points in (100, 200, 400):
        q = circle_law(lambda x: -wells_slope(x), diffusions[noise], points)
        laws.append(q[:: points // 100] * points / 100)
    first, second = (4 * laws[1] - laws[0]) / 3, (4 * laws[2] - laws[1]) / 3
    V = wells(circle(400))
    gibbs = (np.exp(-V / T) / np.exp(-V / T).sum() * 4)[::4]
    gap, slack = np.abs(second - gibbs).sum(), np.abs(second - first).sum()
    checks.append(Check("law with D = T + c exp(V/T) off Gibbs, grid to 0", gap, 0, slack))
    return Evidence(tuple(checks), {"laws": laws, "gibbs": gibbs})
