"""What a rotation and a dilation of the plane do to a packet."""

import numpy as np

from dlmath.invariance.deformations import scattering_distance
from dlmath.invariance.deformations_2d import packet, plane_limit, turn
from dlmath.invariance.filters import morlet_bank, tight_bank
from dlmath.ledger import Check, Evidence, claim

STEEPEST = 35 / 32
"""The largest sensitivity to rotations, for each angle of the bank."""


@claim(
    "packets-in-the-plane",
    source="sifre2013rotation",
    breaks={
        "the law of a bank with twice the angles": dict(angles=8),
        "packets too narrow for the filters": dict(widths=(3.0, 6.0)),
        "Kymatio's filters": dict(kymatio=True),
    },
)
def packets_in_the_plane(
    *,
    eps: float = 0.03,
    angles: int = 4,
    widths: tuple[float, float] = (13.5, 27.0),
    kymatio: bool = False,
    seed: int = 0,
) -> Evidence:
    r"""Let $x_\sigma(u) = e^{-|u|^2/2\sigma^2}\cos(\xi\cdot u)$ on $\mathbb R^2$, let $M$ be an
    invertible real matrix, and let the bank be tight, $\hat\psi_\lambda \ge 0$, all filters
    continuous in frequency except at 0, and finitely many not 0 near $\pm\xi$ and $\pm M^T\xi$. Let
    $\hat\psi_\lambda(-\eta)\,\hat\psi_\lambda(\zeta) = 0$ for $\eta, \zeta \in \{\xi, M^T\xi\}$,
    and $\hat\phi = 0$ at both, $\hat\phi(0) = 1$ and $\hat\phi$ continuous at 0. For every
    $m \ge 1$,
    $$\lim_{\sigma\to\infty} \|S_{\le m}(x_\sigma\circ M) - S_{\le m}x_\sigma\|^2/\|x_\sigma\|^2 = 1
    + |\det M|^{-1} - 2\gamma\rho$$ with $\rho = 2\det(1 + M^TM)^{-1/2}$ and
    $\gamma = \frac12\sum_\lambda(\hat\psi_\lambda(\xi)\hat\psi_\lambda(M^T\xi) +
    \hat\psi_\lambda(-\xi)\hat\psi_\lambda(-M^T\xi))$. For the rotation by $\varepsilon$ and Meyer's
    windows at $L \ge 2$ angles the root of this limit, over $\varepsilon$, tends to
    $\frac L2\nu'(L\vartheta/\pi)$, $\vartheta$ the angle from a window's centre to $\xi$: at most
    $\frac{35}{32}L$, at every frequency where $\hat\phi = 0$.
    """
    side, J, L = 256, 2, 4
    rng = np.random.default_rng([seed, 5])
    bank = (morlet_bank if kymatio else tight_bank)((side, side), J, L)
    checks = []
    for name, M in (("rotation", turn(eps)), ("dilation", (1 - eps) * np.eye(2))):
        gaps = []
        # one packet where the angular windows are steepest, half way between two, and one anywhere
        directions = np.pi / (2 * L) * (1 + 2 * rng.integers(L)), rng.uniform(0, np.pi)
        for angle, r in zip(directions, rng.uniform(1.0, 1.4, 2), strict=True):
            xi = r * np.array([np.cos(angle), np.sin(angle)])
            pairs = [(packet(side, s, xi), packet(side, s, xi, M)) for s in widths]
            low, high = (scattering_distance(x, y, bank) for x, y in pairs)
            gaps.append((4 * high - low) / 3 - plane_limit(xi, M, J, angles))
        # relative to the largest sensitivity, so that a packet of sensitivity 0 counts too
        most = float(np.abs(gaps).max() / (eps * STEEPEST * L))
        checks.append(Check(f"{name}: off the law, worse of two packets", most, 0, 0.02))
    return Evidence(tuple(checks))
