r"""The scattering transform: wavelet, modulus, wavelet, modulus, average.

$$S_0 x = x\star\phi_J, \qquad S_1 x(\lambda_1) = |x\star\psi_{\lambda_1}|\star\phi_J, \qquad
S_2 x(\lambda_1,\lambda_2) = ||x\star\psi_{\lambda_1}|\star\psi_{\lambda_2}|\star\phi_J, \dots$$

sampled at stride $2^J$ (Mallat, *Group invariant scattering*, 2012; Bruna and Mallat, *Invariant
scattering convolution networks*, 2013).  With ``bank="kymatio"`` the coefficients are those of
kymatio 0.3 (Andreux et al., 2020), evaluated faster; ``engine="kymatio"`` runs kymatio itself.
With ``bank="tight"`` convolutions are periodic and the filters a tight frame: $2^J S$ in two
dimensions, $2^{J/2} S$ in one, is a contraction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import product
from typing import Any, NamedTuple

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from dlmath.invariance._arguments import as_signals, check_options, check_size, over_batch
from dlmath.invariance._bank import check_int
from dlmath.invariance._filters_1d import kymatio_filters, tight_filters
from dlmath.invariance._tree import Place, scatter
from dlmath.invariance.scattering_1d import kymatio_plan_1d, tight_plan_1d
from dlmath.invariance.scattering_2d import kymatio_plan, tight_plan

__all__ = ["Path", "Path1d", "paths", "paths1d", "scattering1d", "scattering2d"]


class Path(NamedTuple):
    """Scales and orientations that one channel of `scattering2d` has passed through."""

    order: int
    j: tuple[int, ...]
    theta: tuple[int, ...]


class Path1d(NamedTuple):
    """Filters that one channel of `scattering1d` has passed through.

    Attributes:
        order: How many.
        n: Index of each in its bank.
        j: Log-stride (kymatio's bank) or octave (tight bank) of each.
        xi: Centre frequency of each, in radians per sample.
    """

    order: int
    n: tuple[int, ...]
    j: tuple[int, ...]
    xi: tuple[float, ...]


def scattering2d(
    x: Tensor | ArrayLike,
    J: int,
    *,
    L: int = 8,
    order: int = 2,
    bank: str = "kymatio",
    engine: str = "dlmath",
    every_path: bool = False,
) -> Tensor:
    r"""Return the scattering coefficients of images.

    Args:
        x: Real images of shape (..., H, W): a tensor (float32 or float64; integers become the
            default float), an array or nested lists.
        J: Log-scale of the average, with $2^J \le H, W$; the tight bank wants $2^J$ to divide
            both.
        L: Orientations in a half circle.
        order: Length of the longest paths: 1 or 2 with kymatio's bank, any with the tight bank.
        bank: ``"kymatio"`` (Morlets, reflected at the border) or ``"tight"`` (periodic).
        engine: ``"dlmath"`` or ``"kymatio"``.
        every_path: With the tight bank, keep the paths whose scales do not grow too: only all
            paths together keep the energy.

    Returns:
        A tensor of shape (..., K, H // 2^J, W // 2^J), of the dtype and on the device of ``x``,
        differentiable; ``paths(J, L, order)`` describes its K channels.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If ``x`` is too small or not finite, or an option is unknown.

    Example:
        >>> scattering2d(torch.ones(3, 32, 32), 2).shape
        torch.Size([3, 81, 8, 8])
    """
    J, order = check_options(J, order, bank=bank, engine=engine, every_path=every_path)
    x, L = as_signals(x, 2), check_int("L", L)
    shape, place = (x.shape[-2], x.shape[-1]), Place(x.dtype, x.device)
    check_size(shape, J, bank)
    with torch.inference_mode(False):  # plans are kept: they must serve training too
        if engine == "kymatio":
            evaluate = _kymatio_2d(J, shape, L, order, place)
        elif bank == "kymatio":
            evaluate = partial(scatter, plan=kymatio_plan(shape, J, L, order, place))
        else:
            evaluate = partial(
                scatter, plan=tight_plan(shape, J, L, order, place, every_path=every_path)
            )
    return over_batch(evaluate, x, 2, len(paths(J, L, order, every_path=every_path)), J)


def scattering1d(
    x: Tensor | ArrayLike,
    J: int,
    *,
    Q: int = 8,
    order: int = 2,
    bank: str = "kymatio",
    engine: str = "dlmath",
    every_path: bool = False,
) -> Tensor:
    r"""Return the scattering coefficients of signals on the line.

    Args:
        x: Real signals of shape (..., N): a tensor, an array or nested lists, as in
            `scattering2d`.
        J: Log-scale of the average, with $2^J \le N$; the tight bank wants $2^J$ to divide N.
        Q: Filters per octave at the first order (kymatio's bank has one at the second), or at
            every order (tight bank).
        order: Length of the longest paths: 1 or 2 with kymatio's bank, any with the tight bank.
        bank: ``"kymatio"`` (Morlets, reflected at the border) or ``"tight"`` (periodic).
        engine: ``"dlmath"`` or ``"kymatio"``.
        every_path: With the tight bank, keep the paths whose frequencies do not fall too.

    Returns:
        A tensor of shape (..., K, N / 2^J), of the dtype and on the device of ``x``,
        differentiable; ``paths1d(J, Q, order)`` describes its K channels.  (Kymatio rounds the
        last length up or down according to its padding.)

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If ``x`` is too short or not finite, or an option is unknown.

    Example:
        >>> scattering1d(torch.ones(2, 256), 4, Q=1).shape
        torch.Size([2, 13, 16])
    """
    J, order = check_options(J, order, bank=bank, engine=engine, every_path=every_path)
    x, Q = as_signals(x, 1), check_int("Q", Q)
    N, place = x.shape[-1], Place(x.dtype, x.device)
    check_size((N,), J, bank)
    with torch.inference_mode(False):
        if engine == "kymatio":
            evaluate = _kymatio_1d(J, N, Q, order, place)
        elif bank == "kymatio":
            evaluate = partial(scatter, plan=kymatio_plan_1d(N, J, Q, order, place))
        else:
            evaluate = partial(
                scatter, plan=tight_plan_1d(N, J, Q, order, place, every_path=every_path)
            )
    channels = len(paths1d(J, Q, order, bank=bank, every_path=every_path))
    return over_batch(evaluate, x, 1, channels, J)


def paths(J: int, L: int = 8, order: int = 2, *, every_path: bool = False) -> tuple[Path, ...]:
    r"""Describe the channels of `scattering2d`, in their order.

    Args:
        J: Log-scale of the average.
        L: Orientations in a half circle.
        order: Length of the longest paths.
        every_path: Whether scales need not grow along a path.

    Returns:
        One `Path` a channel: by order, then lexicographically by $(j_1, \theta_1, j_2, \dots)$.

    Raises:
        TypeError: If ``J``, ``L`` or ``order`` is not an integer.
        ValueError: If one of them is too small.

    Example:
        >>> len(paths(2)), paths(2, 1)[3]
        (81, Path(order=2, j=(0, 1), theta=(0, 0)))
    """
    letters = list(product(range(check_int("J", J)), range(check_int("L", L))))
    words = _words([letters] * check_int("order", order, 0), lambda a, b: every_path or b[0] > a[0])
    return tuple(Path(len(w), tuple(j for j, _ in w), tuple(t for _, t in w)) for w in words)


def paths1d(
    J: int, Q: int = 8, order: int = 2, *, bank: str = "kymatio", every_path: bool = False
) -> tuple[Path1d, ...]:
    """Describe the channels of `scattering1d`, in their order.

    Args:
        J: Log-scale of the average.
        Q: Filters per octave.
        order: Length of the longest paths.
        bank: ``"kymatio"`` or ``"tight"``.
        every_path: Whether frequencies need not fall along a path.

    Returns:
        One `Path1d` a channel: by order, then lexicographically by filters.

    Raises:
        TypeError: If ``J``, ``Q`` or ``order`` is not an integer.
        ValueError: If one of them is too small or ``bank`` is unknown.
    """
    J, order = check_options(J, order, bank=bank, every_path=every_path)
    Q = check_int("Q", Q)
    if bank == "kymatio":
        banks = [kymatio_filters(J, Q), kymatio_filters(J, 1)][:order]
    else:
        banks = [tight_filters(J, Q)] * order

    def follows(a: tuple[int, Any], b: tuple[int, Any]) -> bool:
        return every_path or (b[1].j > a[1].j if bank == "kymatio" else b[0] > a[0])

    words = _words([list(enumerate(filters)) for filters in banks], follows)
    return tuple(
        Path1d(len(w), tuple(n for n, _ in w), tuple(f.j for _, f in w), tuple(f.xi for _, f in w))
        for w in words
    )


def _words(alphabets: Sequence[Sequence[Any]], follows: Callable[[Any, Any], bool]) -> list[tuple]:
    """All words, by length: letter d from alphabet d, each a follower of the one before it."""
    found: list[list[tuple]] = [[()]]
    for letters in alphabets:
        found.append([(*w, b) for w in found[-1] for b in letters if not w or follows(w[-1], b)])
    return [word for words in found for word in words]


@lru_cache(maxsize=8)
def _kymatio_2d(
    J: int, shape: tuple[int, int], L: int, order: int, place: Place
) -> Callable[[Tensor], Tensor]:
    # kymatio.torch needs scipy < 1.17: this entry loads the two-dimensional front end alone
    from kymatio import Scattering2D

    transform: Any = Scattering2D(J, shape, L=L, max_order=order, frontend="torch")
    transform.to(place.device, place.dtype)
    return lambda x: transform(x.contiguous())


@lru_cache(maxsize=8)
def _kymatio_1d(J: int, N: int, Q: int, order: int, place: Place) -> Callable[[Tensor], Tensor]:
    from kymatio import Scattering1D

    transform: Any = Scattering1D(J, N, Q=Q, max_order=order, frontend="torch")
    transform.to(place.device, place.dtype)
    return lambda x: transform(x.contiguous())
