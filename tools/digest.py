"""What a chapter's stored outputs were made from, as a digest that tells when they are stale.

Four things reach the numbers of a notebook: its code cells; the ``dlmath`` modules that it imports,
and those that these import; the data files that it declares; the versions of the numerical
packages. The digest holds one hash of each, so that a stale chapter can say why. Nothing is
imported: the imports are read from the source, and a build of fresh chapters needs no torch.

What reading cannot see, the notebook declares in its metadata: ``{"dlmath": {"uses":
["dlmath.claims.*", "book/corrections.yml"]}}``.
"""

import ast
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import grimp
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

PACKAGE = "dlmath"
NUMERICAL = frozenset({
    "numpy", "scipy", "torch", "kymatio", "scikit-learn", "scikit-image",
    "matplotlib", "contourpy", "pillow", "anywidget", "ipywidgets",
})  # fmt: skip
"""Packages whose version reaches an output; another Sphinx makes no chapter stale."""


class Unresolved(Exception):
    """A notebook names something that is not there."""


def versions(root: Path) -> dict[str, str]:
    """The numerical lines of ``constraints.txt``: version by package."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;#]+)", "\n".join(lines), flags=re.MULTILINE))
    return {name: pin for name, pin in sorted(pins.items()) if name.lower() in NUMERICAL}


class Sources:
    """The import graph of the package under a root, and the digest of any notebook there."""

    def __init__(self, root: Path) -> None:
        """Read every import of the package."""
        self.root = root
        sys.path.insert(0, str(root))
        try:
            self.graph = grimp.build_graph(PACKAGE, cache_dir=None)
        finally:
            sys.path.remove(str(root))

    def digest(self, notebook: NotebookNode) -> dict[str, str]:
        """Sixteen digits each of the cells, the package, the data and the versions.

        Raises:
            Unresolved: If a cell imports a module of the package, or the metadata names a file,
                that does not exist.
        """
        code = [c.source for c in notebook.cells if c.cell_type == "code"]
        modules = self.modules(notebook)
        package = [f for name in sorted(modules) for f in self._files(name)]
        return {
            "cells": _hash(text.encode() for text in code),
            "package": _hash(self._contents(package)),
            "data": _hash(self._contents(self._data(notebook))),
            "versions": _hash(f"{k}=={v}".encode() for k, v in versions(self.root).items()),
        }

    def modules(self, notebook: NotebookNode) -> set[str]:
        """Every module of the package that running the notebook would import."""
        direct = {name for name in _uses(notebook) if name.startswith(f"{PACKAGE}.")}
        named = {m for use in direct for m in self.graph.modules if fnmatch(m, use)}
        if missing := [use for use in direct if not any(fnmatch(m, use) for m in named)]:
            raise Unresolved(f"metadata.dlmath.uses names {missing[0]}, no such module")
        for cell in notebook.cells:
            if cell.cell_type == "code":
                named |= set(self._imports(cell.source))
        for name in list(named):
            named |= self.graph.find_upstream_modules(name)
        return named | {parent for name in named for parent in _parents(name)}

    def _imports(self, code: str) -> Iterator[str]:
        """The modules of the package that a cell names."""
        for node in ast.walk(ast.parse(TransformerManager().transform_cell(code))):
            if isinstance(node, ast.Import):
                ours = (a.name for a in node.names if a.name.split(".")[0] == PACKAGE)
                yield from map(self._existing, ours)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
                yield from self._imported_from(node)

    def _imported_from(self, node: ast.ImportFrom) -> Iterator[str]:
        """``from dlmath.claims import scattering`` names a module; of a module, an attribute."""
        module = self._existing(node.module or "")
        yield module
        for alias in node.names:
            name = f"{module}.{alias.name}"
            if name in self.graph.modules:
                yield name
            elif self._is_package(module) and alias.name not in self._source(module).read_text():
                raise Unresolved(f"a cell imports {name}, no such module")

    def _existing(self, name: str) -> str:
        if name not in self.graph.modules:
            raise Unresolved(f"a cell imports {name}, no such module")
        return name

    def _is_package(self, name: str) -> bool:
        return (self.root / name.replace(".", "/")).is_dir()

    def _source(self, name: str) -> Path:
        path = self.root / name.replace(".", "/")
        return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")

    def _files(self, name: str) -> list[Path]:
        """A module's source and the data beside it: ``explore.py``, ``explore.js``."""
        source = self._source(name)
        return sorted(f for f in source.parent.glob(f"{source.stem}.*") if f.is_file())

    def _data(self, notebook: NotebookNode) -> list[Path]:
        """The files that the notebook declares."""
        found: list[Path] = []
        for use in _uses(notebook):
            if use.startswith(f"{PACKAGE}."):
                continue
            files = sorted(f for f in self.root.glob(use) if f.is_file())
            if not files:
                raise Unresolved(f"metadata.dlmath.uses names {use}, no such file")
            found += files
        return found

    def _contents(self, files: Iterable[Path]) -> Iterator[bytes]:
        for file in files:
            yield file.relative_to(self.root).as_posix().encode()
            yield file.read_bytes().replace(b"\r\n", b"\n")


def _uses(notebook: NotebookNode) -> list[str]:
    """What the notebook declares beyond its imports."""
    return list(notebook.metadata.get("dlmath", {}).get("uses", []))


def _parents(name: str) -> list[str]:
    """The packages that a module stands in: importing it runs them."""
    parts = name.split(".")
    return [".".join(parts[:k]) for k in range(1, len(parts))]


def _hash(parts: Iterable[bytes]) -> str:
    """Sixteen hexadecimal digits over the parts and their lengths."""
    total = hashlib.sha256()
    for part in parts:
        total.update(f"{len(part)}:".encode() + part)
    return total.hexdigest()[:16]
