"""Faults put into a book on purpose: each check must see its own."""

import os
import re
import shutil
import subprocess
import sys

import chapters
import nbformat
import pytest
from making import ROOT, bare, build

from _ext.dlbook import pages
from dlmath.explore import pack

CLAIM = '''
from dlmath.ledger import Check, Evidence, claim

@claim("half", source="someone", breaks={"another value": {"value": 0.6}})
def half(*, value=VALUE, seed=0):
    """Half is 1/2."""
    return Evidence((Check("half", BODY, predicted=0.5, tol=1e-9),))
'''


def python(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("value", "body", "passed", "failed"),
    [
        ("0.5", "value", 6, []),
        ("0.4", "value", 2, ["holds", "holds_for_another_seed"]),
        ("0.5", "0.5", 5, ["break_fails"]),
        ("0.5", "value + 0.01 * seed", 3, ["holds_for_another_seed"]),
    ],
)
def test_claims(tmp_path, value, body, passed, failed):
    """A true claim passes; a false one, one that nothing breaks, one of a lucky seed do not."""
    (tmp_path / "dlmath/claims").mkdir(parents=True)
    shutil.copy(ROOT / "dlmath/ledger.py", tmp_path / "dlmath")
    shutil.copy(ROOT / "tests/claims/test_claims.py", tmp_path)
    for package in ("dlmath", "dlmath/claims"):
        (tmp_path / package / "__init__.py").touch()
    text = CLAIM.replace("VALUE", value).replace("BODY", body)
    (tmp_path / "dlmath/claims/one.py").write_text(text)
    out = python(tmp_path)
    assert f"{passed} passed" in out.stdout
    assert out.returncode == (1 if failed else 0)
    failures = re.findall(r"^FAILED .*::test_(?:claim_)?(\w+)", out.stdout, re.MULTILINE)
    assert sorted(set(failures)) == sorted(failed)


NOTEBOOK = [
    "from dlmath.ledger import Check, Evidence\nfrom dlmath.prose import number",
    "Evidence((Check('slope: b/a', 1.002, 1, 0.003),))",
    "print(Evidence((Check('slope: b/a', 1.002, 1, 0.003),)))",
    "print(f'The slope is {number(1.002)}, near one.')",
]


@pytest.mark.parametrize(
    ("old", "new", "passes"),
    [
        ("1.002", "1.002", True),
        ("1.002", "1.0021", True),  # another processor
        ("holds", "FAILS", False),
        ("slope", "slpoe", False),
        ("= 1 ", "= 2 ", False),
        ("near one", "near two", False),
    ],
)
def test_stored_outputs(tmp_path, old, new, passes):
    """Measured digits may differ; words, predictions and verdicts may not."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in NOTEBOOK])
    path = tmp_path / "one.ipynb"
    nbformat.write(notebook, path)
    run = "import sys, nbformat; from tools.execute import run; from pathlib import Path\n"
    run += f"p = Path({str(path)!r}); nbformat.write(run(nbformat.read(p, 4), p.parent), p)"
    subprocess.run(
        [sys.executable, "-c", run],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
    )
    stored = nbformat.read(path, 4)
    for cell in stored.cells:
        for output in cell.outputs:
            if "text" in output:
                output.text = output.text.replace(old, new)
            for kind, text in output.get("data", {}).items():
                output.data[kind] = text.replace(old, new)
    nbformat.write(stored, path)
    shutil.copy(ROOT / "tests/sanitize.cfg", tmp_path)
    arguments = ("--nbval", "--nbval-current-env", "--nbval-sanitize-with", "sanitize.cfg", path)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    out = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert out.returncode == (0 if passes else 1), out.stdout


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A book of one page with the real settings and extension."""
    root = bare(tmp_path_factory.mktemp("page"))
    (root / "book/drawn.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    return root


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("![A line that rises from left to right.](drawn.svg)", ""),
        ("![](drawn.svg)", "alt text ''"),
        ("![drawn.svg](drawn.svg)", "alt text 'drawn.svg'"),
        ("See {ref}`nowhere`.", "undefined label: 'nowhere'"),
        ("See {prf:ref}`nowhere`.", "nowhere"),
        ("See {cite:t}`nobody1900`.", "nobody1900"),
        ("```{correction} nothing\n```", "no such entry"),
    ],
)
def test_pages(page, text, complaint):
    """A build without warnings, and a site whose pictures have words."""
    (page / "book/one.md").write_text(f"# One\n\n{text}\n")
    built = build(page)
    assert (built.returncode != 0) is bool(complaint), built.stdout + built.stderr
    assert complaint in built.stdout + built.stderr


def test_missing_pages(tmp_path):
    toc = tmp_path / "_toc.yml"
    toc.write_text("root: a\nparts:\n  - chapters:\n      - file: b\n        sections:\n          - file: c.md\n")
    for name in ("a", "b"):
        (tmp_path / f"{name}.html").touch()
    assert list(pages.missing_pages(tmp_path, toc)) == ["_toc.yml lists c, no page was written"]


