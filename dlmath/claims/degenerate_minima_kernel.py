"""What descent on a least-squares loss does in the kernel of the data: nothing, or something."""

import numpy as np

from dlmath.landscapes import row_space
from dlmath.landscapes.row_space import Rule, descend, kernel_part, nearest_solution
from dlmath.ledger import Check, Evidence, claim

EPS = float(np.finfo(float).eps)


def regression(n: int, p: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normal examples, targets and a start."""
    rng = np.random.default_rng([seed, n, p])
    return rng.standard_normal((n, p)), rng.standard_normal(n), rng.standard_normal(p)


def ways(X: np.ndarray) -> dict[str, tuple[Rule, int, int | None]]:
    """For each of four methods its rule, the number of steps and the size of a batch."""
    flat = 0.5 * len(X) / float(np.linalg.norm(X, 2)) ** 2
    one = 0.5 / float(np.square(X).sum(1).max())
    return {
        "gradient descent": (row_space.plain(flat), 800, None),
        "momentum": (row_space.momentum(flat), 800, None),
        "batches of 1": (row_space.plain(one), 3000, 1),
        "batches of 4": (row_space.plain(one), 3000, 4),
    }


@claim(
    "steps-stay-in-the-row-space",
    source="gunasekar2018characterizing",
    breaks={
        "Adam": dict(other="adam"),
        "weight decay": dict(other="decay"),
        "momentum that begins with a push of its own": dict(other="push"),
    },
)
def steps_stay_in_the_row_space(*, other: str = "", seed: int = 0) -> Evidence:
    r"""Let $E(w) = \frac1n\|Xw-y\|^2$, and let every step $w_{t+1}-w_t$ be a combination of
    gradients of single examples, and of earlier steps: gradient descent, momentum from rest,
    stochastic gradients, with any steps, batches and order. Let $P$ be the projector onto $\ker X$.
    Then $Pw_t = Pw_0$ for all $t$. If $w_t$ converges to a point with $Xw = XX^+y$, this is
    $Pw_0+X^+y$, of all such points the nearest to $w_0$.
    """
    X, y, start = regression(10, 40, seed)
    runs, flat = ways(X), 0.5 * len(X) / float(np.linalg.norm(X, 2)) ** 2
    added = {
        "adam": ("Adam", row_space.adam(0.02)),
        "decay": ("weight decay", row_space.plain(flat, decay=0.02)),
        "push": ("momentum, pushed", row_space.momentum(flat, velocity=start)),
    }
    if other:
        name, rule = added[other]
        runs = {name: (rule, 3000, None)}
    goal, checks, data = nearest_solution(X, y, start), [], {}
    floor = float(np.linalg.svd(X, compute_uv=False)[-1])
    for name, (rule, steps, batch) in runs.items():
        path = descend(X, y, start, rule, steps, batch=batch, seed=seed)
        drift = np.linalg.norm(kernel_part(X, path - start), axis=1)
        left = float(np.linalg.norm(X @ path[-1] - y))
        # each step rounds each entry once or twice, relative to its size
        rounding = 4 * EPS * steps * float(np.linalg.norm(start))
        away = float(np.linalg.norm(path[-1] - goal))
        checks += [
            Check(f"drift in ker X, {name}", drift.max(), 0, rounding),
            Check(f"distance to the nearest solution, {name}", away, 0, rounding + left / floor),
            Check(f"residual at the end, {name}", left, 0, 1e-8),
        ]
        data[name] = drift
    return Evidence(tuple(checks), data)


@claim(
    "weight-decay-forgets",
    source="krogh1991simple",
    breaks={
        "no decay predicted": dict(predicted=0.0),
        "a penalty whose gradient Adam rescales": dict(rescaled=True),
    },
)
def weight_decay_forgets(
    *, predicted: float | None = None, rescaled: bool = False, seed: int = 0
) -> Evidence:
    r"""On $\frac1n\|Xw-y\|^2+\frac\lambda2\|w\|^2$ gradient descent with steps $\eta$, on all
    examples or on batches, has $Pw_t = (1-\eta\lambda)^tPw_0$ exactly, $P$ the projector onto
    $\ker X$. On all examples it forgets $w_0$, if the steps are short, and converges to the ridge
    estimate, which lies in $\operatorname{im}X^\top$.
    """
    X, y, start = regression(10, 40, seed)
    n, p = X.shape
    decay, steps, checks = 0.5, 600, []
    flat = 0.5 * n / float(np.linalg.norm(X, 2)) ** 2
    one = 0.5 / float(np.square(X).sum(1).max())
    for name, step, batch in (("all examples", flat, None), ("batches of 2", one, 2)):
        rule = row_space.plain(step, decay)
        if rescaled:
            inner = row_space.adam(step)
            rule = lambda t, w, g, inner=inner: inner(t, w, g + decay * w)  # noqa: E731
        path = descend(X, y, start, rule, steps, batch=batch, seed=seed)
        rate = decay if predicted is None else predicted
        factor = (1 - step * rate) ** np.arange(steps + 1)
        off = kernel_part(X, path) - factor[:, None] * kernel_part(X, start)
        size = float(np.linalg.norm(start))
        worst = float(np.linalg.norm(off, axis=1).max())
        checks.append(
            Check(f"P w less (1 - eta lambda)^t P w_0, {name}", worst, 0, 4e-16 * steps * size)
        )
        if batch is None:
            ridge = np.linalg.solve(2 / n * X.T @ X + decay * np.eye(p), 2 / n * X.T @ y)
            left = (1 - step * decay) ** steps * float(np.linalg.norm(start - ridge))
            away = float(np.linalg.norm(path[-1] - ridge))
            checks.append(Check("distance to the ridge estimate", away, 0, left + 1e-12))
    return Evidence(tuple(checks))


@claim(
    "adam-on-one-example",
    source="wilson2017marginal",
    breaks={
        "an epsilon of one": dict(epsilon=1.0),
        "two examples": dict(n=2),
        "gradient descent": dict(plain=True),
    },
)
def adam_on_one_example(
    *, epsilon: float = 0.0, n: int = 1, plain: bool = False, seed: int = 0
) -> Evidence:
    r"""Let $n=1$ and let $x$ have no zero entry. Adam without $\epsilon$, with any steps and
    forgetting factors, moves on the line $w_0+\mathbb R\operatorname{sign}(x)$. If it converges to
    a solution, this is $w_0+\frac{y-\langle x,w_0\rangle}{\|x\|_1}\operatorname{sign}(x)$, of all
    solutions the nearest to $w_0$ in the maximum norm. Its part in $\ker X$ has then moved by
    $|y-\langle x,w_0\rangle|\sqrt{p/\|x\|_1^2-1/\|x\|^2}$.
    """
    p, steps = 6, 1500
    X, y, start = regression(n, p, seed)
    rule = row_space.plain(0.02) if plain else row_space.adam(0.1, epsilon, cool=0.6)
    path = descend(X, y, start, rule, steps)
    x, signs = X[0], np.sign(X[0])
    moved = path - start
    off = moved - np.outer(moved @ signs / p, signs)
    gap, ones = y[0] - x @ start, np.abs(x).sum()
    length = np.sqrt(p / ones**2 - 1 / (x @ x))
    left = abs(x @ path[-1] - y[0])
    drift = float(np.linalg.norm(kernel_part(x[None], moved[-1])))
    far, rounding = np.abs(moved[-1]).max(), 8 * EPS * steps * float(np.linalg.norm(start))
    checks = (
        Check("distance from the line of signs", np.linalg.norm(off, axis=1).max(), 0, rounding),
        Check("residual at the end, over that at the start", left / abs(gap), 0, 0.01),
        Check("drift in ker X", drift, abs(gap) * length, left * length + rounding),
        Check("largest move of a weight", far, abs(gap) / ones, left / ones + rounding),
    )
    return Evidence(checks, {"path": path})
