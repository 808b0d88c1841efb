"""The site: every page is reached, every command, quantity and equation is there, dead links are seen."""

import re
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

import coreshell_model
from coreshell_model.observe.of_protocol import OF_PROTOCOL
from coreshell_model.observe.quantities import QUANTITIES
from coreshell_model.show.cli.app import COMMANDS

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS))
from site_pages import api, check_links, commands, formulas, places, quantities, theory  # noqa: E402

PHYSICS = (DOCS / "physics.md").read_text(encoding="utf-8")
LONGEST = 2000
"""Words read in ten minutes."""


@pytest.fixture(scope="module")
def generated():
    """Texts of the generated pages by their names."""
    made = {
        "theory": theory.theory_pages(PHYSICS),
        "commands": commands.command_pages(),
        "api": api.api_pages(),
    }
    pages = {f"pages/{folder}/{name}": text for folder, found in made.items() for name, text in found.items()}
    pages |= {f"pages/{name}": "" for name in places.TAKEN_IN.values()}
    return pages | {"pages/quantities": quantities.quantities_page()}


def written():
    """Texts of the pages that people write, by their names."""
    paths = [*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")]
    names = {path.relative_to(DOCS).with_suffix("").as_posix(): path for path in paths}
    left_out = ("_build/", "pages/", "site_pages/", "physics")
    return {
        name: path.read_text(encoding="utf-8")
        for name, path in names.items()
        if not name.startswith(left_out)
    }


def listed(page, text, names):
    """The pages in the toctrees of a page."""
    for body in re.findall(r"```\{toctree\}\n(.*?)```", text, re.S):
        for entry in (line for line in body.splitlines() if line and not line.startswith(":")):
            target = re.search(r"<(.*)>", entry)
            target = (DOCS / page).parent / (target[1] if target else entry)
            wanted = target.resolve().relative_to(DOCS.resolve()).as_posix()
            yield from (name for name in names if fnmatch(name, wanted))


def test_every_page_is_reached_from_the_first(generated):
    """Through the lists of pages."""
    pages = written() | generated
    reached, ahead = set(), ["index"]
    while ahead:
        page = ahead.pop()
        if page not in reached:
            reached.add(page)
            ahead += listed(page, pages[page], pages)
    assert reached == set(pages)


def test_every_command_has_a_page_with_its_options(generated):
    """And a line in the list."""
    for name in COMMANDS:
        assert f"[{name}]({name}.md)" in generated["pages/commands/index"]
        assert f"# coreshell {name}\n" in generated[f"pages/commands/{name}"]
    assert "`--set`" in generated["pages/commands/run"]
    assert "## coreshell materials new" in generated["pages/commands/materials"]
    assert (
        'coreshell run core_shell formation --set "shell.thickness=12 nm"' in generated["pages/commands/run"]
    )


def test_every_quantity_is_listed_with_its_scope(generated):
    """Those of every run, of sweeps, and of some protocols."""
    page = generated["pages/quantities"]
    scopes = {each.name: each.scope for each in QUANTITIES} | OF_PROTOCOL
    assert len(scopes) > 50
    for name, scope in scopes.items():
        assert f"| `{name}` | {scope} |" in page


def test_every_public_name_has_a_page(generated):
    """With the directive that shows its docstring."""
    for name in coreshell_model.__all__:
        assert re.search(r"auto(class|function):: coreshell_model\.", generated[f"pages/api/{name}"])


def test_every_numbered_equation_is_set_on_one_page(generated):
    """Formula and number; sections are read in less than ten minutes."""
    numbers = set(re.findall(r"(?m)^    \((\d+)\) ", PHYSICS))
    assert len(numbers) > 45
    text = "".join(page for name, page in generated.items() if name.startswith("pages/theory/"))
    assert sorted(re.findall(r'id="equation-(\d+)"', text)) == sorted(numbers)
    assert text.count("<math") >= len(numbers)
    for name, page in generated.items():
        if name.startswith("pages/theory/"):
            assert len(re.sub(r"<[^>]*>", " ", page).split()) < LONGEST, name


def test_a_formula_in_plain_text_becomes_fractions_and_subscripts():
    """Brackets around a whole part of a fraction go; words stay words."""
    assert formulas.formula("a/(b + c)") == (
        '<math displaystyle="true"><mfrac><mrow><mi>a</mi></mrow>'
        "<mrow><mi>b</mi><mo>+</mo><mi>c</mi></mrow></mfrac></math>"
    )
    assert "<msub><mrow><mi>c</mi></mrow><mi>s</mi></msub>" in formulas.formula("c_s")
    assert formulas.formula("limit: h = 0").startswith("limit: <math")
    assert "<msqrt><mrow><mi>t</mi></mrow></msqrt>" in formulas.formula("√t")
    with pytest.raises(ValueError, match=r"\) is missing"):
        formulas.formula("a/(b + c")
    with pytest.raises(ValueError, match="closes nothing"):
        formulas.formula("a) + b")


def test_links_of_the_repository_become_links_of_the_site():
    """To pages, to sections of the theory, and to files."""
    text = "[a](../parameters/README.md#x) [b](physics.md#on-the-mesh) [c](physics.md) [d](../examples) [e](https://a.b)"
    made = places.rewritten(text, "docs/data.md", "data")
    assert made == (
        "[a](/pages/files/materials.md#x) [b](/pages/theory/on-the-mesh.md#on-the-mesh) "
        "[c](/pages/theory/index.md) d [e](https://a.b)"
    )
    file = places.rewritten("[f](../examples/shell_thickness.py)", "docs/data.md", "data")
    assert file == "[f](../examples/shell_thickness.py)"


def test_dead_links_anchors_and_what_comes_from_elsewhere_are_found(tmp_path):
    """And nothing else."""
    (tmp_path / "b.html").write_text('<h1 id="there">b</h1>', encoding="utf-8")
    good = '<a href="b.html#there">1</a><a href="https://example.org/x">2</a><a href="#own" id="own">3</a>'
    (tmp_path / "a.html").write_text(good, encoding="utf-8")
    check_links.page.cache_clear()
    assert check_links.problems(tmp_path) == []
    bad = '<a href="c.html">1</a><a href="b.html#gone">2</a><script src="https://example.org/x.js"></script>'
    (tmp_path / "a.html").write_text(bad, encoding="utf-8")
    check_links.page.cache_clear()
    assert check_links.problems(tmp_path) == [
        "a.html: loads https://example.org/x.js from another machine",
        "a.html: c.html is not there",
        "a.html: b.html#gone has no such anchor",
    ]
