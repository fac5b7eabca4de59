import json

import pytest

from benchmarks import measure, scattering, training
from benchmarks.__main__ import main


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


def test_all_run_without_a_name(tmp_path, monkeypatch):
    ran = []
    for module in (scattering, training):
        monkeypatch.setattr(module, "run", lambda *a, name=module.__name__, **k: ran.append(name))
    main(["--quick", "--out", str(tmp_path)])
    assert ran == ["benchmarks.scattering", "benchmarks.training"]


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    machine = {"device": "Some CPU (family 1, model 2)"}
    path = measure.write({"machine": machine}, tmp_path, "x")
    before = path.read_bytes()
    with pytest.raises(TypeError):
        measure.write({"machine": machine, "bad": object()}, tmp_path, "x")
    assert path.read_bytes() == before
    assert path.name == "x-some-cpu.json"
