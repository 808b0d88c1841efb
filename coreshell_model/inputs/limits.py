"""The table of bounds and usual ranges of each number of a material or protocol.

A number beyond the bounds that nature sets is refused, with the reason; a number outside the usual range
gives a warning in the results. Bounds are in SI, usual ranges in the unit that stands first; ``source`` says
where a range is from.
"""

from typing import Annotated

from coreshell_model.base.quantity import Quantity, within
from coreshell_model.physics.laws.constants import FARADAY

SMALLEST_RADIUS, LARGEST_RADIUS = 10e-9, 100e-6
"""Radii [m] of particles: from carbon black's primary particles to grains of a coarse powder."""

TWO_SODIUM = 2 * FARADAY / 12.011e-3
"""Charge [C.kg-1] of two sodium atoms for each carbon atom: 4463 mAh/g."""

LEAST_NP_RATIO, LARGEST_NP_RATIO = 0.2, 50.0
"""N/P ratios of a full cell, also where one follows from a loading. At the least a carbon with an efficiency
of a fifth, which takes up five times what it gives back, would still be balanced."""

LARGEST_LOADING = 10.0
"""Active material per area [kg.m-2], also of a positive electrode whose loading follows from an N/P ratio."""

NO_MORE_SODIUM = "two sodium atoms for each carbon atom, more would be a metal"
SOLVER = "beyond, the solver takes minutes for what changes nothing"
HALF_CELL = "beyond the stability of any electrolyte against sodium"
TWO_FACES = "both faces of a graphene sheet have 2630 m2/g"
ATTEMPTS = "every site of a surface tried at the frequency of atoms"

# fmt: off
Potential = Annotated[Quantity, within(
    "V", at_least=-1.0, at_most=5.0, why=HALF_CELL,
    usual=(0, 2.6), source="sodium metal to open circuit of empty carbon (Appel et al.: 2.25 to 2.5 V)")]
Width = Annotated[Quantity, within(
    "V", at_least=1e-4, at_most=5.0, why=SOLVER,
    usual=(0.005, 0.5), source="assumed: from a fifth of RT/F to the width of a sloping region")]
Fraction = Annotated[Quantity, within(
    "1", at_least=0.0, at_most=1.0, why="a share of a whole")]
LossShare = Annotated[Quantity, within(
    "1", at_least=0.0, at_most=0.99, why="with all of it lost the electrode would give nothing back",
    usual=(0, 0.5), source="assumed: up to half of a first charge")]
PackagingShare = Annotated[Quantity, within(
    "1", at_least=0.0, at_most=0.9, why="a tenth of a cell at least is its stack",
    usual=(0.0, 0.5), source="assumed: up to half of a small cell is its housing")]
Capacity = Annotated[Quantity, within(
    "mAh/g", at_least=3.6, at_most=TWO_SODIUM, why=NO_MORE_SODIUM,
    usual=(10, 1116), source="assumed: up to NaC2; sloping capacities of hard carbons are 100 to 450 mAh/g")]
CapacityOrZero = Annotated[Quantity, within(
    "mAh/g", at_least=0.0, at_most=TWO_SODIUM, why=NO_MORE_SODIUM,
    usual=(0, 558), source="assumed: up to NaC4; the fitted CVD carbon traps 249 mAh/g")]
Interaction = Annotated[Quantity, within(
    "V", at_least=0.0, at_most=5.0, why=HALF_CELL,
    usual=(0, 2.5), source="assumed: no more than the whole voltage window")]
StrongShare = Annotated[Quantity, within(
    "1", at_least=1e-4, at_most=10.0, why=SOLVER,
    usual=(0.005, 1), source="assumed: from defects of a percent to a spread over all sites")]
Factor = Annotated[Quantity, within(
    "1", at_least=0.0, at_most=1e6, why=SOLVER,
    usual=(0, 100), source="assumed: clusters of later cycles grow up to a hundred times faster")]
RateOrZero = Annotated[Quantity, within(
    "1/s", at_least=0.0, at_most=1e6, why=SOLVER,
    usual=(0, 10), source="assumed: from never to a tenth of a second")]
ActivationEnergy = Annotated[Quantity, within(
    "kJ/mol", at_least=0.0, at_most=3e5, why="no reaction of a cell would be seen",
    usual=(5, 120), source="assumed: from ions in a solvent to solid-state diffusion")]
