"""Games of two players: minimax, alpha-beta search, what proves a value, and symmetry.

A game is a tree of positions. At a leaf the game is over and has a score; the first player moves so
as to make it large, the second so as to make it small.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

Position = Any
"""Whatever names a position; it must be hashable."""


@dataclass(frozen=True)
class Game:
    """A finite game of two players with a score at the end.

    Attributes:
        start: The position before the first move.
        moves: The positions that one move leads to, in a fixed order; none where the game is over.
        score: The score of a position where the game is over, as the first player sees it.
        first_moves: Whether it is the first player's turn.
    """

    start: Hashable
    moves: Callable[[Position], Sequence[Position]]
    score: Callable[[Position], float]
    first_moves: Callable[[Position], bool]
    _values: dict[Position, float] = field(default_factory=dict, repr=False, compare=False)

    def value(self, position: Position) -> float:
        """The score under best play from a position: minimax, each position once."""
        if position not in self._values:
            values = [self.value(after) for after in self.moves(position)]
            best = max if self.first_moves(position) else min
            self._values[position] = best(values) if values else self.score(position)
        return self._values[position]


def uniform_game(branching: int, depth: int, seed: int = 0) -> Game:
    """A game with ``branching`` moves at each of ``depth`` turns, and random scores at the end.

    Raises:
        ValueError: If ``branching`` or ``depth`` is less than 1.
    """
    if branching < 1 or depth < 1:
        raise ValueError(
            f"uniform_game: wanted branching >= 1 and depth >= 1, got {branching} and {depth}"
        )
    scores = np.random.default_rng([seed, branching, depth]).standard_normal(branching**depth)

    def moves(position: tuple[int, int]) -> list[tuple[int, int]]:
        turn, place = position
        return [(turn + 1, branching * place + i) for i in range(branching if turn < depth else 0)]

    return Game((0, 0), moves, lambda p: float(scores[p[1]]), lambda p: p[0] % 2 == 0)


LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))
"""The rows, columns and diagonals of the board of tic-tac-toe, its squares numbered by rows."""


def tic_tac_toe() -> Game:
    """Tic-tac-toe: a position is nine letters of ``.XO``; the score is 1 if X wins, -1 if O."""

    def winner(board: str) -> str:
        rows = ("".join(board[i] for i in line) for line in LINES)
        return next((row[0] for row in rows if row in ("XXX", "OOO")), "")

    def first_moves(board: str) -> bool:
        return board.count("X") == board.count("O")

    def moves(board: str) -> list[str]:
        mark = "X" if first_moves(board) else "O"
        free = [] if winner(board) else [i for i, square in enumerate(board) if square == "."]
        return [board[:i] + mark + board[i + 1 :] for i in free]

    def score(board: str) -> float:
        return {"X": 1.0, "O": -1.0, "": 0.0}[winner(board)]

    return Game("." * 9, moves, score, first_moves)


Order = Callable[[Sequence[Position], bool], Sequence[Position]]
"""``order(positions, first_moves)``: the positions in the order in which to look at them."""


def alpha_beta(game: Game, order: Order, *, cut: bool = True) -> tuple[float, int]:
    """The value of a game by alpha-beta search, and how many leaves were looked at.

    Args:
        game: The game.
        order: The order in which the moves of a position are tried.
        cut: Whether to cut off what can no longer matter; without, this is plain minimax.

    Returns:
        The value of the start, and the number of leaves evaluated, each visit counted.
    """
    leaves = 0

    def search(position: Position, alpha: float, beta: float) -> float:
        nonlocal leaves
        after = game.moves(position)
        if not after:
            leaves += 1
            return game.score(position)
        first = game.first_moves(position)
        best = -np.inf if first else np.inf
        for move in order(after, first):
            best = (max if first else min)(best, search(move, alpha, beta))
            alpha, beta = (max(alpha, best), beta) if first else (alpha, min(beta, best))
            if cut and alpha >= beta:
                break
        return best

    return search(game.start, -np.inf, np.inf), leaves


def best_first(game: Game) -> Order:
    """The perfect order, the mover's best move first; it needs the values, so no program has it."""
    return lambda after, first: sorted(after, key=game.value, reverse=first)


