"""Minibatches whose examples follow from a seed and the number of the step."""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor


class Batches:
    """Minibatches that depend on the seed and the step alone, so a resumed run needs no state.

    Args:
        n: Number of examples.
        size: Of a batch.
        seeds: One a member of the ensemble; a member's batches do not depend on its companions.
        replace: Draw each example independently. Otherwise a pass takes the examples in a random
            order, and what is left over at its end waits for the next pass.
        device: Where the indices go.

    Raises:
        ValueError: If the size is not between 1 and n, or there is no seed.
    """

    def __init__(
        self,
        n: int,
        size: int,
        seeds: Iterable[int],
        *,
        replace: bool = False,
        device: str | torch.device = "cpu",
    ) -> None:
        """Remember; draw when asked."""
        self.n, self.size, self.seeds, self.replace = n, size, list(seeds), replace
        self.device = device
        if not 1 <= size <= n:
            raise ValueError(f"size: wanted 1 to n = {n}, got {size}")
        if not self.seeds:
            raise ValueError("seeds: wanted at least one, got none")
        self._drawn: tuple[int, Tensor] | None = None

    def __call__(self, step: int) -> Tensor:
        """The indices of the step, of shape (E, size)."""
        turn, place = divmod(step, self.n // self.size)
        if self._drawn is None or self._drawn[0] != turn:
            self._drawn = turn, self._draw(turn)
        return self._drawn[1][:, place]

    def _draw(self, turn: int) -> Tensor:
        """All batches of a pass, of shape (E, batches, size)."""
        count = self.n // self.size
        rngs = [np.random.default_rng([seed, turn]) for seed in self.seeds]
        if self.replace:
            drawn = [rng.integers(self.n, size=count * self.size) for rng in rngs]
        else:
            drawn = [rng.permutation(self.n)[: count * self.size] for rng in rngs]
        indices = np.stack(drawn).reshape(len(rngs), count, self.size)
        return torch.as_tensor(indices, device=self.device)
