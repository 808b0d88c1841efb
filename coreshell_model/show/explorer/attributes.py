"""Attributes of elements that Python cannot write as names."""

from typing import Any


def aria(**attributes: str) -> dict[str, Any]:
    """Attributes of an element for screen readers."""
    return {f"aria-{name}": value for name, value in attributes.items()}


def of_quantity(name: str) -> dict[str, Any]:
    """The attribute by which a row of a table is found."""
    return {"data-quantity": name}
