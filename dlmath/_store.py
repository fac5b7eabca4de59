"""Results in a folder: one file for each, named by what it is the result of. Standard library."""

import ast
import hashlib
import importlib.util
import inspect
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


class Missing(LookupError):
    """The store has no whole result of this name."""


def address(fn: Callable[..., Any], setting: Mapping[str, Any]) -> dict[str, Any]:
    """What a result is the result of: the function, its code, the setting.

    Args:
        fn: A function at the top level of a module.
        setting: Its keyword arguments; they must survive a way through JSON unchanged.

    Raises:
        TypeError: If the function has no place, or the setting is not plain data.
    """
    name = f"{fn.__module__}.{fn.__qualname__}"
    if "<" in name:
        raise TypeError(
            f"{name}: wanted a function at the top level of a module, for other processes"
        )
    given = dict(setting)
    try:
        plain = json.loads(json.dumps(given, allow_nan=False, sort_keys=True))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"setting {given}: wanted plain numbers, strings, lists ({error})"
        ) from error
    if plain != given:
        raise TypeError(f"setting {given}: it comes back from JSON as {plain}; write it like that")
    return {"function": name, "code": code_version(fn), "setting": plain}


def key(place: Mapping[str, Any]) -> str:
    """The name of the file for an address: 64 hexadecimal digits."""
    return hashlib.sha256(_text(place).encode()).hexdigest()


def code_version(fn: Callable[..., Any]) -> str:
    """A digest of the module of a function and of all that it imports from the same package.

    Nothing is imported: the imports are read from the source, so every process agrees.
    """
    file = inspect.getsourcefile(fn)
    if file is None:
        raise TypeError(f"{fn!r}: wanted a function with a source file")
    found: dict[str, Path] = {}
    _collect(fn.__module__, Path(file), found)
    digest = hashlib.sha256()
    for name in sorted(found):
        digest.update(f"{name}\0".encode() + found[name].read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _collect(name: str, file: Path, found: dict[str, Path]) -> None:
    """Add a module and what it imports from its own package or from ``dlmath``."""
    if name in found:
        return
    found[name] = file
    packages = (name.partition(".")[0], "dlmath")
    wanted = [n for node in ast.walk(ast.parse(file.read_bytes())) for n in _imported(node)]
    for other in wanted:
        spec = _spec(other) if other.partition(".")[0] in packages else None
        if spec and spec.origin and spec.origin.endswith(".py"):
            _collect(other, Path(spec.origin), found)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def _spec(name: str) -> Any:
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):  # a name in a module, not a module
        return None


class Store:
    """A folder of results; a result is written whole or not at all, and never taken away.

    Args:
        folder: Where; it is made when the first result comes.
    """

    def __init__(self, folder: str | Path) -> None:
        """Remember the folder."""
        self.folder = Path(folder)

    def path(self, place: Mapping[str, Any]) -> Path:
        """The file of an address."""
        name = key(place)
        return self.folder / name[:2] / f"{name}.json"

    def read(self, place: Mapping[str, Any]) -> Any:
        """The result of an address.

        Raises:
            Missing: If there is none, or its file is not whole.
        """
        try:
            record = json.loads(self.path(place).read_text(encoding="utf-8"))
            if record["sha256"] == _seal(record["place"], record["result"]):
                return record["result"]
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError):
            pass  # cut short or scribbled on from outside: as good as none
        raise Missing(f"{self.path(place)}: no whole result")

    def write(self, place: Mapping[str, Any], result: Any) -> Any:
        """Keep a result; give it back as it will be read.

        Raises:
            TypeError: If it is not plain data.
            OSError: If it cannot be written; then nothing is left behind.
        """
        try:
            plain = json.loads(json.dumps(result, allow_nan=True, default=_plain))
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"result of {place['function']}: wanted plain data ({error})"
            ) from error
        record = {"place": dict(place), "result": plain, "sha256": _seal(place, plain)}
        path = self.path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(record, stream)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return plain


def _plain(value: Any) -> Any:
    """Arrays and numbers of numpy and torch as lists and numbers."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not plain data")


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _seal(place: Any, result: Any) -> str:
    return hashlib.sha256(_text([place, result]).encode()).hexdigest()
