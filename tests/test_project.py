"""The project keeps the rules that it states: versions, layers, sizes, names, forms."""

import ast
import io
import os
import re
import subprocess
import sys
import tokenize
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = sorted((ROOT / "dlmath").rglob("*.py"))
MODULES = [*PACKAGE, *sorted((ROOT / "tools").rglob("*.py"))]
LONGEST_MODULE, LONGEST_FUNCTION, DEEPEST_NESTING = 250, 40, 3


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def run(*command: str) -> subprocess.CompletedProcess:
    """Run a tool of this environment at the root of the project."""
    executable = Path(sys.executable).parent / command[0]
    return subprocess.run(
        [executable, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )


# --- versions --------------------------------------------------------------------------------


def requirements(lines: list[str]) -> dict[str, Requirement]:
    stated = [line.split("#")[0].strip() for line in lines]
    parsed = [Requirement(line) for line in stated if line]
    named = {canonicalize_name(requirement.name): requirement for requirement in parsed}
    assert len(named) == len(parsed), "a name stands twice"
    return named


def read(name: str) -> dict[str, Requirement]:
    return requirements((ROOT / name).read_text().splitlines())


def test_requirements_are_those_of_the_package_and_its_extras():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = {n: v for n, v in project["optional-dependencies"].items() if n != "press"}
    lists = [project["dependencies"], *extras.values()]
    stated = requirements([line for lines in lists for line in lines])
    assert {n: r.specifier for n, r in read("requirements.txt").items()} == {
        n: r.specifier for n, r in stated.items()
    }


def test_the_press_has_exact_versions_within_the_range_of_its_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    stated = requirements(project["optional-dependencies"]["press"])
    pins = read("requirements-press.txt")
    assert set(pins) == set(stated)
    for name, requirement in pins.items():
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        assert pin.version in stated[name].specifier


def test_the_version_is_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert cited["version"] == project["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text()
    editions = re.findall(r"^## \[([^\]]+)\]", changelog, re.MULTILINE)
    assert editions[0] == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", edition) for edition in editions[1:])
    assert not editions[1:] or editions[1] == project["version"]


def pinned() -> dict[str, str]:
    pins = {}
    for name, requirement in read("constraints.txt").items():
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", f"{requirement} must be an exact version"
        pins[name] = specifier.version
    return pins


def test_constraints_pin_every_requirement_within_its_range():
    pins = pinned()
    for name, requirement in read("requirements.txt").items():
        assert name in pins, f"constraints.txt must pin {name}"
        assert pins[name] in requirement.specifier


@pytest.mark.skipif(
    "DLMATH_OTHER_VERSIONS" in os.environ, reason="runs with the newest or the oldest"
)
def test_installed_versions_are_the_pinned_ones():
    wrong = {}
    for name, pin in pinned().items():
        try:
            found = version(name)
        except PackageNotFoundError:
            continue  # needed on another platform or Python only
        if found.split("+")[0] != pin:  # 2.13.0+cpu is a build of 2.13.0
            wrong[name] = f"wanted {pin}, found {found}"
    assert not wrong


@pytest.mark.parametrize("verb", ["test-newest", "test-oldest"])
def test_other_versions_are_not_compared_with_the_pins(verb):
    made = subprocess.run(
        ["make", "--dry-run", verb], cwd=ROOT, capture_output=True, text=True, check=True
    )
    (units,) = [line for line in made.stdout.splitlines() if "--ignore tests/book" in line]
    assert units.startswith("DLMATH_OTHER_VERSIONS=1 ")


# --- what no file may contain ------------------------------------------------------------------

MACHINE_PATH = re.compile(r"(?<![\w.$})~*/-])/(?:home|root|work|tmp|Users)/[\w.]")
REGISTRY = re.compile(r"pypi\.org|pythonhosted\.org|download\.pytorch\.org|npmjs\.(?:org|com)")


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("File " + "'/ho" + "me/ada/x.py'", True),
        ("in /t" + "mp/ipykernel_7/1.py", True),
        ("see https://a.org/ho" + "me/x", False),
        ("book/wo" + "rk/x", False),
    ],
)
def test_a_path_of_a_machine_is_recognised(text, hit):
    assert bool(MACHINE_PATH.search(text)) == hit


def test_no_file_names_a_machine_or_a_registry():
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a picture, or a file that is being deleted
        hits = [*MACHINE_PATH.finditer(text), *REGISTRY.finditer(text)]
        found += [f"{name}: {text[h.start() : h.start() + 40]!r}" for h in hits]
    assert not found


# --- the package -------------------------------------------------------------------------------


NAMED_BY_CONTRACTS = ("ledger.py", "explore.py", "invariance/scattering.py")


@pytest.mark.skipif(
    not all((ROOT / "dlmath" / name).exists() for name in NAMED_BY_CONTRACTS),
    reason="the contracts name modules that are not here yet",
)
def test_imports_run_one_way():
    done = run("lint-imports")
    assert done.returncode == 0, done.stdout


