"""The house rules that a machine can hold: layers, circles, sizes, sockets, who writes and who draws."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "khorgos"

#: One total order; a layer imports itself and what stands to its right.
LAYERS = ("cli", "report", "claims", "models", "measures", "ledger", "sources", "nomenclature", "core")

MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 500


def _name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {_name(path) for path in MODULES}


def _layer(module: str) -> str | None:
    parts = module.split(".")
    if len(parts) < 2 or parts[1] in {"__main__", "api"}:
        return "cli"  # the package's own front doors stand where the command line stands
    return parts[1]


def _imports(path: Path) -> set[str]:
    """Modules of khorgos that a module imports, deferred and type-only imports included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            base = node.module or ""
            found |= {full if (full := f"{base}.{alias.name}") in NAMES else base for alias in node.names}
    return {name for name in found if name.split(".")[0] == "khorgos"}


GRAPH = {_name(path): _imports(path) for path in MODULES}


def _outside(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    return plain | {(n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_point_to_the_right(path: Path) -> None:
    layer = _layer(_name(path))
    assert layer in LAYERS, f"{path} belongs to no layer"
    allowed = LAYERS[LAYERS.index(layer) :]
    if layer == "cli":
        return
    wrong = {m for m in _imports(path) if _layer(m) not in allowed}

    assert set() == wrong


def test_no_import_circles() -> None:
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, f"import circle: {' -> '.join((*trail, module))}"
        if module in done:
            return
        for other in GRAPH.get(module, ()):
            if other != module:
                visit(other, (*trail, module))
        done.add(module)

    for module in GRAPH:
        visit(module, ())

    assert set(GRAPH) <= done


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_has_at_most_500_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_nobody_imports_another_modules_underscore(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    private = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("khorgos")
        for alias in node.names
        if alias.name.startswith("_") and not alias.name.startswith("__")
    ]

    assert private == []


def test_only_fetch_opens_a_socket() -> None:
    network = {"socket", "httpx", "urllib", "requests", "http", "aiohttp", "sdmx", "ftplib"}
    users = {_name(path) for path in MODULES if _outside(path) & network}

    assert users <= {"khorgos.sources.fetch"}


def test_only_the_ledger_talks_to_the_engine() -> None:
    users = {_layer(_name(path)) for path in MODULES if "duckdb" in _outside(path)}

    assert users <= {"ledger"}


@pytest.mark.parametrize("layer", ["measures", "models"])
def test_measures_and_models_do_no_input_output_and_no_plotting(layer: str) -> None:
    banned = {"pathlib", "os", "io", "shutil", "tempfile", "altair", "matplotlib", "vl_convert", "rich", "typer"}
    wrong = {_name(p): hit for p in MODULES if _layer(_name(p)) == layer and (hit := _outside(p) & banned)}
    opens = [
        _name(p)
        for p in MODULES
        if _layer(_name(p)) == layer
        for node in ast.walk(ast.parse(p.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"open", "print"}
    ]

    assert wrong == {}
    assert opens == []


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=_name)
def test_init_holds_names_only(path: Path) -> None:
    allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr, ast.FunctionDef, ast.If)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    odd = [type(node).__name__ for node in tree.body if not isinstance(node, allowed)]
    functions = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}

    assert odd == []
    assert functions <= {"__getattr__", "__dir__"}, "only lazy names (PEP 562) may be functions here"
