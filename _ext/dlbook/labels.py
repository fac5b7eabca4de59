"""What every label is called and where it stands: ``_build/labels.json``.

The published notebooks turn cross-references into links with it, and a course finds there what it
leaves out. Sphinx's own inventory knows neither the numbers nor the equations nor the theorems.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from pybtex.backends.plaintext import Backend
from pybtex.database import parse_file
from sphinx.application import Sphinx

Found = dict[str, dict[str, str]]
FULL = "full/"
"""Where the full book stands in the site of a course that leaves chapters out."""


def add(app: Sphinx) -> None:
    """Connect."""
    app.add_config_value("dlbook_full", "", "env", [str])
    app.connect("build-finished", _write)


def _write(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    own = {name: label for name, label in collect(app).items() if label["url"]}
    found = {**collect(app), **elsewhere(app), **own}
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False)
    Path(app.outdir).parent.joinpath("labels.json").write_text(f"{text}\n", encoding="utf-8")


@cache
def collect(app: Sphinx) -> Found:
    """The labels of this build, once its pages were read; without an address where none is."""
    found: Found = {}
    kinds = (
        _pages,
        _targets,
        _sections,
        _figures,
        _equations,
        _proofs,
        _exercises,
        _terms,
        _citations,
    )
    for kind in kinds:
        found |= kind(app)
    return found


@cache
def elsewhere(app: Sphinx) -> Found:
    """The labels of the full book as a course names them; none unless ``dlbook_full`` says where.

    A number alone would mislead: a course counts its own chapters.
    """
    if not app.config.dlbook_full:
        return {}
    found: Found = json.loads(Path(app.config.dlbook_full).read_text(encoding="utf-8"))
    for label in found.values():
        if label["url"]:
            label["url"] = FULL + label["url"]
        if number := label.get("number"):
            label["text"] += " of the full book"
            label["number"] = f"{number} of the full book"
    return found


def _url(app: Sphinx, page: str, anchor: str) -> str:
    return f"{app.builder.get_target_uri(page)}#{anchor}"


def _number(app: Sphinx, kind: str, page: str, anchor: str) -> str:
    numbers = app.env.toc_fignumbers.get(page, {}).get(kind, {}).get(anchor, ())
    return ".".join(map(str, numbers))


def _pages(app: Sphinx) -> Found:
    titles = app.env.titles.items()
    return {
        f"doc:{page}": {"text": title.astext(), "url": app.builder.get_target_uri(page)}
        for page, title in titles
    }


def _targets(app: Sphinx) -> Found:
    """Places without a title: the entries of the ledger, the boxes of the corrections."""
    return {
        label: {"text": label, "url": _url(app, page, anchor)}
        for label, (page, anchor) in app.env.get_domain("std").anonlabels.items()  # type: ignore[attr-defined]
    }


def _sections(app: Sphinx) -> Found:
    labels = app.env.get_domain("std").labels  # type: ignore[attr-defined]
    return {
        label: {"text": str(title), "url": _url(app, page, anchor)}
        for label, (page, anchor, title) in labels.items()
    }


def _figures(app: Sphinx) -> Found:
    found: Found = {}
    for label, (page, anchor) in app.env.get_domain("std").anonlabels.items():  # type: ignore[attr-defined]
        for kind in ("figure", "table"):
            if number := _number(app, kind, page, anchor):
                text = f"{'Fig.' if kind == 'figure' else 'Table'} {number}"
                found[label] = {"text": text, "number": number, "url": _url(app, page, anchor)}
    return found


def _equations(app: Sphinx) -> Found:
    found: Found = {}
    for label, (page, plain) in app.env.get_domain("math").equations.items():  # type: ignore[attr-defined]
        anchor = f"equation-{label}"
        number = _number(app, "displaymath", page, anchor) or str(plain)
        found[label] = {"text": f"({number})", "number": number, "url": _url(app, page, anchor)}
    return found


def _proofs(app: Sphinx) -> Found:
    found: Found = {}
    for label, node in getattr(app.env, "proof_list", {}).items():
        page, kind = node["docname"], node["realtype"]
        number = _number(app, kind, page, label) or _number(app, "proof", page, label)
        text = f"{kind.capitalize()} {number}".strip()
        found[label] = {"text": text, "number": number, "url": _url(app, page, label)}
    return found


def _exercises(app: Sphinx) -> Found:
    found: Found = {}
    for label, node in getattr(app.env, "sphinx_exercise_registry", {}).items():
        page = node["docname"]
        number = _number(app, "exercise", page, label)
        text = f"{node['type'].capitalize()} {number}".strip()
        found[label] = {"text": text, "number": number, "url": _url(app, page, label)}
    return found


def _terms(app: Sphinx) -> Found:
    objects = app.env.get_domain("std").objects  # type: ignore[attr-defined]
    terms = ((name, place) for (kind, name), place in objects.items() if kind == "term")
    return {
        f"term:{name.lower()}": {"text": name, "url": _url(app, page, anchor)}
        for name, (page, anchor) in terms
    }


def _citations(app: Sphinx) -> Found:
    where = {c.key: c for c in app.env.get_domain("cite").citations}  # type: ignore[attr-defined]
    found: Found = {}
    for file in app.config.bibtex_bibfiles:
        entries = parse_file(str(Path(app.srcdir) / file)).entries
        for key, entry in entries.items():
            cited = where.get(key)
            url = _url(app, cited.bibliography_key.docname, cited.citation_id) if cited else ""
            year = entry.fields.get("year", "")
            found[f"cite:{key}"] = {"text": _authors(entry), "year": year, "url": url}
    return found


def _authors(entry: Any) -> str:
    """Last names as in a sentence: one, two, or the first and others."""
    people = entry.persons.get("author", []) or entry.persons.get("editor", [])
    plain = Backend()  # by its name, pybtex would search all that is installed each time
    names = [" ".join(p.rich_last_names[0].render(plain).split()) for p in people]
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]} et al."