SizeSpread = Annotated[Quantity, within(
    "1", at_least=0.0, at_most=2.0, why="a size a hundred times the next",
    usual=(0, 1), source="assumed: from one size to unsieved powders")]
Diffusivity = Annotated[Quantity, within(
    "m2/s", above=0.0, at_most=1e-4, why=SOLVER,
    usual=(1e-21, 1e-12), source="assumed: two decades beyond titrations of hard carbons, 1e-19 to 1e-14")]
Rate = Annotated[Quantity, within(
    "1/s", above=0.0, at_most=1e6, why=SOLVER,
    usual=(1e-09, 10), source="assumed: from decades to a tenth of a second")]
Drive = Annotated[Quantity, within(
    "V", above=0.0, at_most=1e9, why="as good as a constant rate: leave it out",
    usual=(0.001, 10), source="assumed: from a twentieth of RT/F to no drive within the window")]
Density = Annotated[Quantity, within(
    "g/cm3", at_least=300.0, at_most=5000.0, why="diamond has 3.5 g/cm3",
    usual=(1.2, 2.3), source="assumed: from soft, hydrogen-rich carbons to graphite, 2.26 g/cm3")]
SolidDensity = Annotated[Quantity, within(
    "g/cm3", at_least=300.0, at_most=5000.0, why="diamond has 3.5 g/cm3",
    usual=(0.9, 2.3), source="assumed: from polyethylene to graphite")]
AccessibleVolume = Annotated[Quantity, within(
    "cm3/g", above=0.0, at_most=0.01, why="beyond that the solid is a foam",
    usual=(0.01, 3), source="assumed: activated and templated carbons")]
Exponent = Annotated[Quantity, within(
    "1", at_least=1.0, at_most=1000.0, why="a straight, open path has 1, and at 1000 none is left",
    usual=(1, 10), source="assumed: from open pores to such that their mouths close")]
WettingExponent = Annotated[Quantity, within(
    "1", at_least=1.0, at_most=1000.0, why="at 1 particles are open or sealed, at 1000 one leak kills all",
    usual=(1, 10), source="assumed: clusters die up to ten times as fast as pores are wetted")]
Bruggeman = Annotated[Quantity, within(
    "1", at_least=1.0, at_most=1000.0, why="a straight, open path has 1, and at 1000 none is left",
    usual=(1, 4), source="assumed: 1.5 for spheres; tortuous coatings have up to 3")]
PoreVolume = Annotated[Quantity, within(
    "cm3/g", at_least=0.0, at_most=0.01, why="beyond that the solid is a foam",
    usual=(0, 3), source="assumed: activated and templated carbons")]
Electrons = Annotated[Quantity, within(
    "1", above=0.0, at_most=100, why="one molecule of solvent takes up a few",
    usual=(0.5, 4), source="assumed: one or two for each molecule of carbonate")]
PercolationExponent = Annotated[Quantity, within(
    "1", above=0.0, at_most=1000.0, why="nothing is left open",
    usual=(0.1, 5), source="assumed: the connected share grows with the power 0.4 in three dimensions")]
ThermodynamicFactor = Annotated[Quantity, within(
    "1", above=0.0, at_most=1000.0, why="salt would not dissolve",
    usual=(0.5, 6), source="assumed: 1 for an ideal salt; carbonates at 1 to 2 mol/L have up to 4")]
Radius = Annotated[Quantity, within(
    "nm", at_least=SMALLEST_RADIUS, at_most=LARGEST_RADIUS, why="carbon black to coarse grains",
    usual=(20, 20000.0), source="assumed: hard-carbon powders and templated carbons")]
ShellThickness = Annotated[Quantity, within(
    "nm", above=0.0, at_most=1e-5, why="as thick as whole particles are",
    usual=(0.3, 100), source="from one graphene layer to thick CVD coatings; Appel et al. have 9 nm")]
MassGain = Annotated[Quantity, within(
    "1", above=0.0, at_most=100.0, why="the core would be a hundredth of the particle",
    usual=(0.002, 2), source="pores of Appel et al. are full at 2.11 to 2.46")]
Length = Annotated[Quantity, within(
    "nm", above=0.0, at_most=1e-4, why="longer than any particle",
    usual=(0.01, 1000), source="assumed: from tunnelling to the thickest shells")]
