"""Where the project stands, and how its files are written."""

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all: an interruption leaves the old one as it was."""
    replace_bytes(path, text.encode())


def replace_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, as :func:`replace` does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes files that only their owner may read.
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