def test_importing_is_light():
    code = "import sys, dlmath, dlmath.data; print(*sys.modules)"
    loaded = set(run("python", "-c", code).stdout.split())
    assert "dlmath.data" in loaded
    assert not loaded & {"torch", "matplotlib", "scipy", "sklearn", "skimage", "pooch", "kymatio"}


@pytest.mark.parametrize("path", sorted((ROOT / "dlmath").rglob("__init__.py")), ids=name_of)
def test_init_is_empty(path):
    assert path.read_text().strip() == ""


# --- sizes -------------------------------------------------------------------------------------

Function = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.Match)
NO_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENDMARKER,
}  # fmt: skip


def functions(tree: ast.AST) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def lines_of_code(source: str) -> set[int]:
    """Number the lines with code, a docstring's included, a comment's and a blank one not."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {n for t in tokens if t.type not in NO_CODE for n in range(t.start[0], t.end[0] + 1)}


def length(function: Function, code: set[int]) -> int:
    """Count a function's lines of code, without decorators and docstring."""
    own = set(range(function.lineno, (function.end_lineno or 0) + 1))
    if ast.get_docstring(function):
        docstring = function.body[0]
        own -= set(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
    return len(own & code)


def nesting(node: ast.AST, depth: int = 0) -> int:
    """Count how deep blocks stand in one another; an elif is beside its if."""
    deepest = depth
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST):
                continue
            elif_ = isinstance(node, ast.If) and field == "orelse" and isinstance(child, ast.If)
            step = isinstance(child, BLOCKS) and not (elif_ and len(value) == 1)
            deepest = max(deepest, nesting(child, depth + step))
    return deepest


SAMPLE = '''
def f(
    x,
):
    """Say.

    More.
    """
    # why
    if x:
        y = [
            1,
        ]

    elif x is None:
        # why
        for i in x:
            with x:
                y = i
    else:
        y = 2
    return y
'''


def test_sizes_are_measured_as_stated():
    (function,) = functions(ast.parse(SAMPLE))
    signature, branches = 3, (1 + 3) + (1 + 3) + 2
    assert length(function, lines_of_code(SAMPLE)) == signature + branches + 1
    assert nesting(function) == 3


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_sizes(path):
    source = path.read_text()
    lines = len(source.splitlines())
    assert lines <= LONGEST_MODULE, f"{lines} lines: split the module"
    for function in functions(ast.parse(source)):
        own, depth = length(function, lines_of_code(source)), nesting(function)
        assert own <= LONGEST_FUNCTION, f"{function.name} has {own} lines of code"
        assert depth <= DEEPEST_NESTING, f"{function.name} is nested {depth} deep"


# --- names and words ---------------------------------------------------------------------------


def public_functions(tree: ast.Module) -> list[Function]:
    scopes = [tree, *(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name[0] != "_")]
    found = [node for scope in scopes for node in scope.body if isinstance(node, Function)]
    return [function for function in found if not function.name.startswith("_")]


@pytest.mark.parametrize("path", PACKAGE, ids=name_of)
def test_public_functions_are_documented_and_annotated(path):
    for function in public_functions(ast.parse(path.read_text())):
        assert ast.get_docstring(function), f"{function.name} has no docstring"
        assert function.returns is not None, f"{function.name} does not say what it returns"
        given = function.args
        named = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        bare = [a.arg for a in named if a and a.annotation is None and a.arg not in ("self", "cls")]
        assert not bare, f"{function.name} has no types for {bare}"


# --- the workflows -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", ".github/workflows/*.yml"),
        ("vendor.dependabot", ".github/dependabot.yml"),
        ("vendor.github-issue-forms", ".github/ISSUE_TEMPLATE/[0-9]*.yml"),
        ("vendor.github-issue-config", ".github/ISSUE_TEMPLATE/config.yml"),
        ("vendor.citation-file-format", "CITATION.cff"),
    ],
)
def test_forms_are_valid(schema, files):
    paths = [str(path) for path in ROOT.glob(files)]
    assert paths
    done = run("check-jsonschema", "--builtin-schema", schema, *paths)
    assert done.returncode == 0, done.stdout


def test_workflows_are_safe():
    done = run("zizmor", "--offline", "--no-progress", ".github")
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(not (ROOT / "Makefile").exists(), reason="the Makefile is not here yet")
def test_every_verb_that_is_called_exists():
    makefile = (ROOT / "Makefile").read_text()
    targets = " ".join(re.findall(r"^([a-z][\w -]*):(?!=)", makefile, re.MULTILINE)).split()
    for path in [*ROOT.glob(".github/workflows/*.yml"), ROOT / "CONTRIBUTING.md"]:
        calls = re.findall(r"(?:run: |^|`)make ((?:[a-z-]+ ?)+)", path.read_text(), re.MULTILINE)
        if path.suffix == ".md":
            calls = [call.split()[0] for call in calls]
        for verb in " ".join(calls).split():
            assert verb in targets, f"{path.name} calls make {verb}"
