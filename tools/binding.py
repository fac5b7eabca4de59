"""Printed pages of the site bound to one PDF: links between them, an outline, the book's name.

Needs pypdf, which the rest of the project does not: ``requirements-press.txt``.
"""

# pyright: reportMissingImports=false, reportCallIssue=false, reportAttributeAccessIssue=false

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import unquote, urlsplit

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    TextStringObject,
)

from tools.anchors import target
from tools.paper import Sheet

Place = tuple[int, float | None]
"""A page of the book, counted from 0, and the height on it in points; None for its top."""


class Unbound(ValueError):
    """A link inside the book that leads nowhere in it."""


@dataclass
class Binding:
    """The book as far as it is bound.

    Args:
        site: Address of the server that the sheets were printed from, without a slash.
        outside: Files of the site that are not in the book, such as a search page: links to them
            are dropped, links to anything else unknown raise.
    """

    site: str
    outside: frozenset[str] = frozenset()
    writer: PdfWriter = field(default_factory=PdfWriter)
    starts: dict[str, int] = field(default_factory=dict)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    owner: list[str] = field(default_factory=list)

    def add(self, sheet: Sheet) -> int:
        """Append a sheet; the number of its pages."""
        reader = PdfReader(BytesIO(sheet.pdf))
        start = len(self.owner)
        self.starts[sheet.name] = start
        for name, there in reader.named_destinations.items():
            page = reader.get_destination_page_number(there)
            if page is not None:
                place = (start + page, None if there.top is None else float(there.top))
                self.places[sheet.name, unquote(name.lstrip("/"))] = place
        for page in reader.pages:
            self.writer.add_page(page)
            self.owner.append(sheet.name)
        return len(reader.pages)

    def place(self, name: str, fragment: str = "") -> Place:
        """Where a page of the site, or a place in it, stands in the book.

        Raises:
            Unbound: If it does not.
        """
        if name not in self.starts:
            raise Unbound(f"{name} is not in the book")
        if not fragment:
            return self.starts[name], None
        if (name, fragment) not in self.places:
            raise Unbound(f"{name} was printed without its place {fragment!r}")
        return self.places[name, fragment]

    def link(self) -> int:
        """Turn links between pages of the site into jumps inside the book; how many there are.

        Raises:
            Unbound: If one leads nowhere.
        """
        jumps = 0
        for number, page in enumerate(self.writer.pages):
            kept = ArrayObject()
            for reference, note in _notes(page):
                aim = self._aim(self.owner[number], note)
                if aim:
                    self._jump(note, self.place(*aim))
                    jumps += 1
                if aim is None or aim:
                    kept.append(reference)
            if kept or "/Annots" in page:
                page[NameObject("/Annots")] = kept
        return jumps

    def _aim(self, owner: str, note: DictionaryObject) -> tuple[str, str] | tuple[()] | None:
        """What a link means: a place in the book, nothing that paper can show, or another host."""
        if "/Dest" in note:
            return owner, unquote(str(note["/Dest"]).lstrip("/"))
        address = str(note.get("/A", DictionaryObject()).get("/URI", ""))  # type: ignore[union-attr]
        if not address.startswith(f"{self.site}/"):
            return None
        split = urlsplit(address)
        aim = target("", f"{split.path}#{split.fragment}")
        if not aim or aim[0] in self.outside:
            return ()
        return aim

    def _jump(self, note: DictionaryObject, place: Place) -> None:
        for key in ("/A", "/Dest"):
            note.pop(key, None)
        note[NameObject("/Dest")] = self._destination(place)

    def _destination(self, place: Place) -> ArrayObject:
        page, top = place
        at = self.writer.pages[page].indirect_reference
        height = NullObject() if top is None else FloatObject(top)
        return ArrayObject([at, NameObject("/XYZ"), NullObject(), height, NullObject()])

    def outline(self, title: str, place: Place, parent: IndirectObject | None) -> IndirectObject:
        """Add a line to the outline, below another or at the top; the line."""
        page, top = place
        line = self.writer.add_outline_item(
            title=title, page_number=page, parent=parent, is_open=parent is None
        )
        line.get_object()[NameObject("/Dest")] = self._destination((page, top))  # type: ignore[index]
        line.get_object().pop("/A", None)  # type: ignore[union-attr]
        return line

    def finish(self, front: int, about: dict[str, str]) -> bytes:
        """Number the pages as they are printed, name the book, and write it.

        Args:
            front: Pages before the one with the number 1; they have Roman numerals.
            about: Title, Author and Subject.
        """
        self.writer.set_page_label(0, front - 1, style=PageLabelStyle.LOWERCASE_ROMAN)
        self.writer.set_page_label(front, len(self.owner) - 1, style=PageLabelStyle.DECIMAL)
        self.writer.metadata = None  # pypdf would sign it with its own name
        self.writer.add_metadata({f"/{key}": text for key, text in about.items()})
        root = self.writer.root_object
        root[NameObject("/Lang")] = TextStringObject("en")
        root[NameObject("/PageMode")] = NameObject("/UseOutlines")
        show = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
        root[NameObject("/ViewerPreferences")] = show
        self.writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
        out = BytesIO()
        self.writer.write(out)
        return out.getvalue()


def _notes(page: PageObject) -> Iterator[tuple[IndirectObject, DictionaryObject]]:
    """The links of a page; Chromium writes no other annotations."""
    for reference in page.get("/Annots", ArrayObject()):  # type: ignore[union-attr]
        yield reference, reference.get_object()
