"""The base class of kinds of storage; states, balance, inventory, figures and archive follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from coreshell_model.base.quantity import Section


@dataclass(frozen=True)
class Surroundings:
    """The carbon around a store at a place, as floats, arrays or PyBaMM symbols.

    Attributes
    ----------
    potential : U of the carbon's mobile sodium [V]
    occupancy : theta of its sloping sites [-]
    thermal_voltage : V_T [V]
    """

    potential: Any
    occupancy: Any
    thermal_voltage: Any


class Store(Section):
    """Sodium that a carbon holds at rest, in exchange with the mobile sodium on its sloping sites.

    A subclass is a section of a carbon in a material's file, with the numbers in the file as fields. A field
    of ``inputs.sections.Carbon``, or of ``PorousCarbon`` for the core alone, adds it to the model, at both
    levels, in sealed and in open particles. docs/add-a-mechanism.md shows an example.

    A subclass implements ``charge``, ``rates`` and ``equilibrium``, and declares:

    place : the series under which its sodium is counted, with unit
    label : of that series in figures
    begins : beginning of the names of its parameters in PyBaMM, with ``{region}`` for Core or Shell
    density_name : ending of the name of its density, which is the most sodium that it can hold
    amount : the field that determines how much of it there is
    numbers : endings of the names of its other parameters, by field
    left_out : values [SI] of numbers that a file leaves out; 0 for numbers that are not listed
    states : names of its states, with ``{region}`` as above; the first is the share that is filled
    gives_back : whether its sodium comes back; otherwise it is counted as trapped
    returned_as : name of the result for the sodium that the last desodiation gave back; "" for no result
    in_pores : whether it fills pores, and not the carbon itself
    dry : a clause that says why electrolyte in the pores leaves no place for it; "" if it does
    """

    place: ClassVar[str]
    label: ClassVar[str]
    begins: ClassVar[str]
    density_name: ClassVar[str] = "density [mol.m-3]"
    amount: ClassVar[str] = "capacity"
    numbers: ClassVar[Mapping[str, str]]
    left_out: ClassVar[Mapping[str, float]] = {}
    states: ClassVar[tuple[str, ...]]
    gives_back: ClassVar[bool] = True
    returned_as: ClassVar[str] = ""
    in_pores: ClassVar[bool] = False
    dry: ClassVar[str] = ""

    def charge(self, carbon: Any) -> float:
        """The most sodium that it can hold, as charge [C.kg-1 of the carbon with this section]."""
        raise NotImplementedError

    @classmethod
    def rates(cls, states: tuple, numbers: Any, around: Surroundings) -> tuple:
        """Rates of the states [s-1].

        Parameters
        ----------
        states : values of the states [-], in the order of ``cls.states``
        numbers : the parameters as attributes, with the names in ``cls.numbers``
        around : the carbon at this place
        """
        raise NotImplementedError

    @classmethod
    def equilibrium(cls, potential: Any, numbers: Any) -> Any:
        """The share that is filled [-] after a long time at a potential U [V]; numbers as in ``rates``."""
        raise NotImplementedError

    @classmethod
    def variant(cls, numbers: Mapping[str, float]) -> type["Store"]:
        """The class itself, or that of a law with more states if the numbers [SI], by field, need it."""
        return cls

    @classmethod
    def values(cls, section: "Store | None") -> dict[str, float]:
        """The parameters [SI] by field, without the density; without effect if a file has no section."""
        quantities = {field: getattr(section, field, None) for field in cls.numbers}
        return {
            field: cls.left_out.get(field, 0.0) if quantity is None else quantity.si
            for field, quantity in quantities.items()
        }
