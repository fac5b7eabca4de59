"""Results in a folder: one file for each, named by what it is the result of. Standard library."""

import ast
import hashlib
import inspect
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


class Missing(LookupError):
    """The store has no whole result of this name."""


def address(fn: Callable[..., Any], setting: Mapping[str, Any], code: str) -> dict[str, Any]:
    """What a result is the result of: the function, its code, the setting.

    Args:
        fn: A function at the top level of a module.
        setting: Its keyword arguments; they must survive a way through JSON unchanged.
        code: The :func:`code_version` of the function.

    Raises:
        TypeError: If the setting is not plain data.
    """
    given = dict(setting)
    try:
        plain = json.loads(json.dumps(given, allow_nan=False, sort_keys=True))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"setting {given}: wanted plain numbers, strings, lists ({error})"
        ) from error
    if plain != given:
        raise TypeError(f"setting {given}: it comes back from JSON as {plain}; write it like that")
    return {"function": f"{fn.__module__}.{fn.__qualname__}", "code": code, "setting": plain}


def key(place: Mapping[str, Any]) -> str:
    """The name of the file for an address: 64 hexadecimal digits."""
    return hashlib.sha256(_text(place).encode()).hexdigest()


def code_version(fn: Callable[..., Any]) -> str:
    """A digest of the module of a function, and of all that it imports from beside it.

    Beside it means: from the folder that its package, or its module, stands in; and from
    ``dlmath``. Of what is installed by pip only the package of the function itself counts. Nothing
    is imported, the imports are read from the source, so every process finds the same.

    Args:
        fn: A function at the top level of a module.

    Raises:
        TypeError: If other processes could not find it, or it has no source.
    """
    name, file = fn.__module__, inspect.getsourcefile(fn)
    if "<" in fn.__qualname__ or file is None:
        raise TypeError(
            f"{name}.{fn.__qualname__}: wanted a function at the top level of a module that has a "
            "file, for other processes to find"
        )
    base = Path(file).resolve().parent
    for _ in range(name.count(".") + (Path(file).name == "__init__.py")):
        base = base.parent
    installed = {"site-packages", "dist-packages"} & set(base.parts)
    bases = {"dlmath": Path(__file__).resolve().parents[1]}
    bases |= {name.partition(".")[0]: base} if installed else {"": base}
    found = {name: Path(file)}
    _follow(name, bases, found)
    digest = hashlib.sha256()
    for module in sorted(found):
        digest.update(f"{module}\0".encode() + found[module].read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _follow(name: str, bases: Mapping[str, Path], found: dict[str, Path]) -> None:
    """Add what a module imports, and the packages that it stands in."""
    file = found[name]
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    wanted = [n for node in ast.walk(ast.parse(file.read_bytes())) for n in _named(node, package)]
    for other in {package, *wanted} - {""}:
        source = _source(other, bases) if other not in found else None
        if source:
            found[other] = source
            _follow(other, bases, found)


def _named(node: ast.AST, package: str) -> list[str]:
    """The modules that a statement may import; some are names in a module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
    module = ".".join([*above, *([node.module] if node.module else [])])
    return [module, *(f"{module}.{alias.name}" for alias in node.names)]


def _source(name: str, bases: Mapping[str, Path]) -> Path | None:
    """The file of a module beneath one of the folders; None if it is none of ours."""
    base = bases.get(name.partition(".")[0], bases.get(""))
    if base is None:
        return None
    path = base.joinpath(*name.split("."))
    files = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in files if file.is_file()), None)


def plain(result: Any, name: str) -> Any:
    """A result as it will be read: numbers, strings, lists, dicts.

    Raises:
        TypeError: If it holds anything else.
    """
    try:
        return json.loads(json.dumps(result, default=_plain))
    except (TypeError, ValueError) as error:
        raise TypeError(f"result of {name}: wanted plain data ({error})") from error


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
            if record["place"] == place and record["sha256"] == _seal(place, record["result"]):
                return record["result"]
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError):
            pass  # cut short or scribbled on from outside: as good as none
        raise Missing(f"{self.path(place)}: no whole result")

    def write(self, place: Mapping[str, Any], result: Any) -> None:
        """Keep a plain result.

        Raises:
            OSError: If it cannot be written; then nothing is left behind.
        """
        record = {"place": dict(place), "result": result, "sha256": _seal(place, result)}
        path = self.path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(record, stream)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o644)  # others who share the store may read it
            Path(name).replace(path)
        except BaseException as error:
            Path(name).unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise OSError(error.errno, error.strerror, str(path)) from error
            raise


def _plain(value: Any) -> Any:
    """Arrays and numbers of numpy and torch as lists and numbers."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not plain data")


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _seal(place: Any, result: Any) -> str:
    return hashlib.sha256(_text([place, result]).encode()).hexdigest()
