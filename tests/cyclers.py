"""Files as cyclers write them, by hand, and the measurement that all of them hold."""

import numpy as np

CURRENT, INTERVAL, POINTS = 1e-4, 60.0, 6
"""A, s between points, points of each step."""


def measurement(first="sodiation", cycles=2):
    """Time [s], voltage [V], current [A] above 0 into the carbon, cycle and step of a small measurement.

    Each half-cycle is six points, its first at the time of the last of the one before, as Neware logs.
    """
    order = ["sodiation", "desodiation"] if first == "sodiation" else ["desodiation", "sodiation"]
    time, voltage, current, cycle, step, start = [], [], [], [], [], 0.0
    for number in range(2 * cycles):
        inward = order[number % 2] == "sodiation"
        ramp = np.linspace(1.125, 0.125, POINTS) if inward else np.linspace(0.25, 1.5, POINTS)
        time += [start + INTERVAL * i for i in range(POINTS)]
        voltage += ramp.tolist()
        current += [CURRENT if inward else -CURRENT] * POINTS
        cycle += [number // 2 + 1] * POINTS
        step += [number + 1] * POINTS
        start = time[-1]
    return tuple(np.array(values) for values in (time, voltage, current, cycle, step))


CAPACITY = CURRENT * INTERVAL * (POINTS - 1) / 3.6 / 1e-3
"""mAh/g of each half-cycle with a milligram of carbon."""


def clock(seconds, form="{h:02d}:{m:02d}:{s:06.3f}"):
    """Seconds as h:min:s."""
    whole = round(seconds, 3)
    return form.format(h=int(whole // 3600), m=int(whole % 3600 // 60), s=whole % 60)


def lines(header, rows, separator=","):
    """A header and rows of cells as text."""
    return "\n".join([header, *(separator.join(map(str, row)) for row in rows)]) + "\n"


ECLAB_SETTINGS = """EC-Lab ASCII FILE
Nb header lines : {count}

Modulo Bat

Run on channel : 13 (SN 77439)
Electrode connection : standard
Acquisition started on : 10/31/2025 16:46:48.486
Electrode material : hard carbon
Electrolyte : NaPF6 in diglyme
Mass of active material : {mass} mg
 at x = 0.000
Electrode surface area : 1.131 cm²
Characteristic mass : 0.001 g
"""


def eclab(first="sodiation", decimal=".", mass="1.000", sign=-1):
    """EC-Lab's text export: oxidation positive, latin-1, the header's length in the second line."""
    settings = ECLAB_SETTINGS.format(count=ECLAB_SETTINGS.count("\n") + 1, mass=mass)
    header = "mode\tox/red\terror\tNs\ttime/s\tcontrol/mA\tEwe/V\t<I>/mA\t(Q-Qo)/mA.h\tcycle number"
    header += "\tTemperature/°C"
    rows = []
    for t, v, i, n, k in zip(*measurement(first), strict=True):
        numbers = [f"{t:.15E}", f"{sign * 1e3 * i:.7E}", f"{v:.7E}", f"{sign * 1e3 * i:.15E}", "0.0E+000"]
        rows.append([1, int(sign * i > 0), 0, k - 1, *numbers, f"{n:.1f}", "25.5"])
    text = settings + lines(header, rows, "\t")
    head, table = text[: len(settings)], text[len(settings) :]
    return (head + table.replace(".", decimal) if decimal == "," else text).encode("latin-1")


def neware(first="sodiation"):
    """BTSDA's CSV: Time is that of the step, Total Time that of the test, discharge negative."""
    header = (
        "DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(mA),Voltage(V),Capacity(mAh),Date"
    )
    time, voltage, current, cycle, step = measurement(first)
    start = {k: time[step == k][0] for k in step}
    rows = [
        [
            j,
            n,
            k,
            "CC DChg" if i > 0 else "CC Chg",
            clock(t - start[k]),
            clock(t),
            -1e3 * i,
            v,
            0,
            f"2025-10-31 {clock(t + 36000, '{h:02d}:{m:02d}:{s:02.0f}')}",
        ]
        for j, (t, v, i, n, k) in enumerate(zip(time, voltage, current, cycle, step, strict=True), start=1)
    ]
    return lines(header, rows).encode()


def neware_layered(first="sodiation"):
    """The older layered export: lines for cycles and steps among the records, three lines of headers."""
    time, voltage, current, cycle, step = measurement(first)
    text = "Cycle ID,Cap_Chg(mAh),Cap_DChg(mAh)\n,Step ID,Step Name,Step Time(h:min:s.ms)\n"
    text += ",,Record ID,Time(h:min:s.ms),Voltage(V),Current(mA),Capacity(mAh),Realtime\n"
    for k in np.unique(step):
        here = step == k
        if k % 2:
            text += f"{cycle[here][0]},0.008333,0.008333\n"
        text += f",{k},CC_{'DChg' if current[here][0] > 0 else 'Chg'},0:05:00.000\n"
        for j, (t, v, i) in enumerate(zip(time[here], voltage[here], current[here], strict=True), start=1):
            stamp = f"2025-10-31 {clock(t + 36000, '{h:02d}:{m:02d}:{s:02.0f}')}"
            text += f",,{j},{clock(t - time[here][0])},{v},{-1e3 * i},0,{stamp}\n"
    return text.encode()


def arbin(first="sodiation"):
    """MITS Pro's CSV: ampere, discharge negative, a running Test_Time."""
    header = "Data_Point,Test_Time(s),Date_Time,Step_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V)"
    rows = [
        [j, t, "10/31/2025 16:46:48", 0, 2 + (k - 1) % 2, n, -i, v]
        for j, (t, v, i, n, k) in enumerate(zip(*measurement(first), strict=True), start=1)
    ]
    return lines(header, rows).encode()


def landt(first="sodiation"):
    """LANDT's tab-separated text: names that are units, magnitudes without a sign beside the state."""
    header = "Rec\tCycle\tStep\tTest(sec)\tStep(sec)\tAmps\tVolts\tState"
    rows = [
        [j, n, k, t, 0, abs(i), v, "D" if i > 0 else "C"]
        for j, (t, v, i, n, k) in enumerate(zip(*measurement(first), strict=True), start=1)
    ]
    return lines(header, rows, "\t").encode()


def landt_snake(first="sodiation"):
    """LANDT's newer CSV: snake case with the unit at the end."""
    header = "test_time_s,step_time_s,voltage_v,current_a,cycle_index,step_index,date_time_iso_string"
    rows = [
        [t, 0, v, -i, n, k, "2025-10-31T16:46:48"] for t, v, i, n, k in zip(*measurement(first), strict=True)
    ]
    return lines(header, rows).encode()


def novonix(first="sodiation"):
    """Hours, and lines of settings before the table."""
    settings = "[Summary]\nNovonix UHPC\nCapacity (Ah): 0.0001\n[End Summary]\n[Data]\n"
    header = "Date and Time,Cycle Number,Step Type,Run Time (h),Step Time (h),Current (A),Potential (V)"
    rows = [
        ["2025-10-31 10:00:00 AM", n, 1, float(t / 3600), 0, -i, v]
        for t, v, i, n, k in zip(*measurement(first), strict=True)
    ]
    return (settings + lines(header, rows)).encode()


def specific(first="sodiation"):
    """A table from a spreadsheet: semicolons, decimal commas, current per gram, hours."""
    header = "Zeit [h];Spannung [V];Specific current [mA/g]"
    rows = [
        [float(t / 3600), float(v), float(i / 1e-6 * 1e3 / 1e3)]
        for t, v, i, _, _ in zip(*measurement(first), strict=True)
    ]
    return lines(header, rows, ";").replace(".", ",").encode()


LAYOUTS = {
    "EC-Lab text": (eclab, ".mpt"),
    "Neware": (neware, ".csv"),
    "Neware, layered": (neware_layered, ".csv"),
    "Arbin": (arbin, ".csv"),
    "LANDT": (landt, ".txt"),
    "LANDT, snake case": (landt_snake, ".csv"),
    "Novonix": (novonix, ".csv"),
    "spreadsheet": (specific, ".csv"),
}
