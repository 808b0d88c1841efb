"""Units that exports leave out are told by dates or by the vendor's headers; what may be two is refused."""

import numpy as np
import pytest
from cyclers import clock, lines

from coreshell_model.base.errors import InputError
from coreshell_model.data.reading import read_dataset
from coreshell_model.data.vendors import SECONDS, VENDORS, unit_by_dates, vendor_of

TIME = 60.0 * np.arange(12)
VOLTAGE = 1.5 - TIME / 800
CURRENT = 1e-4


def stamp(seconds, form="{d:02d}.11.2025 {h:02d}:{m:02d}:{s:02d}"):
    whole = round(36_000 + seconds)
    return form.format(
        d=1 + whole // 86400,
        h=whole // 3600 % 24,
        m=whole // 60 % 60,
        s=whole % 60,
        half=whole // 3600 % 12 or 12,
    )


AMERICAN = "11/{d:d}/2025 {half:d}:{m:02d}:{s:02d} AM"


def maccor(scale=60.0, dates=True):
    """MIMS's text: settings, then Rec to DPT Time; times without a unit."""
    text = "Name:\tCell 7\nTester\tMaccor #4\nStarted\t11/1/2025 10:00:00 AM\n\n"
    header = "Rec\tCycle P\tCycle C\tStep\tTestTime\tStepTime\tCap. [Ah]\tCurrent [A]\tVoltage [V]\tMd\tES"
    rows = [
        [i, 0, 1, 1, f"{t / scale:.9f}", f"{t / scale:.9f}", 0, CURRENT, v, "D", 1]
        + ([stamp(t, AMERICAN)] if dates else [])
        for i, (t, v) in enumerate(zip(TIME, VOLTAGE, strict=True), start=1)
    ]
    return text + lines(header + ("\tDPT Time" if dates else ""), rows, "\t")


def maccor_milli():
    """Names that are units, in thousandths, and times without one."""
    header = "Rec#\tCyc#\tStep\tTestTime\tStepTime\tmAmp-hr\tmAmps\tVolts\tState\tDPt Time"
    rows = [
        [i, 1, 1, t, t, 0, 1e3 * CURRENT, v, "D", stamp(t, AMERICAN)]
        for i, (t, v) in enumerate(zip(TIME, VOLTAGE, strict=True), start=1)
    ]
    return "Today's Date\t11/2/2025\n" + lines(header, rows, "\t")


def maccor_plain():
    """A CSV export whose current and voltage have no unit."""
    header = "Rec,Cycle C,Step,Test Time (sec),Current,Voltage,MD,DPT Time"
    rows = [
        [i, 1, 1, t, CURRENT, v, "D", stamp(t, AMERICAN)]
        for i, (t, v) in enumerate(zip(TIME, VOLTAGE, strict=True))
    ]
    return lines(header, rows)


def arbin_table():
    """The database's channel table, whose columns have no units and whose dates are days."""
    header = "Test_ID,Data_Point,Test_Time,Step_Time,DateTime,Step_Index,Cycle_Index,Current,Voltage"
    rows = [
        [1, i, t, t, 45962 + t / 86400, 1, 1, -CURRENT, v]
        for i, (t, v) in enumerate(zip(TIME, VOLTAGE, strict=True))
    ]
    return lines(header, rows)


def neware(form="{h:02d}:{m:02d}:{s:06.3f}"):
    header = "DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(mA),Voltage(V),Date"
    rows = [
        [i, 1, 1, "CC DChg", clock(t, form), clock(t, form), -1e3 * CURRENT, v, stamp(t)]
        for i, (t, v) in enumerate(zip(TIME, VOLTAGE, strict=True))
    ]
    return lines(header, rows)


