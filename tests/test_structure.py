"""The house stays as docs/architecture.md draws it."""

import ast
import re
from importlib import import_module
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "coreshell_model"
ROOT = PACKAGE.parent

ROOMS = (
    "base",
    "physics.laws",
    "inputs.limits",
    "physics.storage",
    "inputs",
    "physics",
    "run",
    "observe",
    "data",
    "show.figures",
    "infer",
    "design",
    "checks",
    "show",
)
"""From the inside out: a module imports from its own room and from those before it, never from later ones."""

WITH_PYBAMM = ("physics", "run", "checks", "observe.long_run", "data.replay")
"""Rooms and modules that may import PyBaMM; ``physics.laws`` and ``physics.storage`` may not."""

WITHOUT = ("physics.laws", "physics.storage")


def room(module):
    """Number of a module's room; the longest name that fits."""
    names = [name for name in ROOMS if module == name or module.startswith(f"{name}.")]
    assert names, f"{module} is in no room"
    return ROOMS.index(max(names, key=len))


def modules():
    """Every module but the packages' own, by its name within the package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        if path.name != "__init__.py":
            found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


MODULES = modules()


def imported(tree):
    """Names of modules, with those of the package's own modules where one is imported from a room."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield node, [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{name.name}" for name in node.names]
            own = [name for name in whole if name.removeprefix("coreshell_model.") in MODULES]
            yield node, own or [node.module]


def own_imports(tree):
    """The package's modules among them."""
    for node, names in imported(tree):
        for name in names:
            if name.startswith("coreshell_model.") and name.removeprefix("coreshell_model.") in MODULES:
                yield node, name.removeprefix("coreshell_model.")


def test_imports_point_one_way():
    """From the data through the model to the report, never back, also inside of functions."""
    wrong = [
        f"{module} imports {other}"
        for module, tree in MODULES.items()
        for _, other in own_imports(tree)
        if room(other) > room(module)
    ]
    assert not wrong


def test_there_is_no_circle():
    """Neither within a room."""
    needs = {}
    for module, tree in MODULES.items():
        top = set(map(id, tree.body))
        needs[module] = {other for node, other in own_imports(tree) if id(node) in top}
    while ready := [module for module, others in needs.items() if not others & needs.keys()]:
        for module in ready:
            del needs[module]
    assert not needs


def test_pybamm_is_imported_only_where_the_model_is_made_and_solved():
    """Everything else works, and starts, without it."""
    wrong = [
        module
        for module, tree in MODULES.items()
        if any(name.split(".")[0] == "pybamm" for _, names in imported(tree) for name in names)
        and (not module.startswith(WITH_PYBAMM) or module.startswith(WITHOUT))
    ]
    assert not wrong


def test_submodels_do_not_know_one_another():
    """They meet in the model's variables alone, and share the base class of all, and that of films."""
    place = "physics.submodels."
    for module, tree in MODULES.items():
        if module.startswith(place):
            others = {other for _, other in own_imports(tree) if other.startswith(place)}
            assert others <= {f"{place}mechanism"}, module


def test_data_folders_hold_no_python():
    """It would work in a checkout and be missing from an installed package."""
    for folder in ("parameters", "experiments", "validation"):
        assert not list((ROOT / folder).rglob("*.py"))


def test_every_law_cites_its_equation():
    """A function of a law says in brackets which equation of docs/physics.md it is."""
    numbered = (ROOT / "docs" / "physics.md").read_text(encoding="utf-8")
    laws = {module: tree for module, tree in MODULES.items() if module.startswith(WITHOUT)}
    assert len(laws) >= 8
    for module, tree in laws.items():
        for node in tree.body:
            if (
                isinstance(node, ast.FunctionDef)
                and not node.name.startswith("_")
                and "constants" not in module
            ):
                text = ast.get_docstring(node) or ""
                numbers = [f"({n})" for n in range(1, 80) if f"({n})" in text]
                assert numbers, f"{module}: {node.name} cites no equation"
                assert all(number in numbered for number in numbers)


def written_docs():
    """Markdown in docs/ but for the pages that the build of the site generates, which git ignores."""
    docs = ROOT / "docs"
    return [path for path in docs.rglob("*.md") if path.relative_to(docs).parts[0] not in ("pages", "_build")]


def test_what_the_docs_import_is_there():
    """In README, docs, docstrings and examples."""
    texts = [ROOT / "README.md", *written_docs(), *(ROOT / "examples").glob("*.*")]
    texts += PACKAGE.rglob("*.py")
    found = 0
    for path in texts:
        text = path.read_text(encoding="utf-8")
        inside = (
            text
            if path.suffix != ".py" or path.parent.name == "examples"
            else "\n".join(re.findall(r"^ *>>> (.*)$", text, re.M))
        )
        for line in re.findall(r"^from coreshell_model[\w.]* import (?:\([^)]*\)|[^\n]*)", inside, re.M):
            (node,) = ast.parse(line).body
            module = import_module(node.module)
            missing = [name.name for name in node.names if not hasattr(module, name.name)]
            assert not missing, f"{path.name}: {line}"
            found += 1
    assert found > 10


def test_docs_wrap():
    """At 120 characters, but for tables, code and single long words."""
    paths = [*ROOT.glob("*.md"), *written_docs()]
    paths += [ROOT / folder / "README.md" for folder in ("experiments", "parameters", "validation")]
    wrong, code = [], False
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            code = code != line.lstrip().startswith("```")
            verbatim = code or line.startswith(("    ", "|", "#")) or len(line.split()) < 3
            if len(line) > 120 and not verbatim:
                wrong.append(f"{path.name}:{number}")
    assert not wrong
