"""What a chapter must have, measured from its file; each function returns what is wrong."""

import re
from functools import cache
from pathlib import Path

import nbformat
import yaml

from dlmath.explore import fingerprint, unpack

ROOT = Path(__file__).parents[2]
STATE = "application/vnd.jupyter.widget-state+json"
FLOORS = {
    "words": 2500,
    "code cells": 8,
    "theorems and propositions": 2,
    "proofs": 2,
    "claims called": 3,
    "pictures": 3,
    "captions": 3,
    "explore figures": 1,
    "exercises": 5,
    "references": 10,
}
CEILINGS = {"words": 5500, "code cells": 25, "lines of the longest cell": 25}
AVOIDED = (
    "clearly",
    "obviously",
    "it is easy to see",
    "trivially",
    "delve",
    "crucial",
    "powerful",
    "in this chapter we will",
    "seamless",
    "leverage",
    "it is worth noting",
    "note that",
)
_NOT_PROSE = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|\{[a-z:]+\}|https?://\S+", re.DOTALL)


def pages(root=ROOT):
    """The names of the table of contents, in order."""

    def entries(part):
        if isinstance(part, dict):
            yield from (part[key] for key in ("root", "file") if key in part)
            part = list(part.values())
        if isinstance(part, list):
            for below in part:
                yield from entries(below)

    return list(entries(yaml.safe_load((root / "_toc.yml").read_text())))


@cache  # a test that changes one reads it anew
def notebooks(root=ROOT):
    """Every notebook of the table of contents, by its page."""
    paths = {page: root / f"{page}.ipynb" for page in pages(root)}
    return {page: nbformat.read(path, 4) for page, path in paths.items() if path.exists()}


def is_chapter(page):
    return not page.startswith(("book/solutions/", "book/appendix/"))


def texts(root=ROOT):
    """The Markdown of every page, by its name."""
    found = {page: markdown(notebook) for page, notebook in notebooks(root).items()}
    for page in pages(root):
        if page not in found:
            found[page] = (root / f"{page}.md").read_text()
    return found


def markdown(notebook):
    return "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def theorems(text):
    """The labels of the theorems and propositions of a page; None where one has no label."""
    heads = re.finditer(r"\{prf:(?:theorem|proposition)\}[^\n]*\n((?:[ >]*:[\w-]+:[^\n]*\n)*)", text)
    labels = [re.search(r":label:\s*(\S+)", head[1]) for head in heads]
    return [label and label[1] for label in labels]


def ledger_faults(by_page, claims):
    """Theorems without a claim, claims without a theorem, and theorems that stand twice."""
    stated = [(page, label) for page, text in by_page.items() for label in theorems(text)]
    names = [label for _, label in stated]
    return [
        *(f"{page}: a theorem has no label" for page, label in stated if label is None),
        *(f"{page}: {label} is in no ledger" for page, label in stated if label and label not in claims),
        *(f"claim {name}: no page states it" for name in claims if name not in names),
        *(f"{name} is stated twice" for name in sorted({n for n in names if n and names.count(n) > 1})),
    ]


def outputs(notebook):
    return [o for c in notebook.cells for o in c.get("outputs", [])]


def picture_faults(notebook):
    """Pictures without words: SVG without a label, images in HTML or Markdown without alt text."""
    faults = []
    for output in outputs(notebook):
        data = output.get("data", {})
        svg = data.get("image/svg+xml")
        if svg is not None and not re.search(r'role="img" aria-label="[^"]{15,}[.?!]"', svg):
            faults.append(f"an SVG without alt text: {svg[:60]!r}")
        if svg is None and {"image/png", "image/jpeg"} & set(data):
            faults.append("a bare bitmap; draw it as a Picture, with alt text")
        for tag in re.findall(r"<img[^>]*>", data.get("text/html", "")):
            if not re.search(r'alt="[^"]{15,}"', tag):
                faults.append(f"an image without alt text: {tag[:60]!r}")
    for alt in re.findall(r"!\[([^\]]*)\]\(", markdown(notebook)):
        if len(alt.split()) < 4:
            faults.append(f"an image in the text has the alt text {alt!r}")
    return faults


def widget_faults(notebook):
    """Widgets whose stored frames are not those that their printed form vouches for."""
    faults = []
    state = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    for output in outputs(notebook):
        view = output.get("data", {}).get("application/vnd.jupyter.widget-view+json")
        if not view:
            continue
        model = state.get(view["model_id"], {}).get("state", {})
        if not model.get("frames"):
            faults.append(f"{view['model_id']}: its state is not stored")
            continue
        frames = unpack(model["frames"])
        words = f"{len(frames)} frames, alt texts {fingerprint([alt for _, alt in frames])}"
        if words not in output.data["text/plain"]:
            faults.append(f"{view['model_id']}: stored are {words}, not what its output says")
        if bare := [alt for svg, alt in frames if 'role="img" aria-label="' not in svg or not alt]:
            faults.append(f"{view['model_id']}: a frame without alt text: {bare[0]!r}")
    return faults


