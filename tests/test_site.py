"""The site: every page is reached, every command, quantity and equation is there, dead links are seen."""

import inspect
import json
import re
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

import coreshell_model
from coreshell_model.observe.of_protocol import OF_PROTOCOL
from coreshell_model.observe.quantities import BY_BEGINNING, QUANTITIES
from coreshell_model.show.cli.app import COMMANDS

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS))
from site_pages import check_links, formulas, generate, places, split  # noqa: E402

PHYSICS = (DOCS / "physics.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def generated():
    """Texts of the generated pages by their names."""
    return {f"pages/{name}": text for name, (text, _) in generate.made_pages().items()}


def written():
    """Texts of the pages that people write, by their names; of a notebook the cells that are no code."""
    paths = [*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")]
    names = {path.relative_to(DOCS).with_suffix("").as_posix(): path for path in paths}
    apart = {path.removeprefix("docs/").removesuffix(".md") for path in places.SPLIT}
    return {
        name: text_of(path)
        for name, path in names.items()
        if not name.startswith(("_build/", "pages/", "site_pages/")) and name not in apart
    }


def text_of(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return text


def prose(text):
    """The words of a page's sentences, without those of tables, code, formulas and directives."""
    text = re.sub(r'(?s)<div class="equations">.*?</div>\n(?!<)|<!--.*?-->', "", text)
    kept = [line for line, code in split.lines(text) if not code and not line.startswith(("|", "    "))]
    plain = re.sub(r"<[^>]*>|\]\([^)]*\)", "", "\n".join(kept))
    return [word for word in plain.split() if re.search(r"\w", word)]


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


def test_no_page_takes_more_than_ten_minutes(generated):
    """2500 words of prose, read at 250 a minute; tables and code are looked up, not read."""
    assert split.LONGEST == 2500
    pages = written() | generated
    docstrings = {f"pages/api/{name}": getattr(coreshell_model, name) for name in coreshell_model.__all__}
    texts = pages | {name: inspect.getdoc(thing) or "" for name, thing in docstrings.items()}
    lengths = {name: len(prose(text)) for name, text in texts.items()}
    assert len(lengths) > 150 and max(lengths.values()) > 1000
    assert not {name: length for name, length in lengths.items() if length > split.LONGEST}


def test_every_quantity_is_listed_with_its_scope_and_a_sentence_of_meaning(generated):
    """Those of every run, of sweeps, of some protocols, and those named after a rate or a cycle."""
    rows = re.findall(r"(?m)^\| `([^`]+)` \| (.*?) \| (.*) \|$", generated["pages/quantities"])
    scopes = {each.name: each.scope for each in QUANTITIES} | OF_PROTOCOL
    scopes |= {f"{beginning}...": scope for beginning, scope in BY_BEGINNING.items()}
    assert len(scopes) > 70
    assert {name: scope for name, scope, _ in rows} == scopes
    for name, _, meaning in rows:
        sentence = re.sub(r",? *<a href.*?</a>", "", meaning)
        assert re.fullmatch(r"[A-Z].{20,}\.", sentence), f"{name}: {meaning}"


def test_every_public_name_has_a_page(generated):
    """With the directive that shows its docstring."""
    for name in coreshell_model.__all__:
        assert re.search(r"auto(class|function):: coreshell_model\.", generated[f"pages/api/{name}"])


def test_every_numbered_equation_is_set_on_one_page(generated):
    """Formula and number."""
    numbers = set(re.findall(r"(?m)^    \((\d+)\) ", PHYSICS))
    assert len(numbers) > 45
    text = "".join(page for name, page in generated.items() if name.startswith("pages/theory/"))
    assert sorted(re.findall(r'id="equation-(\d+)"', text)) == sorted(numbers)
    assert text.count("<math") >= len(numbers)


def test_a_formula_in_plain_text_becomes_fractions_and_subscripts():
    """Brackets around a whole part of a fraction go; words stay words."""
    assert formulas.formula("a/(b + c)") == (
        '<math displaystyle="true"><mfrac><mrow><mi>a</mi></mrow>'
        "<mrow><mi>b</mi><mo>+</mo><mi>c</mi></mrow></mfrac></math>"
    )
    assert "<msub><mrow><mi>c</mi></mrow><mi>s</mi></msub>" in formulas.formula("c_s")
    assert formulas.formula("limit: h = 0").startswith("limit: <math")
    assert "<msqrt><mrow><mi>t</mi></mrow></msqrt>" in formulas.formula("√t")
    assert (
        formulas.formula("at 0 V") == 'at <math displaystyle="true"><mn>0</mn><mtext>&nbsp;V</mtext></math>'
    )
    assert "<mn>2</mn><msub>" in formulas.formula("2 V_T")
    assert '<mi mathvariant="normal">00p</mi>' in formulas.formula("j₀₀ₚ")
    assert "<mrow><mo>∑</mo><mi>m</mi></mrow></mfrac>" in formulas.formula("E/(Σ m)")
    with pytest.raises(ValueError, match=r"\) is missing"):
        formulas.formula("a/(b + c")
    with pytest.raises(ValueError, match="closes nothing"):
        formulas.formula("a) + b")


def test_a_long_document_becomes_a_page_for_each_section():
    """A long section is divided again; a heading in code is none; anchors have their pages."""
    code = "```toml\n## no heading\n```"
    long = f"### Deep\n\n{'word ' * split.LONGEST}\n\n### Deeper\n\nend"
    text = f"# All\n\nhead\n\n## First one\n\n{code}\n\n### Within\n\nlast\n\n## Second\n\nfew\n\n{long}\n"
    made = split.pages(text)
    assert list(made) == ["index", "first-one", "second", "deep", "deeper"]
    assert made["index"].startswith("# All\n\nhead\n") and "\nfirst-one\nsecond\n```" in made["index"]
    assert made["first-one"] == f"# First one\n\n{code}\n\n## Within\n\nlast\n"
    assert made["second"].startswith("# Second\n\nfew\n") and "\ndeep\ndeeper\n```" in made["second"]
    assert made["deeper"] == "# Deeper\n\nend\n"
    assert split.places(text) == {
        "all": "index",
        "first-one": "first-one",
        "within": "first-one",
        "second": "second",
        "deep": "deep",
        "deeper": "deeper",
    }
    with pytest.raises(ValueError, match="same"):
        split.pages("# All\n\n## Same\n\n## same\n")


def test_links_of_the_repository_become_links_of_the_site():
    """To pages, to sections of the theory, and to files."""
    text = "[a](../parameters/README.md#x) [b](physics.md#on-the-mesh) [c](physics.md) [d](../examples) [e](https://a.b)"
    made = places.rewritten(text, "docs/data.md", "data")
    assert made == (
        "[a](/pages/files/materials/index.md#x) [b](/pages/theory/on-the-mesh.md#on-the-mesh) "
        "[c](/pages/theory/index.md) d [e](https://a.b)"
    )
    text = "[a](fitting.md#the-verdicts) [b](#formats) [c](../CHANGELOG.md) ![d](figures/scaling.png)"
    made = places.rewritten(text, "docs/data.md", "pages/data/index")
    assert made == (
        "[a](/pages/fitting/the-verdicts.md#the-verdicts) [b](/pages/data/formats.md#formats) "
        "[c](/pages/changes/index.md) ![d](../../figures/scaling.png)"
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
