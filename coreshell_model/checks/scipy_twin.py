"""A second implementation of the particle from equations (4)-(16) and (45)-(48) of docs/physics.md.

Finite volumes along the radius, in the core finer towards the shell, in the shell uniform; integrated by
scipy's BDF, without PyBaMM. The current of a hold is an explicit function of the state. Shares no code with
`coreshell_model`, only the names of the parameters.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

F = 96485.33212  # C mol-1
R_GAS = 8.314462618  # J mol-1 K-1
RTOL, ATOL = 1e-8, 1e-10  # ten times tighter moves no voltage of a formation by more than 0.06 mV
CORE_STRETCH = 2.0
SEI_STEP = ("potential [V]", "rate [s-1]", "charge [C.m-2]", "molar volume [m3.mol-1]", "electrons")


@dataclass
class StepResult:
    """One step of the protocol, at the solver's own times; the first entry is the start of the step."""

    time: np.ndarray  # s, since the start of the first step
    voltage: np.ndarray  # V
    charge: np.ndarray  # A.h per kg of active carbon (mA.h/g), + sodiation, since the first step's start
    current: np.ndarray  # A per kg of active carbon, > 0 sodiates
    state: np.ndarray  # (states, times); `Twin.split` takes it apart


def run(values, steps, core_cells=20, shell_cells=8):
    """Run a protocol on one particle, from empty clusters and traps and a bare surface.

    Parameters
    ----------
    values : dict
        Parameter values by name, in SI units.
    steps : list
        ("current", current [A/kg, > 0 sodiates], stop voltage [V], time limit [s]) or
        ("hold", voltage [V], size of the current to stop at [A/kg], time limit [s]).
    core_cells, shell_cells : int
        Finite volumes; those of the core shrink outwards by the same factor from one to the next, by
        e^CORE_STRETCH over all of them.

    Returns
    -------
    list of StepResult
        One per step; all is per mass, so the electrode's area does not matter.
    """
    twin = Twin(values, core_cells, shell_cells)
    y, time, results = twin.initial(), 0.0, []
    for step in steps:
        kind, target, stop, limit = step
        results.append(twin.step(kind, target, stop, limit, y, time))
        y, time = results[-1].state[:, -1], results[-1].time[-1]
    return results


