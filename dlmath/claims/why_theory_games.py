"""The theorems of the opening chapter on games, measured."""

import numpy as np

from dlmath.ledger import Check, Evidence, claim
from dlmath.why_theory import games


@claim(
    "alpha-beta-leaves",
    source="knuth1975analysis",
    breaks={
        "moves tried in random order": dict(order="random"),
        "nothing cut off": dict(cut=False),
    },
)
def alpha_beta_leaves(*, order: str = "best first", cut: bool = True, seed: int = 0) -> Evidence:
    r"""Let a finite game of two players, who move in turn, have the value $v$, and let $\ell_+$ and
    $\ell_-$ be the fewest leaves of a proof that its value is at least $v$, and at most $v$.
    Whatever finds $v$ by looking at leaves, and is right for all scores, looks at
    $\ell_+ + \ell_- - 1$ of them or more.
    With $b$ moves at each of $D$ turns this is $b^{\lceil D/2\rceil} + b^{\lfloor D/2\rfloor} - 1$,
    and alpha-beta search that tries the best move first looks at exactly so many.
    """
    sizes = ((2, 8), (3, 6), (4, 5), (5, 5))
    checks, wrong = [], []
    for b, depth in sizes:
        game = games.uniform_game(b, depth, seed)
        tried = games.best_first(game) if order == "best first" else games.shuffled(seed)
        value, seen = games.alpha_beta(game, tried, cut=cut)
        checks.append(Check(f"leaves, {b} moves, {depth} turns", seen, _fewest(b, depth), 0))
        wrong.append(value - game.value(game.start))
        wrong.append(sum(games.proof_sizes(game)) - 1 - _fewest(b, depth))
    small = [(2, 3), (3, 2)]
    tried = [games.fewest_leaves(games.uniform_game(b, D, seed)) - _fewest(b, D) for b, D in small]
    board = games.tic_tac_toe()
    _, taken = games.alpha_beta(board, games.best_first(board))
    needed = sum(games.proof_sizes(board)) - 1
    return Evidence(
        (
            *checks,
            Check("value less minimax, two proofs less the formula", np.abs(wrong).max(), 0, 0),
            Check("fewest of all sets of leaves, less the formula", np.abs(tried).max(), 0, 0),
            Check("leaves in tic-tac-toe, best move first", taken, needed, 0, ">="),
        )
    )


def _fewest(b: int, turns: int) -> int:
    return b ** -(-turns // 2) + b ** (turns // 2) - 1


@claim(
    "game-symmetry",
    source="burnside1911theory",
    breaks={"a group that is no symmetry of the game": dict(group="column shifts")},
)
def game_symmetry(*, group: str = "square") -> Evidence:
    r"""Let a finite group $G$ permute the positions of a game, such that the moves from $gx$ are
    $g$ of the moves from $x$, and such that $gx$ has the mover of $x$, and its score where the game
    is over. Then $v(gx) = v(x)$ for the value $v$ under best play, and the $N$ positions fall into
    $\frac1{|G|}\sum_g |\{x : gx = x\}| \ge N/|G|$ classes.
    """
    game = games.tic_tac_toe()
    boards = games.positions(game)
    act = {"square": games.square_symmetries, "column shifts": games.column_shifts}[group]()
    carried = [(x, games.act(g, x)) for g in act for x in boards]
    outside = sum(y not in boards for _, y in carried)
    apart = max(abs(game.value(x) - game.value(y)) for x, y in carried if y in boards)
    twisted = sum(
        {games.act(g, y) for y in game.moves(x)} != set(game.moves(games.act(g, x)))
        for g in act
        for x in boards
    )
    classes = games.count_orbits(boards, act)
    return Evidence(
        (
            Check("positions carried out of the game", outside, 0, 0),
            Check("positions whose moves are not carried along", twisted, 0, 0),
            Check("largest difference of value along a class", apart, 0, 0),
            Check("classes", classes, games.mean_fixed(boards, act), 0),
            Check("classes, at least", classes, len(boards) / len(act), 0, ">="),
        ),
        data={"positions": len(boards), "classes": classes, "plays": games.count_plays(game)},
    )
