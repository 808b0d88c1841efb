"""A notebook that gives the numbers and the figure of a design anew, without the page."""

from coreshell_model.base.extras import require
from coreshell_model.data.archive import toml_text
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import Protocol

QUANTITIES = (
    "Initial coulombic efficiency",
    "Reversible capacity [mA.h.g-1]",
    "First-cycle loss [mA.h.g-1]",
)


def notebook_bytes(material: Material, protocol: Protocol) -> bytes:
    """The notebook as a file; material and protocol stand in it as the TOML files of ``coreshell run``."""
    require("web", "a notebook needs")

    from nbformat import v4, writes

    own, run = f"{material.name}.toml", f"{protocol.name}_protocol.toml"
    names = {own: toml_text(material), run: toml_text(protocol)}
    cells = [
        v4.new_markdown_cell(
            f"# {material.title}\n\nMaterial and protocol as on the page of `coreshell explore`: the first "
            "two cells write them beside this notebook, the others run them and show the results."
        ),
        *(v4.new_code_cell(_writing(name, text)) for name, text in names.items()),
        v4.new_code_cell(
            "from coreshell_model import simulate, summary\n\n"
            f"solution = simulate({own!r}, {run!r})\n"
            "results = summary(solution)\n"
            f"{{name: results[name] for name in {QUANTITIES!r}}}"
        ),
        v4.new_code_cell(
            'from coreshell_model.show.figures.kinds import picture\n\npicture(solution, "overview").figure'
        ),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell{number}"  # else a random one: the same design gives the same file
    return writes(v4.new_notebook(cells=cells)).encode()


def _writing(name: str, text: str) -> str:
    """The code that writes a file."""
    return f"from pathlib import Path\n\nPath({name!r}).write_text({text!r}, encoding='utf-8');"
