"""The oldest versions that are promised are those that ``make test-oldest`` installs."""

import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools.floors import floors

ROOT = Path(__file__).resolve().parents[1]
PROJECT = '[project]\ndependencies = ["numpy>=2.0", {}]\n'


def test_the_floors_are_exact_and_allowed():
    printed = subprocess.run(
        [sys.executable, "tools/floors.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    pins = [Requirement(line) for line in printed]
    assert {"numpy", "torch", "ipywidgets", "anywidget", "kymatio"} <= {pin.name for pin in pins}
    text = (ROOT / "requirements.txt").read_text()
    for pin in pins:
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert f"\n{pin.name}>={exact.version}\n" in text, "the floor, and no version above it"


def test_a_floor_is_read_with_its_spaces():
    assert floors(PROJECT.format('"scipy >= 1.13"')) == {"numpy": "2.0", "scipy": "1.13"}


@pytest.mark.parametrize("line", ["scipy", "scipy==1.13", "scipy>=1.13,<2", "scipy>1"])
def test_what_has_no_floor_is_named(line):
    with pytest.raises(ValueError, match=f"got '{line}': give scipy a floor"):
        floors(PROJECT.format(f'"{line}"'))
