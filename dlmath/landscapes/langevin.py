"""Langevin chains, ten thousand as one tensor, and two wells joined by a tube.

A chain follows ``dw = -grad V dt + sqrt(2 T) dB`` in steps, to ``w - step grad V`` and noise of
variance ``2 T step`` in each direction.
The tensors may live on the CPU or on a GPU; the generator must live where they do.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Field = Callable[[Tensor], Tensor]


def langevin(
    gradient: Field,
    start: Tensor,
    *,
    T: float,
    step: float,
    steps: int,
    generator: torch.Generator,
    potential: Field | None = None,
    watch: Callable[[int, Tensor], None] | None = None,
) -> Tensor:
    """Move all chains at once.

    Args:
        gradient: The gradient of V at each chain, (R, d) to (R, d).
        start: Where the chains begin, of shape (R, d).
        T: Temperature, 0 or more.
        step: Length of a step in time.
        steps: How many steps.
        generator: Source of the noise, on the device of ``start``.
        potential: V itself, (R, d) to (R,). If given, each step is put to Metropolis's test, and
            the Gibbs law is left exactly invariant (MALA). Then T must be positive.
        watch: ``watch(k, w)`` is called after step k = 1, ..., steps.

    Returns:
        The chains at the end, of shape (R, d).

    Raises:
        ValueError: If the start is no matrix, or T, step or steps are out of range.
    """
    if start.ndim != 2:
        raise ValueError(f"start: wanted shape (chains, dimension), got {tuple(start.shape)}")
    if T < 0 or step <= 0 or steps < 0 or (potential is not None and T == 0):
        raise ValueError(
            f"wanted T >= 0 (T > 0 with a potential), step > 0, steps >= 0; "
            f"got T = {T}, step = {step}, steps = {steps}"
        )
    w, noise = start.clone(), torch.empty_like(start)
    size = math.sqrt(2 * T * step)
    walk = _Adjusted(gradient, potential, T, step) if potential is not None else None
    for k in range(1, steps + 1):
        noise.normal_(generator=generator)
        w = w - step * gradient(w) + size * noise if walk is None else walk(w, noise, generator)
        if watch is not None:
            watch(k, w)
    return w


class _Adjusted:
    """Steps under Metropolis's test; the value and the gradient of the last place are kept."""

    def __init__(self, gradient: Field, potential: Field, T: float, step: float) -> None:
        self.gradient, self.potential, self.T, self.step = gradient, potential, T, step
        self.g: Tensor | None = None

    def __call__(self, w: Tensor, noise: Tensor, generator: torch.Generator) -> Tensor:
        """One step; chains whose test fails stay where they are."""
        T, step = self.T, self.step
        if self.g is None:
            self.g, self.v = self.gradient(w), self.potential(w)
        new = w - step * self.g + math.sqrt(2 * T * step) * noise
        g, v = self.gradient(new), self.potential(new)
        back = (w - new + step * g).square().sum(1) / (4 * T * step)
        odds = (self.v - v) / T - back + noise.square().sum(1) / 2
        draw = torch.empty_like(v).exponential_(generator=generator)
        taken = odds > -draw
        self.g = torch.where(taken[:, None], g, self.g)
        self.v = torch.where(taken, v, self.v)
        return torch.where(taken[:, None], new, w)