class Twin:
    """y = [theta, xi (core), chi, M (core), phi, s_1, s_2, s_3, q_g, q_d, charge], a column per state."""

    def __init__(self, values, core_cells, shell_cells):
        v = self.v = values
        self.cells = core_cells, shell_cells
        self.RT = R_GAS * v["Ambient temperature [K]"]
        R_c, delta = v["Core radius [m]"], v["Shell thickness [m]"]
        widths = np.exp(-CORE_STRETCH * np.arange(core_cells) / core_cells)
        core = R_c * np.r_[0, np.cumsum(widths)] / widths.sum()
        shell = np.linspace(core[-1], R_c + delta, shell_cells + 1)
        faces = np.r_[core, shell[1:]]
        self.h = np.diff(faces)[:, None]
        self.area, self.volume = faces[:, None] ** 2, np.diff(faces**3)[:, None] / 3  # both over 4 pi
        self.E_0, self.g = self.by_cell("sloping potential [V]"), self.by_cell("sloping interaction [V]")
        self.h_s, self.share = self.by_cell("strong-site potential [V]"), self.by_cell("strong-site share")
        self.c_s, self.c_t = self.by_cell("site density [mol.m-3]"), self.by_cell("trap density [mol.m-3]")
        self.D_c = self.by_cell("diffusivity [m2.s-1]") * self.c_s
        self.U_t, self.w_t = self.by_cell("trap potential [V]"), self.by_cell("trap width [V]")
        self.k_t, self.k_r = self.by_cell("trap rate [s-1]"), self.by_cell("trap release rate [s-1]")
        self.U_k, self.k_k, self.q_k, self.V_k, self.z_k = (
            np.array([[v[f"SEI step {k} {name}"]] for k in (1, 2, 3)]) for name in SEI_STEP
        )
        self.a_ext = v["External area [m2.kg-1]"]
        self.f_r = self.a_ext * v["Particle density [kg.m-3]"] * (R_c + delta) / 3

    def by_cell(self, name):
        """A quantity of core and shell, cell by cell, as a column."""
        return np.repeat([self.v["Core " + name], self.v["Shell " + name]], self.cells)[:, None]

    def initial(self):
        """The first state: empty clusters and traps, a bare surface."""
        occupancy = [self.v["Initial core occupancy"], self.v["Initial shell occupancy"]]
        empty = np.zeros(2 * self.cells[0] + sum(self.cells))
        return np.r_[np.repeat(occupancy, self.cells), empty, self.v["Initial potential [V]"], np.zeros(6)]

    def split(self, y):
        """theta, xi, chi, M, phi, s, q_g, q_d, charge."""
        n_core, n = self.cells[0], sum(self.cells)
        theta, xi, chi, memory, *others = np.split(y, np.cumsum([n, n_core, n, n_core, 1, 3, 1, 1]))
        phi, s, q_g, q_d, charge = others
        return theta, xi, chi, memory, phi[0], s, q_g[0], q_d[0], charge[0]

    def mean_field(self, cells, theta):
        """E of (4) and (45) in the given cells [V]."""
        strong = self.h_s[cells] * (1 - np.tanh(np.maximum(theta, 0) / self.share[cells]))
        return self.E_0[cells] - self.g[cells] * theta + strong

    def rates(self, y, current):
        """dy/dt at a current per mass [A/kg]."""
        v, RT, n_core = self.v, self.RT, self.cells[0]
        theta, xi, chi, memory, phi, s, q_g, q_d, _ = self.split(y)
        inside = np.clip(theta, 1e-12, 1 - 1e-12)
        U = self.mean_field(slice(None), theta) - RT / F * np.log(inside / (1 - inside))  # (4)

        U_p, w_p, pores = v["Cluster potential [V]"], v["Cluster width [V]"], np.clip(xi, 1e-6, 1 - 1e-6)
        U_xi = U_p - w_p * np.log(pores / (1 - pores))
        rate = v["Cluster rate [s-1]"] * (1 + abs(U_xi - U[:n_core]) / v["Cluster driving potential [V]"])
        rate = rate * (1 + v["Cluster conditioning"] * memory)
        dmemory = v["Cluster conditioning rate [s-1]"] * xi * (1 - memory)  # (46)
        dxi = rate * (1 / (1 + np.exp((U[:n_core] - U_p) / w_p)) - xi)  # (8)
        gap = 1 / (1 + np.exp((U - self.U_t) / self.w_t)) - chi
        filling, over = np.maximum(gap, 0), np.maximum(-gap, 0)
        dchi = self.k_t * theta * filling**2 / (filling + 0.01)  # (9)
        dchi = dchi - self.k_r * (1 - theta) * over**2 / (over + 0.01)  # (47)

        alpha_f = v["SEI transfer coefficient"] * F / RT
        ds = (1 - s) / (np.exp(alpha_f * (phi - self.U_k)) / self.k_k + v["SEI supply time [s]"])  # (12)
        alpha_g = v["SEI growth transfer coefficient"] * F / RT
        exponent = alpha_g * (phi - v["SEI growth potential [V]"])
        exponent = exponent + self.thickness(s, q_g) / v["SEI growth decay length [m]"]
        dq_g = v["SEI growth exchange current density [A.m-2]"] * np.exp(-exponent)  # (13)
        dq_d = v["SEI dissolution rate [s-1]"] * q_g / (1 + q_d / v["SEI saturation charge [C.m-2]"])  # (48)
        j_sei = -np.sum(self.q_k * ds, axis=0) - dq_g
        j_far = self.charge_transfer(theta, phi)
        dphi = (-current / self.a_ext - j_far - j_sei) / v["Double-layer capacitance [F.m-2]"]  # (15)

        N = np.zeros((len(theta) + 1, y.shape[1]))  # (6), (7), on the faces
        N[1:-1] = -self.D_c[1:] * np.diff(theta, axis=0) / (self.h[:-1] / 2 + self.h[1:] / 2)
        N[n_core] = self.interface_flux(theta)
        N[-1] = self.f_r * j_far / F
        sink = self.c_t * dchi
        sink[:n_core] += v["Cluster site density [mol.m-3]"] * dxi
        dtheta = -(np.diff(self.area * N, axis=0) / self.volume + sink) / self.c_s  # (5)
        return np.vstack([dtheta, dxi, dchi, dmemory, dphi, ds, dq_g - dq_d, dq_d, current / 3600])

    def interface_flux(self, theta):
        """(7) by bisection: the N at which mu is equal on both sides of R_c [mol m-2 s-1].

        Half cells on either side carry N by diffusion; E is taken at occupancies extrapolated from two cells.
        """
        c, s = self.cells[0] - 1, self.cells[0]
        E_c = self.mean_field(c, self.at_face(theta, c, c - 1))
        E_s = self.mean_field(s, self.at_face(theta, s, s + 1))
        G_c, G_s = 2 * self.D_c[c] / self.h[c], 2 * self.D_c[s] / self.h[s]
        # N between these bounds keeps both occupancies at the face between 0 and 1
        low = np.maximum(G_c * (theta[c] - 1), -G_s * theta[s])
        high = np.minimum(G_c * theta[c], G_s * (1 - theta[s]))
        odds = np.exp(np.clip((E_c - E_s) * F / self.RT, -690, 690))
        for _ in range(64):
            N = (low + high) / 2
            at_c, at_s = theta[c] - N / G_c, theta[s] + N / G_s
            too_small = at_c * (1 - at_s) > odds * at_s * (1 - at_c)
            low, high = np.where(too_small, N, low), np.where(too_small, high, N)
        return (low + high) / 2

    def at_face(self, theta, last, before):
        """Occupancy at the outer side of cell ``last``, on the line through it and the cell before."""
        return theta[last] + (theta[last] - theta[before]) * self.h[last] / (self.h[last] + self.h[before])

    def charge_transfer(self, theta, phi):
        """(11) at the theta_s where the reaction takes what the outermost half cell delivers [A m-2].

        E is taken at the occupancy extrapolated from two cells; reaction and delivery are then straight lines
        in theta_s, and the secant through theta_s = 0 and 1 finds where they cross.
        """
        E = self.mean_field(-1, self.at_face(theta, -1, -2))
        x = F * (phi - E) / (2 * self.RT)
        two_j = 2 * self.v["Exchange current density [A.m-2]"]

        def reaction(theta_s):
            return two_j * (theta_s * np.exp(x) - (1 - theta_s) * np.exp(-x))

        def excess(theta_s):
            return reaction(theta_s) - F * self.D_c[-1] * (theta[-1] - theta_s) / (self.h[-1] / 2) / self.f_r

        return reaction(excess(0) / (excess(0) - excess(1)))

    def thickness(self, s, q_g):
        """Thickness (14) [m]."""
        V_g, z_g = self.v["SEI growth molar volume [m3.mol-1]"], self.v["SEI growth electrons"]
        steps = np.sum(self.q_k * s * self.V_k / (self.z_k * F), axis=0)
        return self.v["SEI initial thickness [m]"] + steps + q_g * V_g / (z_g * F)

    def inventory(self, y):
        """The places of the sodium (17) in one state, per mass [A h/kg, which is mA h/g]."""
        v, n_core = self.v, self.cells[0]
        theta, xi, chi, _, phi, s, q_g, q_d, _ = self.split(y)
        per_mass = 3 * F / (v["Particle density [kg.m-3]"] * (3 * self.volume.sum()) * 3600)

        def amount(density, filled):
            return per_mass * float(np.sum(self.volume[: len(filled)] * density * filled))

        sites = self.volume * self.c_s * theta * per_mass
        film = float(np.sum(self.q_k * s) + np.sum(q_g + q_d))
        drop = float(np.sum(v["Initial potential [V]"] - phi))
        return {
            "Sodium in core sloping sites [mA.h.g-1]": float(sites[:n_core].sum()),
            "Sodium in shell sloping sites [mA.h.g-1]": float(sites[n_core:].sum()),
            "Sodium in clusters [mA.h.g-1]": amount(v["Cluster site density [mol.m-3]"], xi),
            "Trapped sodium [mA.h.g-1]": amount(self.c_t, chi),
            "Sodium in SEI [mA.h.g-1]": self.a_ext * film / 3600,
            "Charge in double layer [mA.h.g-1]": self.a_ext
            * v["Double-layer capacitance [F.m-2]"]
            * drop
            / 3600,
        }

    def loss(self, y, current):
        """Phi - V of (16) [V], and its derivative in the current per mass."""
        v, (*_, s, q_g, _, _) = self.v, self.split(y)
        m_A, j_Na = v["Active loading [kg.m-2]"], v["Counter electrode exchange current density [A.m-2]"]
        film = v["SEI resistivity [Ohm.m]"] * self.thickness(s, q_g) / self.a_ext
        resistance, x = film + v["Series resistance [Ohm.m2]"] * m_A, current * m_A / (2 * j_Na)
        slope = resistance + self.RT / F * m_A / j_Na / np.sqrt(1 + x**2)
        return resistance * current + 2 * self.RT / F * np.arcsinh(x), slope

    def hold_current(self, y, voltage):
        """The current per mass at which (16) gives this voltage, by Newton's method [A/kg]."""
        drop = self.split(y)[4] - voltage
        current = 0 * drop
        for _ in range(50):
            loss, slope = self.loss(y, current)
            change = (drop - loss) / slope
            current = current + change
            if np.all(abs(change) <= 1e-12 * (1 + abs(current))):
                return current
        raise ArithmeticError("the current of the hold did not converge")

    def step(self, kind, target, stop, limit, y, time):
        """One step of the protocol from state y; see `run`."""
        holds = {"hold": True, "current": False}[kind]

        def current(y):
            return self.hold_current(y, target) if holds else target + 0 * y[0]

        def voltage(y):
            return self.split(y)[4] - self.loss(y, current(y))[0]

        def rates(t, y):
            columns = y.reshape(len(y), -1)
            return self.rates(columns, current(columns)).reshape(y.shape)

        def distance(t, y):  # falls through 0 at the stop
            y = y[:, None]
            return (abs(current(y)) - stop if holds else np.sign(target) * (voltage(y) - stop))[0]

        distance.terminal, distance.direction = True, -1
        if distance(time, y) <= 0:
            limit = 0.0  # already there, as a hold whose current is small from its start
        solver = {"method": "BDF", "rtol": RTOL, "atol": ATOL, "vectorized": True}
        solution = solve_ivp(rates, (time, time + limit), y, events=distance, **solver)
        if solution.status < 0:
            raise ArithmeticError(f"{kind} {target}: {solution.message}")
        y = solution.y
        return StepResult(solution.t, voltage(y), self.split(y)[-1], current(y), y)
