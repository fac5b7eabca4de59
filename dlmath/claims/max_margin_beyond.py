"""Normalised descent, whose limit is reached fast; and validation data, whose loss grows."""

from math import log

import numpy as np

from dlmath.claims.max_margin import designed
from dlmath.data import digits
from dlmath.generalization.losses import LOSSES
from dlmath.generalization.margin_methods import normalised, plain
from dlmath.generalization.max_margin import entropies, limit, log_time_flow, margin_of
from dlmath.ledger import Check, Evidence, claim

EQUAL = np.array([[1.0, 1.0], [1.0, -1.0], [2.0, 0.5]])


def digits_3_and_8(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Threes against eights, centred, labels absorbed: ``count`` to train on, and the others."""
    data = digits()
    keep = (data.labels == 3) | (data.labels == 8)
    X = data.images[keep].reshape(-1, 64).astype(float)
    X -= X.mean(0)
    X /= np.linalg.norm(X, axis=1).mean()
    Z = X * np.where(data.labels[keep] == 3, 1.0, -1.0)[:, None]
    order = np.random.default_rng(seed).permutation(len(Z))
    return Z[order[:count]], Z[order[count:]]


@claim(
    "normalised-descent",
    source="ji2021characterizing",
    breaks={
        "plain gradient descent": dict(method="plain"),
        "dual variables taken as equal": dict(equal=True),
    },
)
def normalised_descent(
    *, method: str = "normalised", equal: bool = False, seed: int = 0
) -> Evidence:
    r"""Under the hypotheses of the theorem on the data, let $\ell(u) = e^{-u}$, $0 < \eta <
    2/B^2$ and $w_{t+1} = w_t - \eta\nabla L(w_t)/L(w_t)$. Then
    $w_t - \frac{\eta t}{\|\hat w\|^2}\hat w$ converges, the weight
    $e^{-\langle w_t, z_i\rangle}/L(w_t)$ of every $i\in S$ tends to $p_i = \alpha_i/\|\hat w\|^2$,
    and $$t\,\big(\gamma - \gamma(w_t)\big)\to\frac{\|\hat w\|}\eta
    \big(\mathrm{Ent}(p) - \mathrm{Ent}_\infty(p)\big).$$
    """
    walk = {"normalised": normalised, "plain": plain}[method]
    Z, t = designed(seed), 4000
    step = 1 / np.square(Z).sum(1).max()
    found = limit(Z)
    half, w = walk(Z, step, [t // 2, t])
    p = np.full(2, 0.5) if equal else found.shares
    shannon, smallest = entropies(p)
    lead = step * t
    rest = w - lead * found.w_hat
    settled = float(np.linalg.norm(rest - half + lead / 2 * found.w_hat))
    forces = np.exp(-(Z @ w - (Z @ w).min()))
    same = walk(EQUAL, 0.4, [400])[0]
    slack = 2 * ((shannon - smallest) * abs(rest[0]) + rest[1] ** 2) / lead / step
    return Evidence(
        (
            Check(
                "t times margin gap",
                t * (1 - float(margin_of(w, Z))),
                (shannon - smallest) / step,
                slack,
            ),
            Check("residual at t less that at t / 2", settled, 0, 1e-9),
            Check("weight of the first example", forces[0] / forces.sum(), p[0], 1e-9),
            Check("equal dual variables: margin gap", 1 - float(margin_of(same, EQUAL)), 0, 1e-12),
        )
    )


@claim(
    "validation-loss-grows",
    source="soudry2018implicit",
    breaks={
        "all examples counted, not only the mistakes": dict(mistakes=False),
        "the mean of the training examples as the direction": dict(centroid=True),
    },
)
def validation_loss_grows(
    *, mistakes: bool = True, centroid: bool = False, seed: int = 0
) -> Evidence:
    r"""Under the hypotheses of the theorem let $v_1,\dots,v_m$ be validation examples, labels
    absorbed. Their mean logistic loss is
    $$\frac1m\sum_j\log\big(1 + e^{-\langle w_t, v_j\rangle}\big) =
    \frac{\log t}m\sum_j\max(0, -\langle\hat w, v_j\rangle) + O(1).$$
    So it tends to infinity if $\hat w$ is wrong on one of them, $\langle\hat w, v_j\rangle < 0$.
    """
    Z, V = digits_3_and_8(40, seed)
    step = 1 / float(np.linalg.norm(Z, 2)) ** 2
    times = np.array([0.0, 1e3, 1e5])
    rho = log_time_flow(Z, step, np.zeros(64), times)[1:]
    found = limit(Z, step)
    W = times[1:, None] * found.w_hat + rho
    losses = LOSSES["logistic"].value(W @ V.T).mean(1)
    length = times[2] - times[1]
    w = found.w_hat
    if centroid:
        w = Z.mean(0) * np.linalg.norm(w) / np.linalg.norm(Z.mean(0))
    growth = -(V @ w)
    predicted = float((np.maximum(growth, 0) if mistakes else growth).mean())
    # log(1 + e^x) is within log 2 of max(0, x), and the residual still moves by so much
    moved = np.abs((rho[1] - rho[0]) @ V.T).mean()
    return Evidence(
        (
            Check(
                "growth of the mean loss a unit of log t",
                float(losses[1] - losses[0]) / length,
                predicted,
                (log(2) + float(moved)) / length,
            ),
            Check(
                "validation examples got wrong, share",
                float((V @ found.w_hat < 0).mean()),
                0.001,
                0,
                ">=",
            ),
        )
    )
