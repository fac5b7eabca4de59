"""Files by their SHA-256: the reader's own, else from the first mirror that serves them whole."""

import hashlib
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT = "DLMATH_DATA"


@dataclass(frozen=True)
class Remote:
    """A published file: its name, the SHA-256 of its bytes, and the mirrors to ask in turn."""

    name: str
    sha256: str
    urls: tuple[str, ...]


def own_folders(*subfolders: str) -> list[Path]:
    """List the existing folders among ``$DLMATH_DATA`` and the given subfolders of it.

    Args:
        *subfolders: names relative to ``$DLMATH_DATA``, looked at after the folder itself.

    Returns:
        The folders that exist; none if the variable is not set.

    Raises:
        FileNotFoundError: the variable is set and names no folder.
    """
    value = os.environ.get(ENVIRONMENT)
    if not value:
        return []
    root = Path(value).expanduser()
    if not root.is_dir():
        raise FileNotFoundError(
            f"{ENVIRONMENT} must name a folder that holds data files, but {root} is none: "
            f"create it, correct the variable, or unset it to download."
        )
    return [root, *(root / sub for sub in subfolders if (root / sub).is_dir())]


def find(names: tuple[str, ...], *subfolders: str) -> Path | None:
    """Find the first of ``names`` (a file or a folder) in the reader's own folders, or None."""
    places = [folder / name for folder in own_folders(*subfolders) for name in names]
    return next((place for place in places if place.exists()), None)


def digest(path: Path) -> str:
    """Compute the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify(path: Path, found: str, wanted: str) -> None:
    """Compare the SHA-256 of a file of the reader's with the one published for it.

    Args:
        path: the file, named in the message.
        found: the SHA-256 of its content, hexadecimal.
        wanted: the published one.

    Raises:
        ValueError: the two differ.
    """
    if found != wanted:
        raise ValueError(
            f"{path} is not the published file: wanted SHA-256 {wanted}, got {found}. "
            f"Replace it, or take it away to download a good one."
        )


def download(
    remote: Remote,
    *,
    cache: Path | None = None,
    timeout: float = 30.0,
    rounds: int = 3,
    pause: float = 1.0,
) -> Path:
    """Fetch a file into the cache, once, whole and verified.

    Every mirror is asked in turn; after a round without success, those whose fault may pass (a
    time-out, a cut connection, a server's error) are asked again. The bytes go to a temporary
    file that takes the final name only when its SHA-256 is right.

    Args:
        remote: what to fetch.
        cache: the folder to keep it in; by default the platform's cache folder for ``dlmath``.
        timeout: seconds of silence after which a mirror counts as stalled.
        rounds: how many times to go round the mirrors.
        pause: seconds to wait before the second round; twice that before the third, and so on.

    Returns:
        The path of the file in the cache.

    Raises:
        ConnectionError: no mirror served the file; the message names each with its reason.
    """
    import pooch

    folder = Path(cache) if cache is not None else Path(pooch.os_cache("dlmath"))
    path = folder / remote.name
    if path.is_file():
        if digest(path) == remote.sha256:
            return path
        path.unlink()  # else a failed download would leave the corrupt file behind
    reasons: dict[str, str] = {}
    alive = list(remote.urls)
    for turn in range(rounds):
        time.sleep(pause * turn)
        for url in tuple(alive):
            reason, hopeless = _attempt(remote, url, folder, timeout)
            if not reason:
                return path
            reasons[url] = reason
            if hopeless:
                alive.remove(url)
    raise ConnectionError(_message(remote, reasons, folder))


def _attempt(remote: Remote, url: str, folder: Path, timeout: float) -> tuple[str, bool]:
    """Ask one mirror once: why it failed, "" if it did not, and whether to ask again is useless."""
    import pooch

    try:
        pooch.retrieve(
            url,
            known_hash=f"sha256:{remote.sha256}",
            fname=remote.name,
            path=folder,
            # pooch's type for a downloader does not fit its own
            downloader=pooch.HTTPDownloader(timeout=timeout),  # pyright: ignore
        )
    except (OSError, ValueError) as error:  # requests' errors are OSErrors
        return _reason(error, timeout)
    return "", False


def _reason(error: Exception, timeout: float) -> tuple[str, bool]:
    """Say in a few words why a mirror failed, and whether to ask it again is useless."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None:
        return f"HTTP status {status}", 400 <= status < 500 and status not in (408, 429)
    if wrong := re.search(r"but got (\w+)", str(error)):
        return f"wrong content, SHA-256 {wrong[1]}", True
    root: BaseException = error
    while root.__context__ is not None:
        root = root.__context__
    if "timed out" in str(root):
        return f"no answer for {timeout:g} s", False
    return f"{type(root).__name__}: {root}", False


def _message(remote: Remote, reasons: dict[str, str], folder: Path) -> str:
    """Tell what was wanted, what came from where, and what to do by hand."""
    tried = "\n".join(f"  {url}: {reason}" for url, reason in reasons.items())
    return (
        f"Could not download {remote.name}; wanted a file with SHA-256 {remote.sha256}.\n"
        f"Tried:\n{tried}\n"
        f"The cache folder {folder} keeps nothing of it.\n"
        f"Check the network and call again; or get the file by other means and put it into that "
        f"folder under this name; or set the environment variable {ENVIRONMENT} to a folder that "
        f"holds it."
    )
