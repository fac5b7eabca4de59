"""The oldest versions that a chapter may meet: ``python tools/floors.py`` prints them for pip.

The lines are the floors of what ``dlmath`` depends on, as exact versions; ``make test-oldest``
installs under them. What builds and tests the book is not held back: no reader installs it. Needs
nothing but Python, since it runs before anything is installed.
"""

import re
import sys
import tomllib
from pathlib import Path

_FLOOR = re.compile(r"\s*([\w.-]+)\s*>=\s*([\d.]+)\s*")


def floors(pyproject: str) -> dict[str, str]:
    """The floor of every dependency of the package, by its name.

    Raises:
        ValueError: If a dependency is not of the form ``name>=version``; it names the dependency.
    """
    found: dict[str, str] = {}
    for line in tomllib.loads(pyproject)["project"]["dependencies"]:
        read = _FLOOR.fullmatch(line)
        if not read:
            name = re.split(r"[\s<>=!~;\[]", line)[0]
            raise ValueError(f"wanted name>=version, got {line!r}: give {name} a floor")
        found[read[1]] = read[2]
    return found


def main() -> int:
    """Print one line ``name==version`` for every floor."""
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    for name, version in floors(text).items():
        print(f"{name}=={version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
