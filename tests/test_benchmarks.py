import json

import pytest

from benchmarks import measure, networks, scattering, sweeping, table, training
from benchmarks.__main__ import NAMES, main


def test_quick_run_writes_what_it_measured(tmp_path, capsys):
    main(["scattering", "--quick", "--out", str(tmp_path)])
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 1 + len(scattering.QUICK)
    (path,) = tmp_path.iterdir()  # and no partial file beside it
    results = json.loads(path.read_text(encoding="utf-8"))
    assert set(results["cases"]) == set(scattering.QUICK)
    assert {"device", "threads", "torch", "numpy", "kymatio"} <= set(results["machine"])
    for case in results["cases"].values():
        assert case["relative_error"] <= 1e-6
        for part in ("forward", "forward_backward"):
            assert {"kymatio", "dlmath"} <= set(case[part])
            assert case[part]["kymatio"]["ratio"] == 1
            assert set(case[part]["dlmath"]) == {"cpu", "wall", "ratio", "ratio_wall"}
        assert set(case["peak_extra_bytes"]) == {"kymatio", "dlmath"}
        assert case["floor"]["samples"] > 0
    assert path.name.startswith("scattering-quick-")


def test_quick_training_run_writes_what_it_measured(tmp_path, capsys):
    main(["training", "--quick", "--out", str(tmp_path)])
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(training.QUICK)
    (path,) = tmp_path.iterdir()
    results = json.loads(path.read_text(encoding="utf-8"))
    assert set(results["cases"]) == set(training.QUICK)
    for case in results["cases"].values():
        assert case["largest_difference"] <= 1e-5  # single precision
        assert case["ratio"] > 0


def test_quick_sweeping_run_writes_what_it_measured(tmp_path, capsys):
    main(["sweeping", "--quick", "--out", str(tmp_path)])
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(sweeping.QUICK)
    (path,) = tmp_path.iterdir()
    results = json.loads(path.read_text(encoding="utf-8"))
    for case in results["cases"].values():
        assert {"pool", "sweep", "kept"} <= set(case)
        assert all(case[name]["ms"] > 0 for name in ("pool", "sweep", "kept"))
    assert table.rows(results, "sweeping")[0].startswith("| a sweep, each result kept |")


def test_quick_networks_run_counts_what_is_done_by_hand(tmp_path, capsys):
    main(["networks", "--quick", "--out", str(tmp_path)])
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(networks.QUICK)
    (path,) = tmp_path.iterdir()
    (case,) = json.loads(path.read_text(encoding="utf-8"))["cases"].values()
    sides = ((32, 3, 32), (16, 32, 32), (8, 32, 64))  # of the maps; channels in and out
    convolutions = [side**2 * 25 * before * after for side, before, after in sides]
    linear = 1024 * 64 + 64 * 10
    # each product once forward, twice backward; the first layer has no gradient in its input
    by_hand = 2 * (3 * sum(convolutions) - convolutions[0] + 3 * linear)
    assert case["flop_per_image"] == by_hand
    assert case["share"] > 0
    assert table.rows({"machine": {"device": "x"}, "cases": {"a": case}}, "networks")


def test_all_run_without_a_name(tmp_path, monkeypatch):
    ran = []
    for module in (scattering, training, sweeping, networks):
        monkeypatch.setattr(module, "run", lambda *a, name=module.__name__, **k: ran.append(name))
    main(["--quick", "--out", str(tmp_path)])
    assert ran == [f"benchmarks.{name}" for name in NAMES]


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    machine = {"device": "Some CPU (family 1, model 2)"}
    path = measure.write({"machine": machine}, tmp_path, "x")
    before = path.read_bytes()
    with pytest.raises(TypeError):
        measure.write({"machine": machine, "bad": object()}, tmp_path, "x")
    assert path.read_bytes() == before
    assert path.name == "x-some-cpu.json"


SCATTERING = {
    "machine": {"device": "Some CPU (family 1)"},
    "cases": {
        "a": {
            "shape": [2, 32, 32],
            "J": 2,
            "Q": 0,
            "forward": {"dlmath": {"ratio": 3.14159}},
            "forward_backward": {"dlmath": {"ratio": 2.0}},
        },
        "b": {"shape": [8, 64], "J": 3, "Q": 8, "forward": {"dlmath": {"ratio": 1.25}}},
    },
}
TRAINING = {
    "machine": {"device": "Some CPU"},
    "cases": {"a": {"members": 64, "width": 8, "examples": 50, "ratio": 22.81}},
}


def test_the_table_has_the_numbers_of_the_files(tmp_path):
    for name, results in (("scattering-b", SCATTERING), ("training-b", TRAINING)):
        (tmp_path / f"{name}.json").write_text(json.dumps(results))
    (tmp_path / "scattering-quick-b.json").write_text("{}")
    assert table.table(tmp_path).splitlines()[2:] == [
        "| scattering | Kymatio | 2 × 32 × 32, J = 2 | 3.1 | Some CPU |",
        "| scattering and gradient | Kymatio | 2 × 32 × 32, J = 2 | 2.0 | Some CPU |",
        "| scattering | Kymatio | 8 × 64, J = 3, Q = 8 | 1.2 | Some CPU |",
        "| training at once | one by one | 64 networks, width 8, 50 examples | 22.8 | Some CPU |",
    ]
    with pytest.raises(ValueError, match="no row is known for the benchmark 'other'"):
        table.rows(TRAINING, "other")


def test_the_readme_has_the_results():
    text = table.README.read_text(encoding="utf-8")
    assert table.put(text, table.table()) == text, "run `python -m benchmarks --table`"
    assert table.table().count("\n") > 2


def test_the_table_is_put_between_its_marks(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "README", tmp_path / "README.md")
    table.README.write_text(f"a\n{table.START}\nold\n{table.END}\nb\n")
    main(["--table"])
    assert table.README.read_text() == f"a\n{table.START}\n{table.table()}\n{table.END}\nb\n"
    with pytest.raises(ValueError, match="wanted the marks"):
        table.put("a", "b")
