"""Every work is given as its kind asks, in the order of the keys, and once."""

import re
from collections import Counter

import pytest
from chapters import ROOT
from pybtex.database import BibliographyData, parse_file, parse_string

VENUE = {
    "article": ("journal",),
    "inproceedings": ("booktitle",),
    "incollection": ("booktitle", "publisher"),
    "book": ("publisher",),
    "techreport": ("institution",),
}
FORMS = {
    "doi": r"10\.\d{4,9}/\S+",
    "eprint": r"\d{4}\.\d{4,5}",
    "archiveprefix": "arXiv",
    "year": r"\d{4}",
    "pages": r"[\w:.]+(?:--[\w:.]+)?",
    "volume": r"[\w:/-]+",
    "url": r"https://\S+",
    "title": r"[^$]+[^.]",
}


def faults(works: BibliographyData) -> list[str]:
    """What is wrong with the entries."""
    found = [f for key, work in works.entries.items() for f in entry_faults(key, work)]
    if list(works.entries) != sorted(works.entries):
        found.append("the keys are not in order")
    for field in ("title", "doi", "eprint"):
        given = Counter(plain(w.fields[field]) for w in works.entries.values() if field in w.fields)
        found += [f"{field} {value!r} stands twice" for value, times in given.items() if times > 1]
    return found


def entry_faults(key, work):
    fields = work.fields
    if not work.persons.get("author"):
        yield f"{key}: no author"
    wanted = ["title", "year", *VENUE.get(work.type, ())]
    yield from (f"{key}: no {field}" for field in wanted if not fields.get(field))
    if work.type not in VENUE and not {"eprint", "howpublished"} & set(fields):
        yield f"{key}: neither eprint nor howpublished says where it is"
    for field, form in FORMS.items():
        if field in fields and not re.fullmatch(form, fields[field]):
            yield f"{key}: {field} {fields[field]!r}"
    if ("eprint" in fields) is not ("archiveprefix" in fields):
        yield f"{key}: eprint and archiveprefix go together"
    numbers = re.fullmatch(r"(\d+)--(\d+)", fields.get("pages", ""))
    if numbers and int(numbers[1]) > int(numbers[2]):
        yield f"{key}: pages {fields['pages']!r} go down"
    if fields.get("year", "") not in key:
        yield f"{key}: the year is {fields['year']}"


def plain(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


def test_every_work_is_given_in_full():
    works = parse_file(str(ROOT / "book/references.bib"))
    assert works.entries
    assert faults(works) == []


GOOD = """@article{doe2000thing, author = {Doe, Jane}, title = {A thing}, journal = {Things},
year = {2000}, pages = {1--9}, doi = {10.1000/1}, eprint = {0001.00001}, archiveprefix = {arXiv}}"""
OTHER = "@misc{roe2001note, author = {Roe, R.}, title = {A note}, year = {2001}, howpublished = {A wall}}"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GOOD + OTHER, ""),
        (OTHER + GOOD, "the keys are not in order"),
        (GOOD.replace("journal", "note"), "doe2000thing: no journal"),
        (GOOD.replace("author", "editor"), "doe2000thing: no author"),
        (GOOD.replace("A thing", "A thing in $R$"), "doe2000thing: title 'A thing in $R$'"),
        (GOOD.replace("10.1000/1", "doi:10.1000/1"), "doe2000thing: doi 'doi:10.1000/1'"),
        (GOOD.replace("0001.00001", "math/0001001"), "doe2000thing: eprint 'math/0001001'"),
        (GOOD.replace("{arXiv}", "{axiv}"), "doe2000thing: archiveprefix 'axiv'"),
        (GOOD.replace("1--9", "9--1"), "doe2000thing: pages '9--1' go down"),
        (GOOD.replace("1--9", "1-9"), "doe2000thing: pages '1-9'"),
        (GOOD.replace("{2000}", "{2002}"), "doe2000thing: the year is 2002"),
        (OTHER.replace("howpublished", "note"), "roe2001note: neither eprint nor howpublished says where it is"),
        (GOOD + GOOD.replace("2000thing", "2000this").replace("10.1000/1", "10.1000/2").replace("0001.00001", "0001.00002"), "title 'athing' stands twice"),
        (GOOD + OTHER.replace("howpublished = {A wall}", "eprint = {0001.00001}, archiveprefix = {arXiv}"), "eprint '000100001' stands twice"),
    ],
)  # fmt: skip
def test_a_fault_is_seen(text, complaint):
    assert faults(parse_string(text, "bibtex")) == ([complaint] if complaint else [])
