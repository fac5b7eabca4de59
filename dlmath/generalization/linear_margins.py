"""Linear rules of bounded norm: how far their ramp losses can follow coin flips, exactly.

The examples lie in the plane and stand for a finite population, so that true risks are sums.
"""

from dataclasses import dataclass

import numpy as np

from dlmath.generalization.spectral_margins import ramp


@dataclass(frozen=True)
class Uniformity:
    """What many samples from one population gave; arrays of one entry a sample.

    Attributes:
        gap: Largest true loss less sample loss, over the rules.
        losses: Rademacher correlation of the losses with one draw of signs.
        rules: That of the rules themselves.
        size: The Frobenius norm of the sample.
    """

    gap: np.ndarray
    losses: np.ndarray
    rules: np.ndarray
    size: np.ndarray


def rules(radius: float, angles: int = 180, radii: int = 10) -> np.ndarray:
    """A grid of the disk of weights, of shape (angles * radii + 1, 2)."""
    angle = np.linspace(0, 2 * np.pi, angles, endpoint=False)
    unit = np.column_stack([np.cos(angle), np.sin(angle)])
    sizes = radius * np.arange(1, radii + 1) / radii
    return np.vstack([np.zeros((1, 2)), *(r * unit for r in sizes)])


def population(N: int, seed: int, flips: float = 0.2) -> np.ndarray:
    """Examples in the plane with their labels absorbed, of shape (N, 2): y x."""
    rng = np.random.default_rng([seed, 21])
    x = rng.standard_normal((N, 2))
    x /= np.linalg.norm(x, axis=1).mean()
    y = np.where(rng.random(N) < flips, -1.0, 1.0) * np.sign(x @ [1.0, 0.5])
    return y[:, None] * x


def uniformity(
    Z: np.ndarray,
    radius: float,
    gamma: float,
    *,
    n: int,
    samples: int,
    seed: int,
    indicator: bool = False,
) -> Uniformity:
    """Draw samples with replacement and record what the rules can do on each.

    Args:
        Z: The population, of shape (N, 2), labels absorbed.
        radius: Largest norm of a rule.
        gamma: Width of the ramp.
        n: Examples a sample.
        samples: How many.
        seed: Of the draws.
        indicator: Count errors in place of the ramp.
    """
    rng = np.random.default_rng([seed, 22])
    values = rules(radius) @ Z.T
    loss = (values <= 0).astype(float) if indicator else ramp(values, gamma)
    true = loss.mean(1)
    found = np.empty((4, samples))
    for k in range(samples):
        chosen = rng.integers(0, len(Z), n)
        sign = rng.choice([-1.0, 1.0], n)
        here = loss[:, chosen]
        found[:, k] = (
            (true - here.mean(1)).max(),
            ((here - 1) @ sign).max() / n,  # less the loss of w = 0, whose mean is 0
            radius * np.linalg.norm(sign @ Z[chosen]) / n,
            np.linalg.norm(Z[chosen]),
        )
    return Uniformity(*found)
