"""Moves of the neurons of a two-layer network that do not change its function.

A network with p neurons is ``[W, U]``, with ``f(x) = U rho(W x)``: row j of W, of shape (p, n),
leads into neuron j and column j of U, of shape (m, p), out of it.
"""

from collections.abc import Sequence

import numpy as np

from dlmath.landscapes.paths import Leg, Path, Weights, straight


class Walk:
    """A walk through the weights, leg by leg, that refuses to carry a neuron that is heard.

    Args:
        weights: Where it begins: W of shape (p, n) and U of shape (m, p).

    Attributes:
        W: The weights into the neurons, where the walk stands.
        U: The weights out of them.
        legs: The legs walked so far.

    Raises:
        ValueError: If the two matrices are not of one width.

    Example:
        >>> walk = Walk([np.array([[1.0], [2.0]]), np.array([[3.0, 0.0]])])
        >>> walk.carry({1: np.array([1.0])}).share(np.array([[1.0, 2.0]]))
        >>> [leg.name for leg in walk.legs]
        ['carry', 'share']
    """

    def __init__(self, weights: Weights) -> None:
        """Stand at the start."""
        self.W, self.U = (np.array(part, float) for part in weights)
        if self.W.ndim != 2 or self.U.ndim != 2 or self.U.shape[1] != len(self.W):
            raise ValueError(
                "weights: wanted W of shape (p, n) and U of shape (m, p), "
                f"got {self.W.shape} and {self.U.shape}"
            )
        self.legs: list[Leg] = []

    def _to(self, name: str, W: np.ndarray, U: np.ndarray) -> None:
        """Walk straight to other weights, unless they are these."""
        if not (np.array_equal(W, self.W) and np.array_equal(U, self.U)):
            self.legs.append(straight(name, [self.W, self.U], [W, U]))
        self.W, self.U = W, U

    def carry(self, places: dict[int, np.ndarray], name: str = "carry") -> "Walk":
        """Move neurons whose output weights are zero: the function does not change.

        Raises:
            ValueError: If one of them has an output weight that is not zero.
        """
        W = self.W.copy()
        for j, w in places.items():
            if self.U[:, j].any() and not np.array_equal(w, W[j]):
                raise ValueError(f"neuron {j}: wanted output weights 0 to carry it")
            W[j] = w
        self._to(name, W, self.U)
        return self

    def share(self, U: np.ndarray, name: str = "share") -> None:
        """Walk straight to other output weights."""
        self._to(name, self.W, np.array(U, float))

    def hand_over(self, j: int, c: int) -> None:
        """Let the silent neuron c take the place of j: two legs, after which j is silent."""
        self.carry({c: self.W[j]})
        U = self.U.copy()
        U[:, c] += U[:, j]
        U[:, j] = 0
        self.share(U)

    def path(self) -> Path:
        """The legs as a path; one that stays where it is if there are none."""
        stay = straight("stay", [self.W, self.U], [self.W, self.U])
        return Path(self.legs or [stay])


def rearrange(walk: Walk, where: Sequence[int], spare: int) -> int:
    """Bring the neuron that stands in slot ``j`` to slot ``where[j]``, through a spare neuron.

    Args:
        walk: The walk; it goes on, two legs a move.
        where: For each slot the slot to which its neuron is to go: a permutation.
        spare: A slot whose output weights are zero; its neuron need not get where it is sent.

    Returns:
        The slot that is spare in the end.

    Raises:
        ValueError: If ``where`` is no permutation of the slots, or the spare one is heard.
    """
    goal = np.array(where)
    if sorted(goal.tolist()) != list(range(len(walk.W))):
        raise ValueError(f"where: wanted a permutation of {len(walk.W)} slots, got {where}")
    if walk.U[:, spare].any():
        raise ValueError(f"spare: wanted a neuron of output weight 0, got {spare}")
    stands = goal.copy()  # stands[j]: the goal of the neuron now in slot j
    while True:
        heard = [j for j in range(len(goal)) if j != spare and stands[j] != j]
        if not heard:
            return spare
        # Fill the spare slot with the neuron that belongs there, else free any wrong slot.
        come = [j for j in heard if stands[j] == spare] or heard[:1]
        walk.hand_over(come[0], spare)
        stands[spare], stands[come[0]] = stands[come[0]], stands[spare]
        spare = come[0]


def swap(weights: Weights, i: int, j: int, spare: int) -> Path:
    """Exchange two neurons while the function stays: six legs, through a spare neuron.

    Args:
        weights: W of shape (p, n) and U of shape (m, p).
        i: A neuron.
        j: Another.
        spare: A third one, whose output weights are zero.

    Raises:
        ValueError: If the three are not different, or the spare one is heard.
    """
    if len({i, j, spare}) < 3:
        raise ValueError(f"wanted three different neurons, got {i}, {j} and {spare}")
    walk = Walk(weights)
    where = np.arange(len(walk.W))
    where[[i, j]] = [j, i]
    home = walk.W[spare]
    end = rearrange(walk, where.tolist(), spare)
    walk.carry({end: home}, "return")
    return walk.path()


def reflect(target: np.ndarray) -> Path:
    """Swap two neurons of a linear network of width q that has no neuron to spare.

    The data are the unit vectors of R^q, the network fits the target, and the path passes the
    nearest singular matrix: the loss |U W - target|^2 rises to the square of the target's smallest
    singular value, and no path can do with less.

    Args:
        target: An invertible matrix, of shape (q, q), q at least 2.
    """
    A, s, B = np.linalg.svd(target)
    walk = Walk([B, A * s])
    q = len(s)
    U = walk.U.copy()
    U[:, -1] = 0
    walk.share(U, "silence")
    walk.carry({q - 1: -B[-1]}, "turn round")
    U = U.copy()
    U[:, -1] = -s[-1] * A[:, -1]
    walk.share(U, "speak up")
    W = walk.W

    def turn(t: float) -> list[np.ndarray]:
        R = np.eye(q)
        c, d = np.cos(np.pi / 2 * t), np.sin(np.pi / 2 * t)
        R[-2:, -2:] = [[c, -d], [d, c]]
        return [R @ W, U @ R.T]

    return Path([*walk.legs, Leg("rotate", turn)])


def swap_by_silencing(weights: Weights, i: int, j: int, outputs: np.ndarray) -> Path:
    """Swap two neurons where none is spare: silence j, at a cost, and use it as the spare one.

    Args:
        weights: W of shape (p, n) and U of shape (m, p).
        i: A neuron.
        j: The neuron to be silenced.
        outputs: The weights U to go on with meanwhile; column j is zero.
    """
    walk = Walk(weights)
    W, U = walk.W, walk.U
    where = list(range(len(W)))
    where[i], where[j] = j, i
    walk.share(outputs, "silence")
    end = rearrange(walk, where, j)
    walk.carry({end: W[j]}, "return")
    walk.share(U[:, where], "speak up")
    return walk.path()