def test_wordless_svg(tmp_path):
    (tmp_path / "a.html").write_text('<svg role="img" aria-label=""></svg><svg role="img" aria-label="A line."></svg>')
    (fault,) = pages.wordless_pictures(tmp_path)
    assert fault.startswith("a.html: picture svg")


THEOREM = "```{prf:theorem} T\n:label: %s\nx\n```\n"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (THEOREM % "known", []),
        (THEOREM % "new", ["a: new is in no ledger", "claim known: no page states it"]),
        ("", ["claim known: no page states it"]),
        (THEOREM % "known" * 2, ["known is stated twice"]),
        (THEOREM % "known" + "```{prf:proposition}\nx\n```", ["a: a theorem has no label"]),
        (THEOREM % "known" + "```{prf:lemma}\n:label: free\nx\n```", []),
    ],
)
def test_theorems_and_claims(text, faults):
    assert chapters.ledger_faults({"a": text}, {"known": None}) == faults


def notebook_with(data, state=None):
    cell = nbformat.v4.new_code_cell("x", execution_count=1, id="c")
    cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
    made = nbformat.v4.new_notebook(cells=[cell])
    if state:
        made.metadata["widgets"] = {chapters.STATE: {"state": {"m": {"state": state}}}}
    return made


@pytest.mark.parametrize(
    ("data", "good"),
    [
        ({"image/svg+xml": '<svg role="img" aria-label="A line that rises."/>'}, True),
        ({"image/svg+xml": '<svg aria-label="A line that rises."/>'}, False),
        ({"image/svg+xml": '<svg role="img" aria-label=""/>'}, False),
        ({"image/png": "aGk="}, False),
        ({"text/html": '<img src="x.png">'}, False),
    ],
)
def test_alt_texts(data, good):
    assert (chapters.picture_faults(notebook_with(data)) == []) is good


def test_forged_frames():
    frames = [['<svg role="img" aria-label="One frame."/>', "One frame."]]
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}}
    said = f"explore: 1 frames, alt texts {chapters.fingerprint(['One frame.'])}"
    honest = notebook_with({**view, "text/plain": said}, {"frames": pack(frames)})
    assert chapters.widget_faults(honest) == []
    frames[0][1] = "Another frame."
    forged = notebook_with({**view, "text/plain": said}, {"frames": pack(frames)})
    assert len(chapters.widget_faults(forged)) == 1
    assert len(chapters.widget_faults(notebook_with({**view, "text/plain": said}))) == 1


def test_a_failed_or_idle_cell():
    cell = nbformat.v4.new_code_cell("x", id="c")
    assert chapters.execution_faults(nbformat.v4.new_notebook(cells=[cell])) == ["c was not run"]
    cell.execution_count = 1
    cell.outputs = [nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])]
    assert chapters.execution_faults(nbformat.v4.new_notebook(cells=[cell])) == ["c stores an error"]


def test_an_unsolved_exercise():
    asked = "```{exercise} E\n:label: ex-a\nx\n```\n```{exercise}\n:class: hard\n:label: ex-b\nx\n```"
    assert chapters.unsolved({"a": asked, "s": "```{solution} ex-a\nx\n```"}) == ["ex-b"]


def test_terms_and_the_glossary(tmp_path):
    (tmp_path / "book/appendix").mkdir(parents=True)
    (tmp_path / "book/appendix/glossary.md").write_text(
        "# Glossary\n\n```{glossary}\nhat\n  One, see {term}`tent`.\n\nmodulus of continuity\n  Two.\n\ntent\n  Three.\n```\n"
    )
    heads = chapters.glossary(tmp_path)
    assert heads == ["hat", "modulus of continuity", "tent"]
    good = "A *{term}`hat`*, the {term}`modulus\nof continuity`."
    assert chapters.term_faults({"a": good, "b": "{term}`Tents <tent>` and {term}`hats <hat>`."}, heads) == []
    bad = "{term}`cap`\n## A {term}`hat`\n```{prf:theorem} On the {term}`tent`\n{term}`tents <tent>`\n```"
    assert chapters.term_faults({"c": bad}, heads) == [
        "c: 'cap' is in no glossary",
        "c: 'tent' twice",
        "c: a term in the title '## A {term}'",
        "c: a term in the title '```{prf:theorem} On the {term}'",
        "no chapter uses the entry 'modulus of continuity'",
    ]


def test_an_empty_chapter_meets_no_floor():
    short = chapters.shortfalls(nbformat.v4.new_notebook(), set())
    assert len(short) == len(chapters.FLOORS)
    wordy = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Clearly so. " * 3000)])
    found = chapters.shortfalls(wordy, set())
    assert "words: 6000, wanted 5500 or fewer" in found
    assert "says 'clearly'" in found
