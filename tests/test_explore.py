import subprocess
import sys
from pathlib import Path

import pytest

from dlmath import explore as module
from dlmath.explore import explore, fingerprint, pack, unpack
from dlmath.figures import style
from dlmath.figures.picture import Picture


def draw(depth=1, shift=0.0):
    with style.figure() as (fig, ax):
        style.predicted(ax, [0, 1], [depth, shift])
    return Picture(fig, f"A line that falls from {depth} to {shift}.")


def test_every_frame_is_stored_in_order():
    widget = explore(draw, depth=[1, 2], shift=[0.0, 0.5, 1.0])
    frames = unpack(widget.frames)
    assert [alt for _, alt in frames] == [draw(d, s).alt for d in (1, 2) for s in (0.0, 0.5, 1.0)]
    assert frames[4][0] == draw(2, 0.5).svg()
    assert widget.axes == [["depth", ["1", "2"]], ["shift", ["0", "0.5", "1"]]]
    assert widget.at == [0, 0]


def test_start_is_the_figure_shown_without_a_script():
    widget = explore(draw, start={"shift": 0.5}, depth=[1, 2], shift=[0.0, 0.5])
    assert widget.at == [0, 1]
    data, metadata = widget._repr_mimebundle_()
    assert metadata == {}
    assert f'data-widget-model="{widget.model_id}"' in data["image/svg+xml"]
    assert 'aria-label="A line that falls from 1 to 0.5."' in data["image/svg+xml"]
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    assert data["image/png"]
    assert data["text/plain"].endswith("A line that falls from 1 to 0.5.")


def test_repr_tells_one_grid_from_another():
    one, same = explore(draw, depth=[1, 2]), explore(draw, depth=[1, 2])
    other = explore(lambda depth: draw(depth, shift=float(depth == 2)), depth=[1, 2])
    assert repr(one) == repr(same) != repr(other)
    assert "depth from 1 to 2; 2 frames" in repr(one)
    assert fingerprint([draw(1).alt, draw(2).alt]) in repr(one)


def test_a_live_page_is_answered_with_a_fresh_drawing():
    widget = explore(draw, depth=[1, 2], shift=[0.0, 0.5])
    widget.ask = [7, [1, 1]]
    assert widget.answer == [7, draw(2, 0.5).svg(), draw(2, 0.5).alt]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "at least one choice"),
        ({"depth": []}, "choice 'depth' has no values"),
        ({"depth": [1], "start": {"depth": 2}}, r"depth=2 is none of its values \[1\]"),
        ({"depth": [1], "start": {"deep": 1}}, r"names \['deep'\], the choices are \['depth'\]"),
    ],
)
def test_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        explore(draw, **arguments)


def test_wants_a_picture():
    with pytest.raises(TypeError, match="wanted it to return a Picture, got int"):
        explore(lambda depth: depth, depth=[1])


def test_budget_names_the_size(monkeypatch):
    monkeypatch.setattr(module, "BUDGET", 1000)
    with pytest.raises(ValueError, match=r"2 frames take \d+ kB, the budget is 1 kB"):
        explore(draw, depth=[1, 2])


def test_pack_is_the_same_in_every_run():
    frames = [["<svg/>", "Nothing is drawn here."]]
    assert pack(frames) == pack(frames)
    assert unpack(pack(frames)) == frames


def test_ipywidgets_7_asks_for_the_bundle():
    assert module.Explorer._ipython_display_ is None


def test_script_and_style_ship_with_the_package():
    """Without a package-data line they are absent where pip installs the package."""
    settings = (Path(__file__).parents[1] / "pyproject.toml").read_text()
    assert 'dlmath = ["*.js", "*.css"]' in settings


def test_the_state_is_json():
    code = (
        "import json; from tests.test_explore import draw; from dlmath.explore import explore;"
        "print(json.dumps(explore(draw, depth=[1]).get_state())[:1])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "{"
