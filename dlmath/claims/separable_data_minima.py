"""The theorems of the chapter on separable data, measured: minima that exist, or half exist."""

from math import acos, degrees, log, sqrt

import numpy as np
from scipy.optimize import linprog

from dlmath.generalization.linear_risk import (
    gradient_descent,
    hessian,
    ridge_minimiser,
    risk,
)
from dlmath.generalization.losses import LOSSES
from dlmath.generalization.separable_data import max_margin, max_margin_with_intercept
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-9
MIXED = np.array([[1.0, 1.0], [2.0, 0.5], [0.0, 1.0], [0.0, 1.0], [0.0, -1.0]])
FOUR = np.array([[3.0, 1.0], [4.0, -1.0], [1.0, 0.5], [0.0, -1.0]])
FOUR_LABELS = np.array([1.0, 1.0, -1.0, -1.0])


def overlapping(n: int, seed: int) -> np.ndarray:
    """Examples in the plane, labels absorbed, that no vector separates, even weakly."""
    rng = np.random.default_rng(seed)
    Z = np.column_stack([rng.normal(1, 1, n), rng.normal(0, 1.5, n)])
    Z[:4] = [[-1.0, 2.0], [-1.0, -1.5], [2.0, 1.0], [2.0, -1.0]]
    return Z


def positive_combination(Z: np.ndarray) -> float:
    """The largest t such that ``p @ Z = 0`` for weights p of sum 1, all at least t."""
    n, d = Z.shape
    rows = np.vstack([np.column_stack([Z.T, np.zeros(d)]), np.append(np.ones(n), 0.0)])
    above = np.column_stack([-np.eye(n), np.ones(n)])
    cost = np.append(np.zeros(n), -1.0)
    done = linprog(cost, above, np.zeros(n), rows, np.append(np.zeros(d), 1.0), (None, None))
    return float(done.x[-1]) if done.status == 0 else -1.0


@claim(
    "non-separable-minimiser",
    source="albert1984existence",
    breaks={
        "nothing pulls back along one axis": dict(one_sided=True),
        "a step beyond 2 / (least + largest)": dict(factor=1.1),
        "the largest eigenvalue in place of the least": dict(which=-1),
    },
)
def non_separable_minimiser(
    *, factor: float = 0.5, which: int = 0, one_sided: bool = False, seed: int = 0
) -> Evidence:
    r"""Let $\ell$ be the logistic or the exponential loss. Equivalent are: no $w \ne 0$ has
    $\langle w, z_i\rangle \ge 0$ for every $i$; the $z_i$ span $\mathbb R^d$, and
    $\sum_i p_i z_i = 0$ for some $p$ with every $p_i > 0$; $L$ tends to infinity with $\|w\|$, and
    has exactly one minimiser. Let $\lambda \le \Lambda$ be the extreme eigenvalues of
    $\nabla^2 L$ at the minimiser $w_*$, and $0 < \eta < 2/(\lambda + \Lambda)$. Gradient descent
    $w_{t+1} = w_t - \eta\nabla L(w_t)$ from any point near $w_*$ converges to it, with
    $\limsup_t \|w_t - w_*\|^{1/t} \le 1 - \eta\lambda < 1$, and for almost every start with
    equality. Moreover $L(w) \ge c\|w\|$ with
    $c = -\max_{\|u\|=1}\min_i\langle u, z_i\rangle > 0$.
    """
    Z = overlapping(60, seed)
    if one_sided:
        Z[:, 0] = np.abs(Z[:, 0])
    weight = positive_combination(Z)
    checks = [Check("least weight of a vanishing combination", weight, 1e-6, 0, ">=")]
    if weight <= 0:  # then there is no minimiser to measure at
        return Evidence(tuple(checks))
    turns = np.linspace(0, 2 * np.pi, 3601)
    circle = np.column_stack([np.cos(turns), np.sin(turns)])
    c = -(circle @ Z.T).min(1).max()
    for name in ("logistic", "exponential"):
        loss = LOSSES[name]
        low = min(
            risk(r * u, Z, loss) / (c * r) for r in (0.5, 2.0, 8.0, 32.0) for u in circle[::40]
        )
        checks.append(Check(f"L(w) / c |w|, least, {name}", low, 1, 0, ">="))
        found = [ridge_minimiser(Z, loss, start=4 * u) for u in circle[::900]]
        w = found[0]
        apart = max(float(np.abs(v - w).max()) for v in found)
        checks.append(Check(f"minimisers from four starts, apart, {name}", apart, 0, 1e-6))
        values = np.linalg.eigvalsh(hessian(w, Z, loss))
        step = factor * 2 / (values[0] + values[-1])
        W = gradient_descent(Z, loss, step, range(600), w + 1e-4)
        errors = np.linalg.norm(W - w, axis=1)
        last = int(np.flatnonzero(errors > 1e-10)[-1])
        first = last // 2
        rate = (errors[last] / errors[first]) ** (1 / (last - first))
        checks.append(Check(f"factor a step, {name}", rate, 1 - step * values[which], 1e-4))
    return Evidence(tuple(checks))


