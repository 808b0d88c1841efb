"""The house stays as docs/architecture.md draws it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "coreshell_model"
ROOT = PACKAGE.parent

ROOMS = (
    ("errors", "citations"),
    ("interrupts", "paths", "progress"),
    ("keeping",),
    ("library", "units", "laws", "material_text"),
    ("quantity", "sorption", "steps"),
    ("limits",),
    ("sections", "named_numbers"),
    ("cycles", "contradictions"),
    ("electrode",),
    ("material",),
    ("protocol",),
    ("particle", "usual", "design_names"),
    ("sorption_into_material",),
    ("inputs", "ranges", "opening", "material_names"),
    ("user_defaults",),
    ("paper_carbon",),
    ("symbols",),
    ("levels",),
    ("submodels",),
    ("coating",),
    ("values",),
    ("parameter_names",),
    ("parameter_set",),
    ("model",),
    ("solution",),
    ("dataset",),
    ("partial_steps",),
    ("experiment",),
    ("record",),
    ("simulation",),
    ("polarisation", "plausibility", "states"),
    ("observables", "impedance", "replay", "open_circuit"),
    ("archive", "figures", "band", "kept"),
    ("cycling", "verification", "fit"),
    ("posterior",),
    ("design", "validate"),
    ("explorer",),
    ("cli",),
)
"""From the inside out: a module imports from rooms before its own, or from its own package."""

WITH_PYBAMM = {
    "symbols",
    "levels",
    "submodels",
    "coating",
    "values",
    "parameter_names",
    "parameter_set",
    "model",
    "experiment",
    "partial_steps",
    "record",
    "cycling",
    "simulation",
    "impedance",
    "replay",
    "verification",
}
LONGEST = 400


def room(module):
    return next(index for index, names in enumerate(ROOMS) if module in names)


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name == "__init__.py" and path.parent == PACKAGE:
            continue
        yield path, path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "coreshell_model":
                yield from (f"coreshell_model.{name.name}" for name in node.names)
            yield node.module


@pytest.mark.parametrize(("path", "module"), list(modules()), ids=lambda value: getattr(value, "stem", value))
def test_imports_point_one_way(path, module):
    """From the data through the model to the report, never back."""
    for name in imported(path):
        if not name.startswith("coreshell_model."):
            continue
        other = name.split(".")[1]
        if other in ("__version__", module):
            continue
        assert room(other) < room(module), f"{path.name} imports {name}"


@pytest.mark.parametrize(("path", "module"), list(modules()), ids=lambda value: getattr(value, "stem", value))
def test_pybamm_is_imported_only_where_the_model_is_made_and_solved(path, module):
    """Everything else works, and starts, without it."""
    if module not in WITH_PYBAMM:
        assert not any(name.split(".")[0] == "pybamm" for name in imported(path))


def test_submodels_do_not_know_one_another():
    """They meet in the model's variables alone, and share what the two base classes hold."""
    for path in sorted((PACKAGE / "submodels").glob("*.py")):
        others = [name for name in imported(path) if name.startswith("coreshell_model.submodels")]
        assert set(others) <= {"coreshell_model.submodels.mechanism", "coreshell_model.submodels.reduction"}


def test_data_folders_hold_no_python():
    """It would work in a checkout and be missing from an installed package."""
    for folder in ("parameters", "experiments", "validation"):
        assert not list((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", [path for path, _ in modules()], ids=lambda path: path.stem)
def test_files_hold_one_idea(path):
    """A file beyond 400 lines has a second idea in it."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_every_law_cites_its_equation():
    """A function of ``laws`` says in brackets which equation of docs/physics.md it is."""
    numbered = (ROOT / "docs" / "physics.md").read_text(encoding="utf-8")
    for path in sorted((PACKAGE / "laws").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if (
                isinstance(node, ast.FunctionDef)
                and not node.name.startswith("_")
                and path.stem != "constants"
            ):
                text = ast.get_docstring(node) or ""
                numbers = [f"({n})" for n in range(1, 60) if f"({n})" in text]
                assert numbers, f"{path.name}: {node.name} cites no equation"
                assert all(number in numbered for number in numbers)
