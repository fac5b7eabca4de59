"""Every claim of the book holds, fails where it must, and holds for other seeds."""

import pytest

from dlmath.ledger import ledger

CLAIMS = ledger()
BREAKS = [(name, what) for name, claim in CLAIMS.items() for what in claim.breaks]
SEEDS = [(name, seed) for name, claim in CLAIMS.items() if claim.takes_seed for seed in (1, 2, 3)]


def test_the_ledger_is_not_empty():
    assert CLAIMS


@pytest.mark.parametrize("name", CLAIMS)
def test_claim_holds(name):
    evidence = CLAIMS[name]()
    assert evidence.ok, f"\n{evidence}"


@pytest.mark.parametrize(("name", "what"), BREAKS)
def test_break_fails(name, what):
    evidence = CLAIMS[name](**CLAIMS[name].breaks[what])
    assert not evidence.ok, f"\n{evidence}"


@pytest.mark.parametrize(("name", "seed"), SEEDS)
def test_claim_holds_for_another_seed(name, seed):
    evidence = CLAIMS[name](seed=seed)
    assert evidence.ok, f"\n{evidence}"