def execution_faults(notebook):
    """Cells that were not run, gave an error or wrote to the error stream."""
    faults = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None:
            faults.append(f"{cell.id} was not run")
        for output in cell.get("outputs", []):
            if output.output_type == "error" or output.get("name") == "stderr":
                faults.append(f"{cell.id} stores an error")
    return faults


def measure(notebook, claims):
    """The numbers that the floors and ceilings speak of."""
    text = markdown(notebook)
    code = [c.source for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    lines = [[x for x in c.splitlines() if x.strip() and x.strip()[0] != "#"] for c in code]
    called = {name for name in claims if any(re.search(rf"\b{name}\(", c) for c in code)}
    cited = {
        key.strip()
        for keys in re.findall(r"\{cite[a-z:]*\}`([^`]+)`", text)
        for key in keys.split(",")
    }
    captions = [c.metadata.get("mystnb", {}).get("figure", {}).get("caption") for c in notebook.cells]
    return {
        "words": len(re.findall(r"[A-Za-z][A-Za-z'-]+", _NOT_PROSE.sub(" ", text))),
        "code cells": len(code),
        "lines of the longest cell": max(map(len, lines), default=0),
        "theorems and propositions": len(theorems(text)),
        "proofs": len(re.findall(r"\{prf:proof\}", text)),
        "claims called": len(called),
        "pictures": sum("image/svg+xml" in o.get("data", {}) for o in outputs(notebook)),
        "captions": sum(bool(caption) for caption in captions),
        "explore figures": sum(len(re.findall(r"\bexplore\(", c)) for c in code),
        "exercises": len(re.findall(r"\{exercise(?:-start)?\}", text)),
        "references": len(cited),
    }


def shortfalls(notebook, claims):
    """Where a chapter falls short of its floors or goes over its ceilings."""
    found = measure(notebook, claims)
    text = markdown(notebook)
    return [
        *(f"{k}: {found[k]}, wanted {v} or more" for k, v in FLOORS.items() if found[k] < v),
        *(f"{k}: {found[k]}, wanted {v} or fewer" for k, v in CEILINGS.items() if found[k] > v),
        *(f"says {w!r}" for w in AVOIDED if re.search(rf"\b{w}\b", text, re.IGNORECASE)),
    ]


def unsolved(by_page):
    """Exercises of the chapters that no solutions page solves."""
    head = r"\{%s\}[^\n]*\n(?:[ >]*:(?!label)[\w-]+:[^\n]*\n)*[ >]*:label:\s*(\S+)"
    asked = {
        label
        for text in by_page.values()
        for label in re.findall(head % "exercise(?:-start)?", text)
    }
    solved = {
        label
        for text in by_page.values()
        for label in re.findall(r"\{solution(?:-start)?\}\s*(\S+)", text)
    }
    return sorted(asked - solved)


def glossary(root=ROOT):
    """The heads of the glossary's entries, in order."""
    text = (root / "book/appendix/glossary.md").read_text()
    body = re.search(r"^```\{glossary\}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)[1]
    return re.findall(r"^\S.*$", body, re.MULTILINE)


def term_faults(by_page, heads):
    """Terms without an entry, in a title or twice in a chapter, and entries that no chapter uses."""
    faults, used = [], set()
    for page, text in by_page.items():
        found = [
            " ".join(re.sub(r".*<([^<>]+)>$", r"\1", term, flags=re.DOTALL).split())
            for term in re.findall(r"\{term\}`([^`]+)`", text)
        ]
        used.update(found)
        titles = re.findall(r"^(?:#|[ >]*(?:`{3,}|:{3,})\{)[^\n]*\{term\}", text, re.MULTILINE)
        faults += [f"{page}: {term!r} is in no glossary" for term in found if term not in heads]
        faults += [f"{page}: {t!r} twice" for t in sorted(set(found)) if found.count(t) > 1]
        faults += [f"{page}: a term in the title {title!r}" for title in titles]
    return faults + [f"no chapter uses the entry {head!r}" for head in heads if head not in used]


def bibliography(root=ROOT):
    """The keys of the bibliography."""
    return set(re.findall(r"^@\w+\{([^,\s]+)", (root / "book/references.bib").read_text(), re.MULTILINE))


def is_draft(notebook):
    return bool(notebook.metadata.get("dlmath", {}).get("draft"))


_EXERCISE = re.compile(r"^(`{3,}|:{3,})\{exercise(?:-start)?\}[^\n]*\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)


def exercises(text):
    """The exercises of a page: label, kind as it is marked (*Proof and code*), and words."""
    found = []
    for fence in _EXERCISE.finditer(text):
        label = re.search(r"^:label:\s*(\S+)", fence[2], re.MULTILINE)
        words = re.sub(r"^:[\w-]+:.*\n", "", fence[2], flags=re.MULTILINE)
        kind = re.match(r"\(([A-Za-z][\w ,-]*)\.\)", words)
        found.append((label and label[1], kind and kind[1], words))
    return found


def answers(notebook, label):
    """The code that stands after the head of an exercise's solution, up to the next one."""
    code, inside = [], False
    for cell in notebook.cells:
        if cell.cell_type == "code":
            code += [cell.source] * inside
        elif heads := re.findall(r"\{solution(?:-start)?\}\s*(\S+)", cell.source):
            inside = heads[-1] == label
    return "\n".join(code)