@dataclass(frozen=True)
class Tube:
    """Two wells of equal shape along x, and a tube around the line that joins them.

    ``V(x, y) = U(x) + tilt (1 + s(x)) / 2 + |y|^2 / (2 sigma(x)^2)``, ``sigma = ratio^(s / 2)``, y
    in R^d. U has minima 0 at x = -1 and 1 and the height at 0; s is -1 up to x = -1/2 and 1 from
    1/2 on. So the well on the right is wider by the ratio, in d directions, and higher by the tilt.

    Attributes:
        dimension: d, 0 or more.
        ratio: Width of the right tube over that of the left one.
        height: Height of the barrier of U.
        tilt: How much higher the wide well lies.
    """

    dimension: int
    ratio: float = 1.25
    height: float = 2.0
    tilt: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no tube."""
        if self.dimension < 0 or self.ratio <= 0 or self.height <= 0:
            raise ValueError(
                "wanted dimension >= 0, ratio > 0, height > 0; got "
                f"{self.dimension}, {self.ratio}, {self.height}"
            )

    def side(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The sign s of a place, smoothed, and its derivative."""
        z = (2 * x).clamp(-1, 1)
        q = z * z
        return z * (15 - q * (10 - 3 * q)) / 8, 15 / 4 * (1 - q) ** 2

    def floor(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The floor U and its derivative: a double well between -1 and 1, parabolas outside."""
        inner, far = x.clamp(-1, 1), x - x.clamp(-1, 1)
        bend = 1 - inner * inner
        h = self.height
        return h * (bend * bend + 4 * far * far), h * (8 * far - 4 * inner * bend)

    def potential(self, w: Tensor) -> Tensor:
        """V at each row (x, y) of w."""
        s, _ = self.side(w[:, 0])
        u, _ = self.floor(w[:, 0])
        round_ = w[:, 1:].square().sum(1) * self.ratio**-s / 2
        return u + self.tilt * (1 + s) / 2 + round_

    def gradient(self, w: Tensor) -> Tensor:
        """The gradient of V at each row of w."""
        s, ds = self.side(w[:, 0])
        _, du = self.floor(w[:, 0])
        stiff = self.ratio**-s
        squeeze = math.log(self.ratio) / 2 * w[:, 1:].square().sum(1) * stiff
        along = du + ds * (self.tilt / 2 - squeeze)
        return torch.cat([along[:, None], w[:, 1:] * stiff[:, None]], 1)

    def free_energy(self, x: Tensor, T: float) -> Tensor:
        """``-T log`` of the density of x, up to a constant: the floor less T d log sigma."""
        s, _ = self.side(x)
        u, _ = self.floor(x)
        return u + self.tilt * (1 + s) / 2 - T * self.dimension * math.log(self.ratio) / 2 * s

    def shares(self, T: float) -> tuple[float, float, float]:
        """Gibbs mass of x < -1/2, of the passage between, and of x > 1/2, by quadrature."""
        x = torch.linspace(-6, 6, 24_001, dtype=torch.float64)
        f = self.free_energy(x, T)
        p = torch.exp((f.min() - f) / T)
        p = p / p.sum()
        left, right = float(p[x < -0.5].sum()), float(p[x > 0.5].sum())
        return left, 1 - left - right, right

    def start(self, chains: int, T: float, generator: torch.Generator, wide: float = 0.5) -> Tensor:
        """Chains at the bottoms of the wells, y drawn from the local law; a share is wide."""
        w = torch.empty(chains, 1 + self.dimension, device=generator.device)
        w.normal_(generator=generator)
        w[:, 0] = -1.0
        w[: round(wide * chains), 0] = 1.0
        w[:, 1:] *= math.sqrt(T) * self.ratio ** (w[:, :1] / 2)
        return w


def first_passage(
    gradient: Field,
    start: Tensor,
    level: float,
    *,
    T: float,
    step: float,
    steps: int,
    generator: torch.Generator,
) -> Tensor:
    """When each one-dimensional chain first is at the level or above, in time; inf if never.

    Raises:
        ValueError: If the chains are not one-dimensional.
    """
    if start.ndim != 2 or start.shape[1] != 1:
        raise ValueError(f"start: wanted shape (chains, 1), got {tuple(start.shape)}")
    times = torch.full((len(start),), math.inf, dtype=torch.float64, device=start.device)
    live, w, done = torch.arange(len(start), device=start.device), start, 0
    while done < steps and len(live):
        block = min(200, steps - done)
        first = torch.zeros(len(live), dtype=torch.float64, device=start.device)

        def note(k: int, at: Tensor, done: int = done, first: Tensor = first) -> None:
            first[(first == 0) & (at[:, 0] >= level)] = (done + k) * step

        w = langevin(gradient, w, T=T, step=step, steps=block, generator=generator, watch=note)
        times[live[first > 0]] = first[first > 0]
        live, w, done = live[first == 0], w[first == 0], done + block
    return times