ExternalArea = Annotated[Quantity, within(
    "m2/g", at_least=1.0, at_most=3e6, why=TWO_FACES,
    usual=(0.1, 300), source="milled powders to carbon blacks; Appel et al. have 2.7 to 14 m2/g")]
WallArea = Annotated[Quantity, within(
    "m2/g", above=0.0, at_most=3e6, why=TWO_FACES,
    usual=(1, 2630), source="assumed: up to what bare graphene sheets have")]
Roughness = Annotated[Quantity, within(
    "1", at_least=1.0, at_most=10000.0, why="a sphere has the least surface",
    usual=(1, 30), source="assumed: cracked and rough grains")]
CurrentDensity = Annotated[Quantity, within(
    "A/m2", above=0.0, at_most=1e13, why=ATTEMPTS,
    usual=(1e-5, 1000.0), source="assumed: three decades around PyBaMM's parameter sets, 0.01 to 30")]
Capacitance = Annotated[Quantity, within(
    "F/m2", above=0.0, at_most=20.0, why="water between plates an atom apart has 7 F/m2",
    usual=(0.005, 1), source="assumed: carbons in organic electrolyte have 0.03 to 0.15 F/m2")]
ChargePerArea = Annotated[Quantity, within(
    "mAh/m2", at_least=0.0, at_most=3.6e5, why="a film of a tenth of a millimetre",
    usual=(0, 50), source="assumed: ten times what carbon black takes in slow sweeps, 4.4 mAh/m2")]
MolarVolume = Annotated[Quantity, within(
    "m3/mol", above=0.0, at_most=0.1, why="a hundred litres of solid from one mole",
    usual=(5e-06, 0.001), source="assumed: from sodium fluoride, 1.5e-5, to oligomers of carbonates")]
CurrentDensityOrZero = Annotated[Quantity, within(
    "A/m2", at_least=0.0, at_most=1e13, why=ATTEMPTS,
    usual=(0, 1), source="assumed: a film that grows by nanometres within days")]
Time = Annotated[Quantity, within(
    "s", above=0.0, at_most=1e10, why="three centuries",
    usual=(0.001, 1e7), source="assumed: up to months")]
LengthOrZero = Annotated[Quantity, within(
    "nm", at_least=0.0, at_most=1e-5, why="a film as thick as whole particles are",
    usual=(0, 100), source="assumed: films on carbon have some nanometres")]
Resistivity = Annotated[Quantity, within(
    "Ohm.m", at_least=0.0, at_most=1e20, why="beyond the best insulators",
    usual=(0, 1e11), source="assumed: a thousand times a film of 4 nm with 0.4 Ohm.m2")]
MassPerArea = Annotated[Quantity, within(
    "mg/cm2", at_least=1e-5, at_most=LARGEST_LOADING, why="from a layer of molecules to bricks",
    usual=(0.1, 40), source="coatings of coin cells to thick electrodes; Appel et al. have 1.1")]
Area = Annotated[Quantity, within(
    "cm2", at_least=1e-8, at_most=100.0, why="from a grain to a room's wall",
    usual=(0.01, 10000.0), source="assumed: microelectrodes to large pouch cells")]
AreaResistance = Annotated[Quantity, within(
    "Ohm.cm2", at_least=0.0, at_most=1e6, why="an open circuit",
    usual=(0, 1000), source="assumed: coin cells have 5 to 50 Ohm.cm2")]
Temperature = Annotated[Quantity, within(
    "K", at_least=200.0, at_most=400.0, why="carbonate electrolytes freeze or boil beyond",
    usual=(233, 353), source="assumed: -40 to 80 degC, in which cells are used")]
Porosity = Annotated[Quantity, within(
    "1", at_least=0.05, at_most=0.95, why="closed or without solid beyond",
    usual=(0.2, 0.8), source="assumed: calendered to freshly cast coatings, and separators")]
MassFraction = Annotated[Quantity, within(
    "1", at_least=0.0, at_most=0.9, why="some of the coating is carbon",
    usual=(0.0, 0.4), source="assumed: laboratory coatings have 2 to 20 % of each")]
AreaOrZero = Annotated[Quantity, within(
    "m2/g", at_least=0.0, at_most=3e6, why=TWO_FACES,
    usual=(0.0, 1500.0), source="assumed: 62 m2/g for usual carbon black, 1400 for the most porous")]
