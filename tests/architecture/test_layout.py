"""The shape of the house: rooms, one verb per file, one clock, and pages that are where they are said to be."""

import ast
import re
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
PACKAGES = ("kernel", "contracts", "chassis", "services", "gateway", "cli")
SERVICES = sorted(path.name for path in (ROOT / "services").iterdir() if (path / "app.py").exists())
ROOMS = {"app", "worker", "settings", "api", "operations", "queries", "tables", "domain", "migrations"}
ROOMS_OF_SOME = {"listeners", "schedules", "backtester", "templates"}
VERBS = sorted(path for path in ROOT.glob("services/*/operations/*.py") if path.name != "__init__.py")
# Where people, other services and the clock come in.
DOORS = sorted(
    path
    for room in ("api/*", "listeners", "schedules", "backtester")
    for path in ROOT.glob(f"services/*/{room}.py")
    if path.name != "__init__.py"
)
MOMENTS = ("now", "utcnow", "today")
# Reading one of these would be a second clock; `monotonic` and `perf_counter` measure, and tell no time.
CLOCKS = {
    *(
        f"{module}{kind}.{moment}"
        for module in ("", "datetime.")
        for kind in ("datetime", "date")
        for moment in MOMENTS
    ),
    "time.time",
    "time.time_ns",
}


def named(path: Path) -> str:
    """A file as people name it."""
    return str(path.relative_to(ROOT))


def sources() -> list[Path]:
    """Every file of ours that runs."""
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_imports_read_downward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def test_there_are_the_four_services() -> None:
    assert SERVICES == ["customers", "loyalty", "notifications", "retention"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_rooms(service: str) -> None:
    entries = (ROOT / "services" / service).iterdir()
    rooms = {path.stem for path in entries if path.suffix == ".py" or (path / "__init__.py").exists() or path.is_dir()}
    rooms -= {"__init__", "__pycache__"}
    assert rooms >= ROOMS
    assert rooms <= ROOMS | ROOMS_OF_SOME


@pytest.mark.parametrize("verb", VERBS, ids=named)
def test_an_operation_is_one_verb(verb: Path) -> None:
    functions = [node.name for node in ast.parse(verb.read_text()).body if isinstance(node, ast.FunctionDef)]
    assert verb.stem in functions


@pytest.mark.parametrize("door", DOORS, ids=named)
def test_a_door_calls_each_verb_in_its_own_file(door: Path) -> None:
    imported = [node for node in ast.walk(ast.parse(door.read_text())) if isinstance(node, ast.ImportFrom)]
    verbs = {
        (verb, alias.name)
        for node in imported
        if node.module and (verb := node.module.rpartition(".operations.")[2]) != node.module
        for alias in node.names
        if alias.name.islower()
    }
    assert {(verb, name) for verb, name in verbs if verb != name} == set()


@pytest.mark.parametrize("verb", VERBS, ids=named)
def test_an_operation_has_its_tests(verb: Path) -> None:
    tests = ROOT / "tests" / verb.relative_to(ROOT).parent / f"test_{verb.name}"
    assert tests.exists(), named(tests)


@pytest.mark.parametrize("path", sources(), ids=named)
def test_there_is_one_clock(path: Path) -> None:
    if path == ROOT / "kernel" / "clock.py":
        return
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    assert CLOCKS.isdisjoint(calls)


def test_nothing_is_called_utils() -> None:
    """A helper lives beside its caller, or earns a name of its own."""
    assert [named(path) for path in sources() if path.stem in ("utils", "helpers", "common", "misc")] == []


def test_every_page_that_a_source_names_is_there() -> None:
    named_pages = {
        (named(path), page) for path in sources() for page in re.findall(r"docs/[\w/-]+\.md", path.read_text())
    }
    assert named_pages
    assert {(path, page) for path, page in named_pages if not (ROOT / page).exists()} == set()


def test_every_link_of_a_page_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    links = {(page, link) for page in pages for link in re.findall(r"\]\(([^)#:\s]+)[)#]", page.read_text())}
    assert links
    assert {(named(page), link) for page, link in links if not (page.parent / link).exists()} == set()
