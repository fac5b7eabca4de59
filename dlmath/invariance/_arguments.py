"""What may be handed to a scattering transform, and what is said about the rest."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from dlmath.invariance._bank import check_int

BANKS, ENGINES = ("kymatio", "tight"), ("dlmath", "kymatio")


def check_options(
    J: int, order: int, *, bank: str, engine: str = "dlmath", every_path: bool = False
) -> tuple[int, int]:
    """Return ``J`` and ``order`` as plain integers, if the options agree with one another.

    Args:
        J: Log-scale, at least 1.
        order: 1 or 2 with kymatio's bank, 0 or more with the tight bank.
        bank: One of ``BANKS``.
        engine: One of ``ENGINES``; kymatio's runs kymatio's bank only.
        every_path: For the tight bank only.

    Returns:
        ``(J, order)``.

    Raises:
        TypeError: If ``J`` or ``order`` is not an integer.
        ValueError: If an option is unknown, out of range, or at odds with another.
    """
    for name, value, known in (("bank", bank, BANKS), ("engine", engine, ENGINES)):
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(map(repr, known))}, got {value!r}")
    if bank != "kymatio" and engine == "kymatio":
        raise ValueError(f"engine='kymatio' has its own bank: ask for bank='kymatio', not {bank!r}")
    if bank == "kymatio" and every_path:
        raise ValueError("every_path=True needs bank='tight': kymatio's bank keeps growing scales")
    J, order = check_int("J", J), check_int("order", order, 1 if bank == "kymatio" else 0)
    if bank == "kymatio" and order > 2:
        raise ValueError(f"order must be 1 or 2 with bank='kymatio', got {order}: try bank='tight'")
    return J, order


def as_signals(x: Tensor | ArrayLike, dimensions: int) -> Tensor:
    """Return ``x`` as a finite, floating-point tensor with ``dimensions`` or more axes.

    Args:
        x: A tensor, an array or nested lists.
        dimensions: 1 for signals on a line, 2 for images.

    Returns:
        A float32 or float64 tensor; integers become the default float type.

    Raises:
        TypeError: If the values are not real numbers of a supported type.
        ValueError: If there are too few axes, or a value is NaN or infinite.
    """
    if not isinstance(x, Tensor):
        try:
            x = torch.from_numpy(np.array(x))  # a copy: torch accepts no negative strides
        except (TypeError, ValueError) as error:
            raise TypeError(f"x must be a real tensor, array or nested lists: {error}") from error
    if x.dtype in {torch.float16, torch.bfloat16}:
        raise TypeError(f"x must be float32 or float64, got {x.dtype}: pass x.float()")
    if x.is_complex() or x.dtype == torch.bool:
        raise TypeError(f"x must be real numbers, got {x.dtype}: pass a float32 or float64 tensor")
    if not x.is_floating_point():
        x = x.to(torch.get_default_dtype())
    if x.dim() < dimensions:
        wanted = "(..., N)" if dimensions == 1 else "(..., H, W)"
        raise ValueError(f"x must have shape {wanted}, got {tuple(x.shape)}")
    if not bool(torch.isfinite(x).all()):
        bad = x.numel() - int(torch.isfinite(x).sum())
        raise ValueError(
            f"x must be finite, got {bad} NaN or infinite values: clean the data first"
        )
    return x


def check_size(shape: tuple[int, ...], J: int, bank: str) -> None:
    """Refuse grids that the transform cannot be sampled on.

    Args:
        shape: The grid of one signal.
        J: Log-scale of the average.
        bank: One of ``BANKS``.

    Raises:
        ValueError: If a side is less than 2^J or, for the tight bank, not divisible by it.
    """
    if min(shape) < 2**J:
        largest = max(min(shape), 1).bit_length() - 1
        raise ValueError(
            f"each side of x must be at least 2^J = {2**J}, got {shape}: take J <= {largest}"
        )
    if bank == "tight" and any(side % 2**J for side in shape):
        raise ValueError(
            f"bank='tight' needs sides divisible by 2^J = {2**J}, got {shape}: crop x or lower J"
        )


def over_batch(
    evaluate: Callable[[Tensor], Tensor], x: Tensor, dimensions: int, channels: int, J: int
) -> Tensor:
    """Apply a function of (B, *grid) to (..., *grid).

    Args:
        evaluate: The function, to (B, K, *coarse grid).
        x: Signals of shape (..., *grid).
        dimensions: Of the grid.
        channels: K, for a batch that holds nothing.
        J: Log-stride of the coarse grid, likewise.

    Returns:
        A tensor (..., K, *coarse grid).
    """
    batch, grid = x.shape[:-dimensions], x.shape[-dimensions:]
    if math.prod(batch) == 0:
        return x.new_zeros((*batch, channels, *(side >> J for side in grid)))
    out = evaluate(x.reshape(-1, *grid))
    return out.view(*batch, *out.shape[1:])