def landt_chinese():
    """LANDT's headers in Chinese, in GB18030."""
    header = "记录序号\t循环序号\t测试时间/Sec\t电流/mA\t电压/V\t系统时间"
    rows = [
        [i, 1, t, -1e3 * CURRENT, v, stamp(t, "2025-11-{d:02d} {h:02d}:{m:02d}:{s:02d}")]
        for i, (t, v) in enumerate(zip(TIME, VOLTAGE, strict=True))
    ]
    return lines(header, rows, "\t").encode("gb18030")


def pec():
    """PEC's CSV: lines of settings, units in brackets."""
    header = (
        "Test,Cell,Step,Cycle,Total Time (Seconds),Step Time (Seconds),Voltage (mV),Current (mA),Real Time"
    )
    rows = [[7, 1, 1, 1, t, t, 1e3 * v, -1e3 * CURRENT, stamp(t)] for t, v in zip(TIME, VOLTAGE, strict=True)]
    return "#RESULTS CHECK\nTest:,7\n#END RESULTS CHECK\n" + lines(header, rows)


def basytec():
    """BaSyTec's text: settings and header begin with a tilde; decimal points, hours, latin-1."""
    text = "~Resultfile from Basytec Battery Test System\n~Start of Test: 01.11.2025 10:00:00\n~\n"
    header = "~Time[h]\tDataSet\tDateTime\tt-Step[h]\tLine\tCommand\tU[V]\tI[A]\tT1[°C]\tCyc-Count"
    rows = [
        [f"{t / 3600:.9f}", i, stamp(t), f"{t / 3600:.9f}", 1, "Discharge", v, -CURRENT, 25.1, 1]
        for i, (t, v) in enumerate(zip(TIME, VOLTAGE, strict=True))
    ]
    return (text + lines(header, rows, "\t")).encode("latin-1")


def novonix():
    settings = "[Summary]\nNovonix UHPC\n[End Summary]\n[Data]\n"
    header = "Date and Time,Cycle Number,Step Type,Run Time (h),Step Time (h),Current (A),Potential (V)"
    rows = [
        [stamp(t, "2025-11-{d:02d} {h:02d}:{m:02d}:{s:02d}"), 1, 1, f"{t / 3600:.9f}", 0, -CURRENT, v]
        for t, v in zip(TIME, VOLTAGE, strict=True)
    ]
    return settings + lines(header, rows)


def digatron(units=True):
    header = "Step,Status,Program Duration#s,Step Duration#s,Voltage#V,Current#A,Timestamp"
    rows = [
        [1, "DCH", t, t, v, -CURRENT, stamp(t, "2025-11-{d:02d} {h:02d}:{m:02d}:{s:02d}")]
        for t, v in zip(TIME, VOLTAGE, strict=True)
    ]
    if not units:
        for unit in ("#s", "#V", "#A"):
            header = header.replace(unit, "")
    return lines(header, rows)


def bdf():
    return lines(
        "test_time_second,voltage_volt,current_ampere",
        [(t, v, -CURRENT) for t, v in zip(TIME, VOLTAGE, strict=True)],
    )


FILES = {
    "Maccor, minutes by the dates": (maccor(), "'TestTime' has no unit; in min, as the file's dates tell"),
    "Maccor, seconds by the dates": (maccor(1.0), "'TestTime' has no unit; in s, as the file's dates tell"),
    "Maccor, hours by the dates": (maccor(3600.0), "in h, as the file's dates tell"),
    "Maccor, thousandths": (maccor_milli(), "in s, as the file's dates tell"),
    "Maccor, plain names": (
        maccor_plain(),
        "'Current' has no unit; in A, as Maccor's CSV export writes it (",
    ),
    "Arbin's table": (arbin_table(), "'Test_Time' has no unit; in s, as Arbin's channel table writes it ("),
    "Neware": (neware(), None),
    "Neware, days": (neware("0d {h:02d}:{m:02d}:{s:06.3f}"), None),
    "LANDT, Chinese": (landt_chinese(), None),
    "PEC": (pec(), None),
    "BaSyTec": (basytec(), None),
    "Novonix": (novonix(), None),
    "Digatron": (digatron(), None),
    "Digatron without units": (digatron(units=False), "'Voltage' has no unit; in V, as Digatron's table"),
    "BDF": (bdf(), None),
}


