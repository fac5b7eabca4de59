import importlib
import math
import subprocess
import sys

import pytest

from dlmath import ledger as book
from dlmath.ledger import LEDGER, Check, Evidence, claim


@pytest.fixture(autouse=True)
def own_ledger(monkeypatch):
    """Each test writes in a ledger of its own."""
    monkeypatch.setattr(book, "LEDGER", {})


def enter(name="a-theorem", breaks=None, source="someone1999", **changes):
    def half(*, value=0.5, seed=0):
        r"""The half is $1/2$."""
        return Evidence((Check("half", value, predicted=0.5, tol=1e-9),))

    for key, value in changes.items():
        setattr(half, key, value)
    return claim(
        name, source=source, breaks={"a third": {"value": 1 / 3}} if breaks is None else breaks
    )(half)


@pytest.mark.parametrize(
    ("measured", "relation", "holds"),
    [
        (1.0, "=", True),
        (1.1, "=", True),
        (1.2, "=", False),
        (0.8, "=", False),
        (1.1, "<=", True),
        (1.2, "<=", False),
        (-9, "<=", True),
        (0.9, ">=", True),
        (0.8, ">=", False),
        (9, ">=", True),
        (math.nan, "=", False),
        (math.nan, "<=", False),
        (math.nan, ">=", False),
        (math.inf, "=", False),
        (math.inf, ">=", True),
    ],
)
def test_relation(measured, relation, holds):
    check = Check("x", measured, predicted=1.0, tol=0.1000001, relation=relation)
    assert check.ok is holds
    assert Evidence((check,)).ok is holds


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"relation": "<"}, "relation: wanted one of"),
        ({"tol": -1.0}, "tol of 'x': wanted a finite number"),
        ({"tol": math.inf}, "tol of 'x'"),
        ({"tol": math.nan}, "tol of 'x'"),
        ({"what": " "}, "what: wanted one line"),
    ],
)
def test_check_that_says_nothing_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        Check(**({"what": "x", "measured": 1, "predicted": 1, "tol": 0} | change))


def test_predicted_nan_never_holds():
    assert not Check("x", 1.0, predicted=math.nan, tol=1.0).ok


def test_empty_evidence_never_holds():
    assert not Evidence(()).ok
    assert str(Evidence(())).startswith("FAILS")
    assert "FAILS" in Evidence(())._repr_html_()


def test_evidence_holds_only_if_every_check_does():
    good, bad = Check("x", 1, 1, 0), Check("y", 2, 1, 0)
    assert Evidence((good,)).holds
    assert not Evidence((good, bad)).holds


def test_evidence_wants_checks():
    with pytest.raises(TypeError, match="wanted Check objects, got bool"):
        Evidence((True,))


def test_lines():
    evidence = Evidence((Check("slope", 1.00234, 1, 0.003), Check("ratio: b/a", 2.5, 2, 0, "<=")))
    assert (
        str(evidence) == "holds  slope: 1.002 = 1 (tol 0.003)\nFAILS  ratio: b/a: 2.5 <= 2 (tol 0)"
    )
    assert repr(evidence) == str(evidence)


def test_a_failing_line_shows_the_digits_that_fail():
    assert "1.0000000001 =" in str(Check("x", 1.0000000001, 1, 1e-12)).replace("0000083", "")


def test_table_is_accessible_and_stable():
    evidence = Evidence((Check("a < b", 1.00234, 1, 0.003, "<="),))
    table = evidence._repr_html_()
    assert table == evidence._repr_html_()
    assert "<caption>" in table
    assert '<th scope="row">a &lt; b</th>' in table
    assert table.count('scope="col"') == 5
    assert "<td data-measured>1.002</td>" in table
    assert "holds" in table


def test_displayed_formulas_of_a_statement_are_blocks():
    @book.claim("a-display", source="someone1999", breaks={"nothing": dict(half=1)})
    def display(half=2):
        """The half is
        $$1/2,$$ and
        the rest $$\\text{is}
        1/2.$$
        """
        return Evidence((Check("half", 1 / half, 0.5, 0),))

    assert display.statement == (
        "The half is\n\n$$\n1/2,\n$$\n\nand\nthe rest\n\n$$\n\\text{is}\n1/2.\n$$"
    )


def test_claim_is_entered_and_called():
    half = enter()
    assert list(book.LEDGER.values()) == [half]
    assert half().ok
    assert not half(**half.breaks["a third"]).ok
    assert half.statement == "The half is $1/2$."
    assert half.source == "someone1999"
    assert half.takes_seed
    assert half.__name__ == "half"
    assert half.name == "a-theorem"
    assert repr(half) == "claim('a-theorem')"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"breaks": {}}, "name at least one break"),
        ({"breaks": {"nothing": {}}}, "changes no argument"),
        ({"breaks": {"typo": {"vaule": 1}}}, r"names \['vaule'\], known are \['seed', 'value'\]"),
        ({"__doc__": ""}, "state the theorem in its docstring"),
        ({"source": ""}, "wanted a key of references.bib"),
    ],
)
def test_claim_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        enter(**change)
    assert book.LEDGER == {}


def test_claim_refuses_a_second_of_the_same_name_but_not_a_reload():
    enter()
    enter()
    with pytest.raises(ValueError, match="stands twice"):
        enter(__module__="elsewhere")


def test_claim_insists_on_evidence():
    @claim("t", source="s", breaks={"b": {"x": 1}})
    def truth(*, x=0):
        """True."""
        return True

    with pytest.raises(TypeError, match="wanted an Evidence, got bool"):
        truth()
    assert not truth.takes_seed


def test_ledger_imports_every_module_of_claims(tmp_path, monkeypatch):
    (tmp_path / "a_chapter.py").write_text(
        "from dlmath.ledger import claim\n"
        "@claim('z', source='s', breaks={'b': {'x': 1}})\n"
        "def z(*, x=0):\n    'Zed.'\n"
        "@claim('a', source='s', breaks={'b': {'x': 1}})\n"
        "def a(*, x=0):\n    'Ay.'\n"
    )
    claims = importlib.import_module("dlmath.claims")
    monkeypatch.setattr(claims, "__path__", [str(tmp_path)])
    try:
        assert list(book.ledger()) == ["a", "z"]
    finally:
        sys.modules.pop("dlmath.claims.a_chapter")


def test_import_is_light():
    code = "import dlmath, dlmath.ledger, sys; print([m for m in HEAVY if m in sys.modules])"
    heavy = ["numpy", "torch", "matplotlib", "scipy", "ipywidgets", "IPython"]
    out = subprocess.run(
        [sys.executable, "-c", f"HEAVY = {heavy}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout.strip() == "[]"


def test_the_real_ledger_is_untouched_by_these_tests():
    assert "a-theorem" not in LEDGER


def test_broken_measures_every_break_under_its_description():
    found = enter(breaks={"a third": {"value": 1 / 3}, "a <fifth>": {"value": 0.2}}).broken()
    assert {what: e.checks[0].measured for what, e in found.found.items()} == {
        "a third": 1 / 3,
        "a <fifth>": 0.2,
    }
    assert repr(found).splitlines()[::2] == ["* a third", "* a <fifth>"]
    assert "<caption>Broken: a &lt;fifth&gt;</caption>" in found._repr_html_()
    assert found._repr_html_().count("FAILS") == 2
