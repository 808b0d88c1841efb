"""Text with a unit -> SI, and back."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coreshell_model.base.errors import InputError
from coreshell_model.base.units import from_si, parse_quantity, to_si

IN_SI = {
    "mAh/g": 3600, "mA.h.g-1": 3600, "mA.h/g": 3600, "mA·h·g⁻¹": 3600, "mA h g-1": 3600, "Ah/kg": 3600,
    "m2/g": 1000, "m²/g": 1000, "m^2/g": 1000, "cm3/g": 1e-3, "cm**3/g": 1e-3, "g/cm3": 1000, "g.cm-3": 1000,
    "m2.s-1": 1, "cm2/s": 1e-4, "A/m2": 1, "A.m-2": 1, "mA/cm2": 10, "F/m2": 1, "F/g": 1000,
    "S/m": 1, "mS/cm": 0.1, "Ohm.m2": 1, "Ohm.cm2": 1e-4, "Ohm.m": 1, "Ohm": 1, "Ω": 1, "mOhm": 1e-3,
    "1/s": 1, "s-1": 1, "1/h": 1 / 3600, "mV": 1e-3, "V": 1, "nm": 1e-9,
    "um": 1e-6, "µm": 1e-6, "μm": 1e-6, "mg/cm2": 0.01, "h": 3600, "min": 60,
    "kg/mol": 1, "g/mol": 1e-3, "m3/mol": 1, "cm3/mol": 1e-6, "kJ/mol": 1000, "mol/m3": 1, "K": 1, "A/kg": 1,
    "mA/g": 1, "%": 0.01, "1": 1, "": 1, "mg/g": 1e-3, "nm2": 1e-18, "J/mol/K": 1, "J.mol-1.K-1": 1,
}  # fmt: skip
KINDS = ["m2/g", "nm", "mA.h.g-1", "1", "%"]
FINITE = (
    st.floats(1e-30, 1e12) | st.floats(-1e12, -1e-30) | st.just(0.0)
)  # smaller ones lose digits to underflow


@pytest.mark.parametrize(("unit", "factor"), IN_SI.items())
def test_one_of_each_unit_is_so_much_in_si(unit, factor):
    """Problem: 1 in the unit; answer: written by hand. 1e-14 allows for the last digit."""
    assert to_si(1, unit, unit) == pytest.approx(factor, rel=1e-14, abs=0)


def test_a_skeletal_density_of_1_8_grams_per_cm3_is_1800_exactly():
    assert to_si(1.8, "g/cm3", "kg/m3") == 1800


@given(FINITE, st.sampled_from(list(IN_SI)))
def test_a_value_survives_the_way_to_si_and_back(value, unit):
    assert from_si(to_si(value, unit, unit), unit) == pytest.approx(value, rel=1e-14, abs=0)


@given(FINITE, st.sampled_from(list(IN_SI)))
def test_a_value_in_si_survives_the_way_out_and_in(value, unit):
    assert to_si(from_si(value, unit), unit, unit) == pytest.approx(value, rel=1e-14, abs=0)


@given(st.floats(-1e6, 1e6), st.sampled_from(list(IN_SI)))
def test_a_written_quantity_reads_as_its_number_and_unit(value, unit):
    assert parse_quantity(f"{value!r} {unit}") == (value, unit or "1")


@pytest.mark.parametrize(
    ("text", "quantity"),
    [("12 nm", (12, "nm")), ("0.3", (0.3, "1")), ("14 m2/g", (14, "m2/g")), ("1e-17 m2/s", (1e-17, "m2/s")),
     ("30 %", (30, "%")), (" 12nm ", (12, "nm")), ("-.5 V", (-0.5, "V")), ("2 1/s", (2, "1/s"))],
)  # fmt: skip
def test_a_quantity_is_a_number_and_a_unit(text, quantity):
    assert parse_quantity(text) == quantity


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "number"), ("nm", "number"), ("twelve nm", "number"), ("nan", "number"), ("inf", "number"),
     ("12,5 nm", "use a point"), ("1.2.3 nm", "one number"), ("1_000 m", "one number"),
     ("1e999 m", "finite")],
)  # fmt: skip
def test_what_is_no_finite_number_is_no_quantity(text, reason):
    with pytest.raises(InputError, match=reason):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("unit", "expected", "message"),
    [
        ("nm", "m2/g", "unit 'nm' is not an area per mass; use one like 'm2/g'"),
        ("V", "1/K", "unit 'V' is not of the same dimension as '1/K'; use one like '1/K'"),
        ("furlongs", "V", "unit 'furlongs' is not a potential; use one like 'V'"),
        ("quux", "m", "unit 'quux' is unknown at 'quux'; write it like 'm'"),
        ("nm", "1", "unit 'nm' is not a plain number; give a number without a unit, or in %"),
        ("1", "nm", "1 has no unit; write for example 1 nm"),
        ("", "mAh/g", "1 has no unit; write for example 1 mAh/g"),
        ("1", "1/K", "1 has no unit; write for example 1 1/K"),
        ("°C", "nm", "unit '°C' is not a length; use one like 'nm'"),
        ("C", "K", "unit 'C' is not a temperature; use one like 'K' or '°C'"),
        ("degF", "K", "unit 'degF' is not a multiple of an SI unit; write it like 'K' or '°C'"),
        ("°F", "K", "unit '°F' cannot be read; write it like 'K' or '°C'"),
        (
            "J/mol/degC",
            "J/mol/K",
            "unit 'J/mol/degC' is not a multiple of an SI unit; write it like 'J/mol/K'",
        ),
        ("NaN", "1", "unit 'NaN' is unknown at 'NaN'; write it like 'mA.h.g-1' or 'mAh/g'"),
        ("dB", "1", "unit 'dB' is not a multiple of an SI unit; write it like 'mA.h.g-1' or 'mAh/g'"),
        ("A/m2.s", "A", "unit 'A/m2.s' has a product after '/'; write like 'A/m2/s' or 'A.m-2.s-1'"),
        ("m2/", "m2", "unit 'm2/' cannot be read; write it like 'm2'"),
        ("m10", "m", "unit 'm10' cannot be read; write it like 'm'"),
        ("Qpc9", "m9", "unit 'Qpc9' is too far from SI units to compute with; use a smaller prefix"),
    ],
)
def test_a_wrong_unit_is_named_with_a_remedy(unit, expected, message):
    with pytest.raises(InputError) as caught:
        to_si(1, unit, expected)
    assert str(caught.value) == message


@pytest.mark.parametrize("unit", ["°C", "degC", "℃", "ºC", "deg C", "Celsius"])
@pytest.mark.parametrize(("celsius", "kelvin"), [(0, 273.15), (-20, 253.15), (25, 298.15), (-273.15, 0)])
def test_degrees_celsius_are_a_temperature(unit, celsius, kelvin):
    """To the last digit, and back; the unit of a range may be either."""
    assert parse_quantity(f"{celsius} {unit}") == (celsius, unit)
    assert to_si(celsius, unit, "K") == to_si(celsius, unit, unit) == kelvin
    assert from_si(kelvin, unit) == celsius
    assert to_si(kelvin, "K", unit) == kelvin


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400])
def test_only_finite_values_convert(value):
    with pytest.raises(InputError, match="finite"):
        to_si(value, "m", "m")
    with pytest.raises(InputError, match="finite"):
        from_si(value, "m")


def test_a_value_that_overflows_in_si_is_refused():
    with pytest.raises(InputError, match="finite"):
        to_si(1e308, "km", "m")


@given(st.floats(), st.text(), st.sampled_from(KINDS))
def test_any_text_for_a_unit_converts_or_is_an_input_error(value, unit, expected):
    try:
        assert math.isfinite(to_si(value, unit, expected))
    except InputError as error:
        assert str(error).isprintable()


@given(st.text("mgAhVKsCoOpQdBe%1239.-/*^ µ²⁻()_"), st.sampled_from(KINDS))
def test_any_text_made_of_unit_letters_converts_or_is_an_input_error(unit, expected):
    try:
        assert math.isfinite(to_si(1.0, unit, expected))
    except InputError as error:
        assert str(error).isprintable()


@given(st.text() | st.text("0123456789.,eE+-_ nmx%/"))
def test_any_text_for_a_quantity_is_read_or_is_an_input_error(text):
    try:
        assert math.isfinite(parse_quantity(text)[0])
    except InputError as error:
        assert str(error).isprintable()


def test_importing_units_does_not_import_pint():
    """Pint takes longer to import than the command line may take to answer."""
    code = "import sys, coreshell_model.base.units; sys.exit('pint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