Conductivity = Annotated[Quantity, within(
    "S/m", above=0.0, at_most=1e8, why="silver has 6e7 S/m",
    usual=(0.001, 100000.0), source="assumed: from a coating without carbon black to graphite")]
Concentration = Annotated[Quantity, within(
    "mol/m3", above=0.0, at_most=50000.0, why="a molten salt has less",
    usual=(50.0, 5000.0), source="assumed: diluted to highly concentrated electrolytes")]
Thickness = Annotated[Quantity, within(
    "um", at_least=1e-7, at_most=0.01, why="from one particle to a centimetre",
    usual=(2.0, 1000.0), source="assumed: coatings of 10 to 300 um, separators of 10 to 700 um")]
TransferenceNumber = Annotated[Quantity, within(
    "1", at_least=0.0, at_most=0.99, why="a share of the current, and some is the anion's",
    usual=(0.1, 0.95), source="assumed: carbonates have 0.3 to 0.5, single-ion conductors up to 0.95")]
SiteConcentration = Annotated[Quantity, within(
    "mol/m3", above=0.0, at_most=1e6, why="sodium metal has 4.2e4 mol/m3",
    usual=(5000.0, 60000.0), source="assumed: from polyanions to layered oxides")]
PositivePotential = Annotated[Quantity, within(
    "V", at_least=-1.0, at_most=6.0, why="beyond the stability of any electrolyte",
    usual=(1.5, 4.8), source="assumed: from titanates to fluorophosphates")]
Stoichiometry = Annotated[Quantity, within(
    "1", above=0.0, at_most=0.999, why="at 0 and 1 no reaction can begin",
    usual=(0.05, 0.999), source="assumed: sodium that can leave, over its most")]
ChargedStoichiometry = Annotated[Quantity, within(
    "1", above=0.0, at_most=0.999, why="at 0 and 1 no reaction can begin",
    usual=(0.001, 0.8), source="assumed: from NVP, which gives all the sodium that can leave, to a fifth")]
NPRatio = Annotated[Quantity, within(
    "1", at_least=LEAST_NP_RATIO, at_most=LARGEST_NP_RATIO, why="most sodium would be metal, or find no use",
    usual=(0.8, 2), source="assumed: from plating to half of the carbon unused")]
OxideDensity = Annotated[Quantity, within(
    "g/cm3", at_least=300.0, at_most=22600.0, why="osmium has 22.6 g/cm3",
    usual=(1.0, 5.5), source="assumed: from binders to layered oxides")]
SaltShare = Annotated[Quantity, within(
    "1", at_least=0.0, at_most=5.0, why="the electrode would be salt",
    usual=(0, 0.3), source="assumed: additives of some percent")]
SiteWidth = Annotated[Quantity, within(
    "V", at_least=1e-3, at_most=5.0, why=SOLVER,
    usual=(0.002, 0.5), source="assumed: from two-phase plateaus to slopes over the whole window")]
FoilThickness = Annotated[Quantity, within(
    "um", at_least=0.0, at_most=0.01, why="up to a centimetre",
    usual=(4, 30), source="assumed: foils of cells are rolled to 6 to 20 um")]
LiquidDensity = Annotated[Quantity, within(
    "g/cm3", at_least=300.0, at_most=5000.0, why="no solvent is lighter, no salt solution heavier",
    usual=(0.8, 1.6), source="assumed: ethers to concentrated carbonates")]
Excess = Annotated[Quantity, within(
    "1", at_least=0.0, at_most=100.0, why="the cell would be a bottle of electrolyte",
    usual=(0, 2), source="assumed: from pores just filled to coin cells")]
CurrentPerMass = Annotated[Quantity, within(
    "mA/g", above=0.0, at_most=4463.0, why="two sodium atoms for each carbon atom in one hour",
    usual=(20.0, 1116.0), source="assumed: the capacity in one hour; up to NaC2, 1116 mAh/g")]
CutOff = Annotated[Quantity, within(
    "V", at_least=-1.0, at_most=5.0, why="beyond the stability of any electrolyte against sodium",
    usual=(-0.05, 4.5), source="assumed: half-cells of hard carbon end between 0 and 3 V, full cells at 4.5")]
OpenCircuit = Annotated[Quantity, within(
    "V", at_least=0.0, at_most=5.0, why="beyond the stability of any electrolyte against sodium",
    usual=(0.0, 4.0), source="assumed: empty carbon rests between 2 and 3 V")]
# fmt: on
