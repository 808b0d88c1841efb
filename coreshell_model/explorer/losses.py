"""Where the first cycle's loss goes, a bar a design."""

from coreshell_model.explorer.style import Figure, figure
from coreshell_model.observables import loss_split
from coreshell_model.solution import Solution

PARTS = (
    ("SEI", "sei", "#8c8c8c", "#000000"),
    ("trapped", "trapped", "#3b3b3b", "#ffffff"),
    ("left in the carbon", "left_in_carbon", "#9ecae1", "#000000"),
)
"""Name, field of the split, colour and that of the number on it."""


def losses_figure(solutions: dict[str, Solution]) -> Figure:
    """The loss by place, stacked along a bar a design."""
    splits = {name: loss_split(solution) for name, solution in solutions.items()}
    rows = [name for name, split in splits.items() if split is not None][::-1]  # the first on top
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": title,
            "y": rows,
            "x": [getattr(splits[name], part) for name in rows],
            "marker": {"color": colour, "line": {"width": 0}},
            "texttemplate": "%{x:.0f}",
            "textposition": "inside",
            "insidetextanchor": "middle",
            "insidetextfont": {"color": ink},
            "hovertemplate": "%{x:.1f} mAh/g",
        }
        for title, part, colour, ink in PARTS
    ]
    return figure(
        data,
        {"title": "First-cycle loss / mAh g⁻¹", "rangemode": "tozero"},
        {"title": "", "showticklabels": len(rows) > 1, "ticks": ""},
        barmode="relative",
        bargap=0.3,
        uniformtext={"minsize": 11, "mode": "hide"},
    )