def worst_first(game: Game) -> Order:
    """The order that helps least: the mover's worst move first."""
    return lambda after, first: sorted(after, key=game.value, reverse=not first)


def shuffled(seed: int) -> Order:
    """A new random order at every position."""
    rng = np.random.default_rng(seed)
    return lambda after, first: [after[i] for i in rng.permutation(len(after))]


def proof_sizes(game: Game) -> tuple[int, int]:
    """The fewest leaves that prove the value to be at least what it is, and at most what it is.

    A proof of "at least v" names one move where the first player moves and answers all moves where
    the second does, down to leaves that score at least v.
    """
    value = game.value(game.start)
    found: dict[tuple[Position, bool], int] = {}

    def size(position: Position, lower: bool) -> int:
        key = position, lower
        if key not in found:
            after = game.moves(position)
            chooses = game.first_moves(position) == lower
            good = [
                p for p in after if (game.value(p) >= value if lower else game.value(p) <= value)
            ]
            sizes = [size(p, lower) for p in (good if chooses else after)]
            found[key] = (min(sizes) if chooses else sum(sizes)) if after else 1
        return found[key]

    return size(game.start, True), size(game.start, False)


def fewest_leaves(game: Game) -> int:
    """The least number of leaves that settle the value, by trying every set of leaves.

    A set settles it if the value stays when all other scores are put below it, and above it.
    """
    leaves = [p for p in positions(game) if not game.moves(p)]

    def settles(kept: set[Position]) -> bool:
        for other in (-np.inf, np.inf):
            scores = {p: game.score(p) if p in kept else other for p in leaves}
            changed = Game(game.start, game.moves, scores.__getitem__, game.first_moves)
            if changed.value(game.start) != game.value(game.start):
                return False
        return True

    sizes = range(1, len(leaves) + 1)
    return next(n for n in sizes for kept in combinations(leaves, n) if settles(set(kept)))


def count_plays(game: Game) -> int:
    """The number of ways in which the game can be played to its end: the leaves of its tree."""
    found: dict[Position, int] = {}

    def count(position: Position) -> int:
        if position not in found:
            found[position] = sum(map(count, game.moves(position))) or 1
        return found[position]

    return count(game.start)


def positions(game: Game) -> set[Position]:
    """All positions that can occur, the start among them."""
    seen, fresh = {game.start}, [game.start]
    while fresh:
        after = {p for position in fresh for p in game.moves(position)} - seen
        seen |= after
        fresh = list(after)
    return seen


Permutation = tuple[int, ...]


def square_symmetries() -> list[Permutation]:
    """The eight rotations and reflections of a board of nine squares, as permutations."""
    board = np.arange(9).reshape(3, 3)
    turned = [np.rot90(b, k) for b in (board, board.T) for k in range(4)]
    return [tuple(map(int, b.ravel())) for b in turned]


def column_shifts() -> list[Permutation]:
    """The three cyclic shifts of the columns: a group, but no symmetry of the game."""
    board = np.arange(9).reshape(3, 3)
    return [tuple(map(int, np.roll(board, k, axis=1).ravel())) for k in range(3)]


def act(permutation: Permutation, board: str) -> str:
    """The board with its squares permuted."""
    return "".join(board[i] for i in permutation)


def count_orbits(boards: Iterable[str], group: Sequence[Permutation]) -> int:
    """How many boards there are when those that the group carries into each other count once."""
    return len({min(act(g, board) for g in group) for board in boards})


def mean_fixed(boards: Iterable[str], group: Sequence[Permutation]) -> float:
    """The number of boards that a permutation of the group leaves as they are, on average."""
    boards = list(boards)
    return sum(act(g, board) == board for g in group for board in boards) / len(group)