def read(folder, content, **options):
    path = folder / "cell.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_dataset(path, **options)


@pytest.mark.parametrize("name", FILES)
def test_every_vendor_s_layout_is_read_in_its_units(tmp_path, name):
    """The same sodiation at 0.1 mA; a unit that the header leaves out is stated with its source."""
    content, statement = FILES[name]
    dataset = read(tmp_path, content)
    assert dataset.time == pytest.approx(TIME, abs=2e-4)
    assert dataset.voltage == pytest.approx(VOLTAGE, abs=1e-9)
    assert dataset.current == pytest.approx(np.full(12, CURRENT))
    if statement:
        assert any(statement in said for said in dataset.statements), dataset.statements


def _semicolons(text):
    return text.replace(".", ",").replace("\t", ";")


LOCALES = {
    "as it is": lambda text: text.encode(),
    "BOM": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "Windows line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "old Mac's line ends": lambda text: text.replace("\n", "\r").encode(),
    "decimal comma, tabs": lambda text: text.replace(".", ",").encode(),
    "decimal comma, semicolons, BOM": lambda text: _semicolons(text).encode("utf-8-sig"),
    "decimal comma, semicolons, UTF-16": lambda text: _semicolons(text).encode("utf-16"),
    "a cell more in every line": lambda text: text.replace("\n", "\t\n").encode(),
}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_vendor_is_known_in_every_locale(tmp_path, locale):
    dataset = read(tmp_path, LOCALES[locale](maccor()))
    assert dataset.time == pytest.approx(TIME, abs=1e-3)
    assert any("in min, as the file's dates tell" in said for said in dataset.statements)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            maccor(dates=False),
            ("'TestTime' has no unit; Maccor's text export writes it in s, min or h; say it",),
        ),
        (maccor(37.0), ("'TestTime' has no unit", "--column 'test time=TestTime in UNIT'")),
        (
            lines(
                "Data_Point,Test_Time,Step_Time,Date,Step_Index,Cycle_Index,Current,Voltage",
                [(1, t / 60, 0, stamp(t), 1, 1, -CURRENT, v) for t, v in zip(TIME, VOLTAGE, strict=True)],
            ),
            ("Arbin's channel table writes it in s, the file's dates say min",),
        ),
        (lines("time,voltage/V,current/mA", [(0, 1, 1), (1, 0.5, 1)]), ("'time' has no unit; say it",)),
    ],
)
def test_a_unit_that_can_be_two_things_is_asked(tmp_path, content, said):
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert all(words in str(caught.value) for words in said), caught.value


def test_the_option_settles_a_unit_that_can_be_two_things(tmp_path):
    dataset = read(tmp_path, maccor(dates=False), columns={"test time": "TestTime in min"})
    assert dataset.time == pytest.approx(TIME, abs=1e-3)


@pytest.mark.parametrize("unit", SECONDS)
def test_dates_tell_a_unit_through_pauses_and_rounding(unit):
    """Dates have whole seconds; a pause of an hour counts in them alone."""
    seconds = 17.3 * np.arange(50)
    dates = np.floor(seconds) + np.where(np.arange(50) > 30, 3600, 0)
    assert unit_by_dates(seconds / SECONDS[unit], dates) == unit
    assert unit_by_dates(seconds / SECONDS[unit] * 1.3, dates) is None
    assert unit_by_dates(seconds / SECONDS[unit], np.zeros(50)) is None


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_each_convention_says_where_it_is_known_from(vendor):
    """And is found by its own headers alone."""
    assert len(vendor.source) > 20 and (vendor.units or vendor.open)
    assert {*vendor.units, *vendor.open} & vendor.marks
    assert vendor_of(sorted(vendor.marks)) is vendor
    assert vendor_of(["time", "voltage", "current"]) is None
