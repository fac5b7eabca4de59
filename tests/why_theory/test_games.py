import itertools

import pytest

from dlmath.why_theory import games


def brute(game, at, symbol=None):
    """Minimax without memory: the definition."""
    after = game.moves(at)
    if not after:
        return game.score(at)
    return (max if game.first_moves(at) else min)(brute(game, p) for p in after)


def given(after, first):
    return after


@pytest.mark.parametrize(("b", "depth"), [(1, 3), (2, 1), (2, 5), (3, 4)])
@pytest.mark.parametrize(
    "order", [games.best_first, games.worst_first, lambda g: games.shuffled(3), lambda g: given]
)
def test_alpha_beta_finds_the_value_in_every_order(b, depth, order):
    game = games.uniform_game(b, depth, seed=5)
    value, leaves = games.alpha_beta(game, order(game))
    assert value == game.value(game.start) == brute(game, game.start)
    assert sum(games.proof_sizes(game)) - 1 <= leaves <= b**depth


def test_without_cuts_every_leaf_is_seen():
    game = games.uniform_game(3, 4)
    assert games.alpha_beta(game, given, cut=False) == (game.value(game.start), 81)


def test_the_shortest_proofs_by_exhaustion():
    """Every set of leaves of a small game, tried as a proof."""
    game = games.uniform_game(2, 3, seed=1)
    leaves, value = range(8), game.value(game.start)

    def proves(kept, lower):
        def worth(at):
            after = game.moves(at)
            if not after:
                bad = -10.0 if lower else 10.0
                return game.score(at) if at[1] in kept else bad
            return (max if game.first_moves(at) else min)(map(worth, after))

        return worth(game.start) >= value if lower else worth(game.start) <= value

    shortest = [
        min(
            n
            for n in range(1, 9)
            for kept in itertools.combinations(leaves, n)
            if proves(kept, lower)
        )
        for lower in (True, False)
    ]
    assert games.proof_sizes(game) == tuple(shortest)


def test_tic_tac_toe_counted_by_another_program():
    game = games.tic_tac_toe()
    boards = {
        board for board in map("".join, itertools.product(".XO", repeat=9)) if reachable(board)
    }
    assert games.positions(game) == boards
    assert len(boards) == 5478
    assert games.count_plays(game) == 255_168
    assert game.value(game.start) == 0


def wins(board, mark):
    return [line for line in games.LINES if all(board[i] == mark for i in line)]


def reachable(board):
    """Turns alternate, and the last move was in each of the winner's lines."""
    crosses, noughts = board.count("X"), board.count("O")
    if crosses - noughts not in (0, 1):
        return False
    x, o = wins(board, "X"), wins(board, "O")
    if x and o:
        return False
    if x:
        return crosses == noughts + 1 and bool(set.intersection(*map(set, x)))
    return not o or (crosses == noughts and bool(set.intersection(*map(set, o))))


def test_symmetries_form_groups_and_classes_partition():
    boards = games.positions(games.tic_tac_toe())
    for group, size in ((games.square_symmetries(), 8), (games.column_shifts(), 3)):
        closed = {tuple(g[i] for i in h) for g in group for h in group}
        assert closed == set(group)
        assert len(group) == size
    orbits = {frozenset(games.act(g, b) for g in games.square_symmetries()) for b in boards}
    assert games.count_orbits(boards, games.square_symmetries()) == len(orbits) == 765
    assert sum(map(len, orbits)) == len(boards)


@pytest.mark.parametrize(("b", "depth"), [(0, 3), (2, 0)])
def test_a_game_needs_moves_and_turns(b, depth):
    with pytest.raises(ValueError, match="wanted branching >= 1 and depth >= 1"):
        games.uniform_game(b, depth)
