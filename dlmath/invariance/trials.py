"""What the theorems are tried on: signals with little in common, and ways to spoil the network."""

from collections.abc import Callable

import numpy as np

from dlmath.data import photo
from dlmath.invariance.cascade import average, layers
from dlmath.invariance.filters import FilterBank

NONLINEARITIES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "modulus": np.abs,
    "real part": np.real,
    "square": lambda z: np.abs(z) ** 2,
    # keeps the energy of an analytic band, and is real, but not positive
    "real part, energy kept": lambda z: np.sqrt(2) * np.real(z),
}


def signals(n: int, seed: int) -> dict[str, np.ndarray]:
    """Five real signals of length ``n``: noise, spikes, a step, a row of a photograph, a tone."""
    rng = np.random.default_rng(seed)
    row = photo("camera")[256, :n]
    return {
        "white noise": rng.standard_normal(n),
        "spikes": (rng.random(n) < 0.04).astype(float),
        "step": np.repeat([0.0, 1.0], [n - n // 3, n // 3]),
        "row of a photograph": row - row.mean(),
        "tone": np.cos(2 * np.pi * (n // 5) * np.arange(n) / n),
    }


def without_lowpass(bank: FilterBank) -> FilterBank:
    """The same frame with its low-pass filter counted among the wavelets: nothing is averaged."""
    wavelets = np.concatenate([bank.psi, bank.phi[None]])
    return FilterBank(np.zeros_like(bank.phi), wavelets, (*bank.j, max(bank.j)))


def times(bank: FilterBank, factor: float) -> FilterBank:
    """The bank with every filter, the low-pass one too, multiplied by ``factor``."""
    return FilterBank(bank.phi * factor, bank.psi * factor, bank.j)


def stretch(
    x: np.ndarray,
    y: np.ndarray,
    bank: FilterBank,
    order: int,
    nonlinearity: Callable[[np.ndarray], np.ndarray] = np.abs,
) -> float:
    """How far the scattering vector moves for how far the signal does: the ratio of the norms."""
    pairs = zip(
        layers(x, bank, order, nonlinearity), layers(y, bank, order, nonlinearity), strict=True
    )
    moved = [np.linalg.norm(average(u, bank) - average(v, bank)) for u, v in pairs]
    return float(np.linalg.norm(moved) / np.linalg.norm(x - y))