@claim(
    "mixed-data",
    source="ji2019implicit",
    breaks={
        "nothing holds the second coordinate back": dict(held=False),
        "the margin of the examples as they are, not projected": dict(projected=False),
    },
)
def mixed_data(*, held: bool = True, projected: bool = True) -> Evidence:
    r"""Let $z = (1, 1), (2, \frac12), (0, 1), (0, 1), (0, -1)$, let $\ell$ be the logistic loss
    and $0 < \eta \le 1$. Gradient descent from any start satisfies, as $t \to \infty$,
    $$w_2 \to \log 2, \qquad w_1 - \log t \to \log\eta - \log 2, \qquad
    t\,(w_2 - \log 2) \to \frac3{2\eta}.$$
    """
    Z, t = MIXED if held else MIXED[:4], 10**5
    growth = 1.0 if projected else 0.5  # the hard-margin vector of (1, 1), (2, 1/2) is (1/2, 1/2)
    small = 10 * log(t) / t  # remainders of order log t / t
    checks = []
    for eta, start in ((1.0, (0.0, 0.0)), (0.5, (-2.0, 3.0))):
        early, late = gradient_descent(Z, LOSSES["logistic"], eta, [t // 10, t], np.array(start))
        product, limit = t * (late[1] - log(2)), log(eta) - log(2)
        said = f"step {eta:g}"
        checks += [
            Check(f"second coordinate, t = {t:,}, {said}", late[1], log(2), small),
            Check(f"first coordinate less log t, {said}", late[0] - log(t), limit, small),
            Check(
                f"its growth over log 10, {said}",
                (late[0] - early[0]) / log(10),
                growth,
                10 * small,
            ),
            Check(f"t times (second less log 2), {said}", product, 1.5 / eta, 20 * small),
        ]
    return Evidence(tuple(checks))


@claim(
    "intercept-trap",
    source="boser1992training",
    breaks={
        "the constant feature taken for a free intercept": dict(free=True),
        "the fourth power of K in place of the second": dict(power=4),
    },
)
def intercept_trap(*, free: bool = False, power: int = 2, seed: int = 0) -> Evidence:
    r"""Let the classes be separable by a hyperplane. Append the feature $K > 0$ to every $x_i$ and
    let $(w_K, v_K)$ be the hard-margin vector, $b_K = K v_K$: it minimises $\|w\|^2 + b^2/K^2$
    where $y_i(\langle w, x_i\rangle + b) \ge 1$ for every $i$. Let $(w_\infty, b_\infty)$ minimise
    $\|w\|^2$ there. Then $\|w_K - w_\infty\|^2 \le (b_\infty^2 - b_K^2)/K^2$. On
    $x = (3, 1), (4, -1)$ against $(1, \frac12), (0, -1)$ and $K = 1$ the two directions are
    $\arccos(72/\sqrt{6409})$ apart.
    """
    rng = np.random.default_rng(seed)
    labels = np.repeat([1.0, -1.0], 8)
    spread = rng.standard_normal((16, 2)) + 3 + np.outer(labels, [2.5, 1.0])
    shares = []
    for X, y in ((FOUR, FOUR_LABELS), (spread, labels)):
        best, b = max_margin_with_intercept(X, y)
        for K in (1.0, 10.0, 100.0):
            w, c = _appended(X, y, K)
            # where the intercept does not matter both sides vanish, up to rounding
            room = max((b**2 - c**2) / K**power, ROUNDING)
            shares.append(float(((w - best.w) ** 2).sum()) / room)
    w, _ = _appended(FOUR, FOUR_LABELS, 1e3 if free else 1.0)
    best, _ = max_margin_with_intercept(FOUR, FOUR_LABELS)
    cosine = w @ best.w / np.linalg.norm(w) / np.linalg.norm(best.w)
    exact = degrees(acos(72 / sqrt(6409)))
    return Evidence(
        (
            Check("angle on four points, K = 1, degrees", degrees(acos(cosine)), exact, 1e-6),
            Check("squared distance over its bound, largest", max(shares), 1, 1e-6, "<="),
        )
    )


def _appended(X: np.ndarray, y: np.ndarray, K: float) -> tuple[np.ndarray, float]:
    """The hard-margin vector with the feature K appended: its weights, and its intercept."""
    w = max_margin(np.column_stack([X, np.full(len(X), K)]), y).w
    return w[:-1], float(w[-1] * K)


@claim(
    "loss-assumptions",
    source="soudry2018implicit",
    breaks={
        "the exponential loss called smooth": dict(smooth="exponential"),
        "the polynomial loss called exponential in its tail": dict(tail="polynomial"),
        "the probit loss called exponential in its tail": dict(tail="probit"),
    },
)
def loss_assumptions(*, smooth: str = "", tail: str = "") -> Evidence:
    r"""(a) The logistic, sigmoid, probit and polynomial losses have Lipschitz derivatives, with
    the constants $\frac14$, $\frac1{6\sqrt3}$, $1$ and $2$; the exponential loss has not. (b) For
    $u > 0$ the exponential, the logistic and the sigmoid loss satisfy
    $(1 - 2e^{-u})e^{-u} \le -\ell'(u) \le e^{-u}$, and so have a tight exponential tail; the
    probit and the polynomial loss satisfy
    $c\,(1 - e^{-\mu u})e^{-au} \le -\ell'(u) \le c\,(1 + e^{-\mu u})e^{-au}$ for large $u$ with
    no $c, a, \mu > 0$. (c) For the exponential loss
    $0 \preceq \nabla^2 L(w) \preceq \max_i\|z_i\|^2\, L(w)\, I$.
    """
    u = np.linspace(-30, 30, 60_001)
    constants = {"logistic": 1 / 4, "sigmoid": 1 / (6 * sqrt(3)), "probit": 1.0, "polynomial": 2.0}
    if smooth:
        constants[smooth] = 1.0
    steep = {k: np.abs(np.diff(LOSSES[k].slope(u)) / np.diff(u)).max() for k in constants}
    off = max(abs(steep[k] - c) for k, c in constants.items())
    v = u[u > 0.01]
    tails = ["exponential", "logistic", "sigmoid", *([tail] if tail else [])]
    share = np.array([-LOSSES[name].slope(v) * np.exp(v) for name in tails])
    checks = [
        # half a step of the grid times the largest third derivative, 6
        Check("largest |second derivative| off its constant, four losses", off, 0, 0.003),
        Check("-l' exp(u), largest of three losses", share.max(), 1, ROUNDING, "<="),
        Check(
            "the same less 1 - 2 exp(-u), least",
            (share - 1 + 2 * np.exp(-v)).min(),
            0,
            ROUNDING,
            ">=",
        ),
    ]
    # the local rate -(log -l')' at 30 over that at 15: one for a tail exp(-au), whatever a is
    for name, ratio in (("logistic", 1.0), ("probit", 2.0), ("polynomial", 16 / 31)):
        far, near = LOSSES[name].bend(v[[-1, 14_990]]) / -LOSSES[name].slope(v[[-1, 14_990]])
        # the probit's rate is u + O(exp(-u^2/2)), the logistic's 1 - exp(-u) + ...
        checks.append(Check(f"rate of the tail at 30 over 15, {name}", far / near, ratio, 1e-6))
    Z, bound = overlapping(40, 0), 0.0
    for w in np.random.default_rng(0).standard_normal((200, 2)):
        top = np.linalg.eigvalsh(hessian(w, Z, LOSSES["exponential"]))[-1]
        size = float((Z**2).sum(1).max()) * risk(w, Z, LOSSES["exponential"])
        bound = max(bound, top / size)
    checks.append(Check("curvature of the exponential risk over its bound", bound, 1, 0, "<="))
    return Evidence(tuple(checks))
