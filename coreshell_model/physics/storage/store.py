"""What a kind of storage declares, from which states, balance, inventory, figures and archive follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from coreshell_model.base.quantity import Section


@dataclass(frozen=True)
class Surroundings:
    """The carbon around a store, at one place: floats, arrays or PyBaMM symbols alike.

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
    """Sodium that a carbon holds at rest, in exchange with its mobile sodium on the sloping sites around.

    A subclass is a section of a carbon in a material's file: its fields are the numbers that the file gives.
    A line of ``inputs.sections.Carbon``, or of ``PorousCarbon`` for the core alone, puts it into the model,
    at both levels, in sealed and in open particles. docs/add-a-mechanism.md shows one being added.

    A subclass gives ``charge``, ``rates`` and ``equilibrium``, and declares:

    place : the series under which its sodium is counted, with unit
    label : of that series in figures
    begins : how the names of its parameters in PyBaMM begin, ``{region}`` standing for Core or Shell
    density_name : how the name of the density of what it can hold ends
    amount : the field that decides how much of it there is
    numbers : endings of the names of its other parameters, by field
    left_out : values [SI] of numbers that a file leaves out; 0 where not given
    states : names of its states, ``{region}`` as above; the first is the share that is filled
    gives_back : whether its sodium comes back; what stays for good is counted as trapped
    returned_as : the result under which what it gave back in the last desodiation is printed; none if empty
    in_pores : whether it fills pores rather than the carbon itself
    dry : why electrolyte in the pores leaves no place for it, as a clause; empty where it does
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
        """The most that it can hold, as charge [C.kg-1 of the carbon whose section it belongs to]."""
        raise NotImplementedError

    @classmethod
    def rates(cls, states: tuple, numbers: Any, around: Surroundings) -> tuple:
        """Rates of its states [s-1].

        Parameters
        ----------
        states : their values [-], in the order of ``cls.states``
        numbers : its parameters as attributes, named as in ``cls.numbers``
        around : the carbon at this place
        """
        raise NotImplementedError

    @classmethod
    def equilibrium(cls, potential: Any, numbers: Any) -> Any:
        """The share that is filled [-] after a long time at a potential U [V]; numbers as in ``rates``."""
        raise NotImplementedError

    @classmethod
    def variant(cls, numbers: Mapping[str, float]) -> type["Store"]:
        """Itself, or the class of a law with more states where its numbers [SI], by field, ask for one."""
        return cls

    @classmethod
    def values(cls, given: "Store | None") -> dict[str, float]:
        """Its parameters [SI] by field, but for its density; those of no use where a file leaves it out."""
        quantities = {field: getattr(given, field, None) for field in cls.numbers}
        return {
            field: cls.left_out.get(field, 0.0) if quantity is None else quantity.si
            for field, quantity in quantities.items()
        }
