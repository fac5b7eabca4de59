"""Turns and shifts of images, and the tangents of their orbits, measured."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import root_scalar

from dlmath.invariance.cascade import LOWPASS_EDGE, lowpass_peak, scatter, translate
from dlmath.invariance.filters import FilterBank, morlet_bank, tight_bank, tight_bank_1d
from dlmath.invariance.scattering import scattering2d
from dlmath.invariance.symmetry import (
    beating_tone,
    chord,
    linear_range,
    off_tangent,
    quarter_turn,
    turn_channels,
)
from dlmath.invariance.trials import signals
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-12


@claim(
    "rotation-equivariance",
    source="sifre2013rotation",
    breaks={
        "seven angles in the place of eight": dict(angles=7),
        "angles left as they were": dict(steps=0),
        "turns and shifts taken to commute": dict(direct=True),
    },
)
def rotation_equivariance(
    *, angles: int = 8, steps: int | None = None, direct: bool = False, seed: int = 0
) -> Evidence:
    r"""On the grid $(\mathbb Z/N)^2$ let $Rx(n) = x(r^{-1}n)$ with $r$ the quarter turn about 0.
    Then $RL_c = L_{rc}R$. If the bank has $L$ angles, $L$ even, with
    $\hat\phi(r\omega) = \hat\phi(\omega)$, and $\hat\psi_{j,\theta + L/2}(r\omega)$ equal to
    $\hat\psi_{j,\theta}(\omega)$ or to $\hat\psi_{j,\theta}(-\omega)$, all real, then for real
    $x$ the scattering coefficients of $Rx$ are those of $x$, turned by $R$ in space and by $L/2$
    in every angle of the path.
    """
    rng = np.random.default_rng(seed)
    x, c = rng.standard_normal((32, 32)), (3, 5)
    turned_shift = c if direct else (-c[1], c[0])
    exchange = quarter_turn(translate(x, c)) - translate(quarter_turn(x), turned_shift)
    move = angles // 2 if steps is None else steps
    checks = [Check("turn after shift, against turned shift", np.abs(exchange).max(), 0, 0)]
    banks = {"tight bank": tight_bank((32, 32), 1, angles)}
    banks["Kymatio's filters"] = morlet_bank((32, 32), 1, angles)
    for name, bank in banks.items():
        S, T = scatter(x, bank, 2), scatter(quarter_turn(x), bank, 2)
        gap = float(np.linalg.norm(turn_channels(S, 1, angles, move) - T) / np.linalg.norm(T))
        checks.append(Check(f"{name}, orders 0 to 2: defect", gap, 0, ROUNDING))
    framed = np.zeros((32, 32))
    framed[10:23, 10:23] = rng.standard_normal((13, 13))
    defect = _kymatio_defect(framed, angles, move)
    checks.append(Check("Kymatio's transform, inside: defect", defect, 0, ROUNDING))
    return Evidence(tuple(checks))


def _kymatio_defect(x: np.ndarray, angles: int, move: int) -> float:
    """Order 1 of the transform with borders, turned, against that of the turned image."""
    S, T = (
        scattering2d(np.ascontiguousarray(image), 2, L=angles, order=1).numpy()
        for image in (x, quarter_turn(x))
    )
    first, second = (a[1:].reshape(2, angles, *a.shape[1:]) for a in (S, T))
    gap = np.roll(quarter_turn(first), move, axis=1) - second
    return float(np.linalg.norm(gap[..., 1:, 1:]) / np.linalg.norm(second))


@claim(
    "linear-range",
    source="mallat2012group",
    breaks={
        "no low-pass filter": dict(lowpass=False),
        "an average half as wide as claimed": dict(octaves=-1),
    },
)
def linear_range_of_scattering(
    *, lowpass: bool = True, octaves: int = 0, seed: int = 0
) -> Evidence:
    r"""Let $\Phi$ commute with the translations of $\mathbb Z/N$, with every component of
    $\Phi(x)$ band-limited to $|\omega| \le D2^{-J} < \pi$, and let $\Phi'(x)$ be the derivative
    of the components along the line. For every $x$ and every shift $c \in \mathbb Z$,
    $$\|\Phi(L_cx) - \Phi(x) + c\,\Phi'(x)\| \le \tfrac12D2^{-J}|c|\cdot|c|\,\|\Phi'(x)\|$$
    and
    $$(1 - \tfrac1{24}D^24^{-J}c^2)\,|c|\,\|\Phi'(x)\| \le \|\Phi(L_cx) - \Phi(x)\|
    \le |c|\,\|\Phi'(x)\| .$$
    """

    def bank(n: int, J: int) -> FilterBank:
        tight = tight_bank_1d(n, J + octaves)
        return tight if lowpass else FilterBank(np.ones(n), tight.psi, tight.j)

    J, edge = 4, LOWPASS_EDGE * 2.0**-4
    tangent, short, far = [], [], []
    for x in signals(256, seed).values():
        S = scatter(x - x.mean(), bank(256, J), 2)
        if np.linalg.norm(S - S.mean(-1, keepdims=True)) < 1e-9 * np.linalg.norm(x):
            continue  # a tone: its coefficients do not move at all
        for c in (1, 2, 4, 8):
            tangent.append(off_tangent(S, c) / (edge * c / 2))
            short.append(chord(S, c) - (1 - (edge * c) ** 2 / 24))
            far.append(chord(S, c))
    ranges, wanted = _ranges(bank)
    return Evidence(
        (
            Check("distance from the tangent over the bound", _largest(tangent), 1, 0, "<="),
            Check("least chord less its bound", -_largest([-s for s in short]), 0, 0, ">="),
            Check("largest chord", _largest(far), 1, ROUNDING, "<="),
            *(
                Check(f"J = {k}: range of a beating tone, from below", r, w, 1)
                for k, r, w in zip(wanted, ranges["scattering"], wanted.values(), strict=True)
            ),
            Check("range of its samples", max(ranges["samples"]), 0, 0),
        ),
        data={**ranges, "scales": list(wanted), "predicted": list(wanted.values())},
    )


def _largest(values: list[float]) -> float:
    """The maximum; NaN if any value is."""
    return float(np.max(values)) if values else float("nan")


def _ranges(
    bank: Callable[[int, int], FilterBank],
) -> tuple[dict[str, list[int]], dict[int, float]]:
    """Shifts up to which a beating tone moves at nine tenths of its tangent's speed, by scale."""
    n, place = 1 << 12, lowpass_peak()[1]
    root = 2 * root_scalar(lambda a: np.sin(a) / a - 0.9, bracket=(0.1, 2.0)).root
    ranges: dict[str, list[int]] = {"scattering": [], "samples": []}
    wanted = {}
    for J in range(4, 8):
        slow = round(place * 2.0**-J * n / (2 * np.pi))
        x = beating_tone(n, slow, round(0.4375 * n))
        wanted[J] = root * n / (2 * np.pi * slow)
        ranges["scattering"].append(linear_range(scatter(x, bank(n, J), 1)))
        ranges["samples"].append(linear_range(x[None]))
    return ranges, wanted
