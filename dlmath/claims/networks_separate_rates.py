"""The theorems on the last phase of training: how fast the loss falls and the norms grow."""

import functools

import numpy as np

from dlmath.generalization.homogeneous import LOSSES, Descent, descend, networks
from dlmath.generalization.networks_separate import xor
from dlmath.ledger import Check, Evidence, claim

GROWTH = 0.2
"""How much a late step adds to the equivalent score."""
RECORDS = range(500, 1001, 25)


@functools.cache
def late(layers: int, loss: str, seed: int) -> Descent:
    """Networks of eight neurons a layer on XOR, until the loss is below 10^-100; those that fit."""
    X, y = xor(20, seed) if layers > 1 else (np.array([[1.0, 3.0], [1.0, -1.0]]), np.ones(2))
    model = networks([2, *[8] * (layers - 1), 1], range(4 * seed, 4 * seed + 4))
    step = 0.02 if layers > 1 else 0.2
    run = descend(model, X, y, RECORDS[-1], step=step, growth=GROWTH, loss=loss, record_at=RECORDS)
    fit = run.u[0] > 20
    kept = {
        name: getattr(run, name)[:, fit] for name in run.__dataclass_fields__ if name != "steps"
    }
    return Descent(run.steps, **kept)


def windows(run: Descent) -> dict[str, np.ndarray]:
    """Between records: growth of u a step, and how fast the smoothed margin still grows."""
    du = np.diff(run.u, axis=0)
    return {
        "step": du / np.diff(run.steps)[:, None],
        "drift": np.diff(np.log(run.smoothed), axis=0) / np.diff(np.log(run.u), axis=0),
    }


@claim(
    "one-law-for-all-depths",
    source="lyu2020gradient",
    breaks={
        "the loss as one over the time": dict(power=0.0),
        "the power of two layers at every depth": dict(power=1.0),
    },
)
def one_law_for_all_depths(*, power: float | None = None, seed: int = 0) -> Evidence:
    r"""Under the hypotheses of the theorem on the smoothed margin, suppose that also
    $\varepsilon = d\log\tilde\gamma/d\log u\to0$. Then $\mathcal L\to0$, and with
    $\bar\gamma = \lim\tilde\gamma$
    $$t\,\mathcal L\,u^{2-2/L}\,L^2\,\bar\gamma^{2/L}\to1 .$$
    Without that hypothesis the limit superior is at most 1. In terms of the present
    $\tilde\gamma$ and of averages, with weights proportional to $e^u$, over the last few units of
    $u$, of $\varepsilon$ and of the entropy $h\le\log n$ of the losses' shares, the left side,
    with $\tilde\gamma$ for $\bar\gamma$, is
    $(1-\varepsilon)(1 + (2-2/L-h)/u + O(u^{-2}+\varepsilon/u))$.
    """
    checks, drift = [], {}
    for layers in (1, 2, 3, 4):
        ratios = []
        for loss in LOSSES if layers == 2 else (LOSSES[layers % 2],):
            run = late(layers, loss, seed)
            between, kappa = windows(run), 2 - 2 / layers
            u, h, step = run.u[1:], run.mean[1:], between["step"]
            used = kappa if power is None else power
            left = np.exp(run.log_time[1:] - u) * u**used * layers**2
            left *= run.smoothed[1:] ** (2 / layers)
            # The clock of gradient descent runs in steps, each worth a factor exp(step).
            right = (1 - between["drift"]) * (1 + (kappa - h) / u) * step / np.expm1(step)
            ratios.append((left / right).mean(0))
            drift[layers] = between["drift"][-1]
        found = np.concatenate(ratios)
        worst = found[np.abs(np.log(found)).argmax()] if found.size else np.nan
        name = "1 layer" if layers == 1 else f"{layers} layers"
        checks.append(Check(f"both sides' ratio, {name}, worst run", worst, 1, 0.02))
    return Evidence(tuple(checks), {"drift": drift})


@claim(
    "norms-grow-like-roots",
    source="lyu2020gradient",
    breaks={
        "each norm like the logarithm": dict(each=1.0),
        "the product like the square root": dict(product=0.5),
    },
)
def norms_grow_like_roots(
    *, product: float = 1.0, each: float | None = None, seed: int = 0
) -> Evidence:
    r"""Under the hypotheses of the theorem on the smoothed margin,
    $u = \log t + (2-\frac2L)\log\log t + O(1)$, and $\tilde\gamma$ tends to some
    $\bar\gamma > 0$. For a ReLU network of $L$ layers without biases
    $\|W_l\|_F^2 = \rho^2/L + O(1)$ for every layer. So the normalised margin
    $\min_is_i/\prod_l\|W_l\|_F$ tends to $\gamma_n = L^{L/2}\bar\gamma$, each norm is
    $(\log t/\gamma_n)^{1/L}(1+o(1))$, and their product is $\log t/\gamma_n\,(1+o(1))$.
    """
    checks, powers = [], {}
    for layers in (2, 3, 4):
        run = late(layers, LOSSES[layers % 2], seed)
        ends = np.array([0, -1])
        log_time, squares, smoothed = run.log_time[ends], run.squares[ends], run.smoothed[ends]
        stretch = np.diff(np.log(log_time), axis=0)
        # What the law says at these times, which tells log t from its asymptote
        u = _law(log_time, smoothed, layers)
        share = each or product / layers
        predicted = share * np.diff(np.log(u) - np.log(smoothed), axis=0)
        measured = np.diff(np.log(squares.sum(-1)), axis=0) / 2
        powers[layers] = (measured / stretch)[0]
        apart = np.diff(np.diff(squares), axis=0) / squares[-1].mean(-1)[:, None]
        checks += [
            Check(
                f"{layers} layers: exponent of the norm less that of (u/margin)^(1/L), worst",
                _worst((measured - predicted) / stretch),
                0,
                0.005,
            ),
            Check(
                f"{layers} layers: change of the balance, over a layer's square",
                _worst(apart),
                0,
                0.01,
            ),
        ]
    return Evidence(tuple(checks), {"powers": powers})


def _law(log_time: np.ndarray, smoothed: np.ndarray, layers: int) -> np.ndarray:
    """The score u at which the law of all depths holds exactly, by iteration."""
    u = log_time
    for _ in range(50):
        growing = np.log(layers**2 * u ** (2 - 2 / layers))
        u = log_time + growing + 2 / layers * np.log(smoothed)
    return u


def _worst(x: np.ndarray) -> float:
    """The entry farthest from zero; NaN if there is none."""
    return float(x.flat[np.abs(x).argmax()]) if x.size else np.nan
