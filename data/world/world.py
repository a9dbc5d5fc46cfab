"""Everything that the raw files say and no coding changes: the grid and its fields and cubes, read once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import numpy as np
import pandas as pd

from data.codings import REGISTERED, Coding
from data.period import FIRST, LAST, YEARS
from data.world import disputes, geography, grid, treaties
from data.world.carried import ongoing, onward
from data.world.codes import recode, recode_spells, to_cow
from data.world.grid import Amounts, Cube, Field, Ints, window, year_of
from data.world.sources import Reader

OBLIGATIONS = 2  # transaction type of the US foreign aid data; the others are disbursements, from 2001 on only
COMMITTED = "commitment_amount_usd_constant_sum"
NO_SCORE = -10  # Polity codes years without a score as -66, -77 and -88
EUDS_AT_ZERO, EUDS_PER_POINT = -0.09, 0.127  # extended unified democracy score on polity2
OCCUPATION_YEARS = 5  # an occupier won its war in the year or in the five before


def once[T](*dimensions: str) -> Callable[[Callable[[World], T]], Callable[[World], T]]:
    """Decorates a function of a world that reads no dimension of the coding but these.

    Its result is computed once for all worlds that follow from each other by `World.under` and agree in them.
    """

    def decorate(function: Callable[[World], T]) -> Callable[[World], T]:
        @wraps(function)
        def known(world: World) -> T:
            key = function, *((name, getattr(world.coding, name)) for name in dimensions)
            if key not in world.known:
                world.known[key] = function(world)
            return world.known[key]

        return known

    return decorate


@dataclass(frozen=True)
class World:
    """Fields [state, year] and cubes [i, j, year] of the raw sources, each read when first asked for.

    The coding says which editions of treaties and disputes are read and how; all else is the same under each.
    """

    raw: Reader
    coding: Coding = REGISTERED
    known: dict[Hashable, Any] = field(default_factory=dict[Hashable, Any], repr=False, compare=False)  # by `once`

    def under(self, coding: Coding) -> World:
        """The world under another coding; what does not depend on what is changed is shared, whoever reads it first."""
        return World(self.raw, coding, self.known)

    @property
    @once()
    def grid(self) -> grid.Grid:
        """States and years, membership and major powers."""
        majors = self.raw.read("cow_majors.rda")
        majors = majors.assign(endyear=ongoing(majors["endyear"]))
        return grid.grid(self.raw.read("statelist2024.csv"), majors)

    @property
    @once("treaties", "universal")
    def treaties(self) -> treaties.Treaties:
        """Obligations of the edition of ATOP that the coding names, declarations left out as it says."""
        level = self.raw.read(treaties.EDITIONS[self.coding.treaties])
        return treaties.treaties(level, self.grid, treaties.UNIVERSAL[self.coding.universal])

    @property
    @once("disputes")
    def dispute_years(self) -> pd.DataFrame:
        """Directed dyad-years of disputes to 2014, of the editions that the coding names (see `disputes.directed`)."""
        return disputes.spliced([self.raw.read(file) for file in disputes.FILES[self.coding.disputes]])

    @property
    @once("disputes")
    def disputes(self) -> disputes.Disputes:
        """Militarised interstate disputes to 2014, of the editions that the coding names."""
        return disputes.disputes(self.dispute_years, self.grid)

    @property
    @once()
    def rivals(self) -> Cube:
        """Cube: strategic rivals."""
        table = self.raw.read("tss_rivalries.rda")
        return disputes.rivalries(recode_spells(table, ["ccode1", "ccode2"], "rivalries", "start", "end"), self.grid)

    @property
    @once()
    def _capabilities(self) -> pd.DataFrame:
        return self.raw.read("cow_nmc.rda")

    def capability(self, component: str) -> Field:
        """A component of the National Material Capabilities v6: cinc, milex, milper, tpop ..."""
        return self.grid.field(self._capabilities, "ccode", component)

    @property
    @once()
    def cinc(self) -> Field:
        """Share of the system's material capabilities."""
        return self.capability("cinc")

    @property
    @once()
    def contiguity_km(self) -> Amounts:
        """Cube: upper limit of the distance of contiguous pairs by class, infinite where not contiguous."""
        return geography.contiguity(self.raw.read("cow_contdir.rda"), self.grid)

    @property
    @once()
    def capital_km(self) -> Amounts:
        """Cube: great-circle distance between capitals."""
        return geography.capitals(self.raw.read("cow_capitals.rda"), self.grid)

    @property
    @once()
    def distance_km(self) -> Amounts:
        """Cube: minimum distance between borders from 1886, before that between capitals (see `geography`)."""
        return geography.distance(self.raw.read("cow_mindist.rda"), self.contiguity_km, self.capital_km, self.grid)

    @property
    @once()
    def occupied(self) -> Cube:
        """Cube: j occupies i.

        Most occupations take the occupied out of the COW state system. For those that do not, i is coded
        as occupied (Miller's Autocratic Ruling Parties), lost an inter-state war to j that ended in the
        year or in the five before (Sarkees and Wayman 2010), and j is within reach: contiguous or a major power.
        """
        table = recode(self.raw.read("AutocraticRulingPartiesDataset_cy.dta"), "ccode", "polity", "Year")
        flagged = self.grid.field(table[table["Occupation"] == 1], "ccode", "Occupation", "Year") == 1
        wars = self.raw.read("cow_war_inter.rda").query("outcome1 == 2 and outcome2 == 1")
        ends = wars.groupby(["warnum", "ccode1", "ccode2"], as_index=False)["year"].max()
        i, j = self.grid.index(ends["ccode1"]), self.grid.index(ends["ccode2"])
        defeat = self.grid.count(i, j, ends["year"].to_numpy(int))
        lately = (defeat > 0) | (window(defeat, OCCUPATION_YEARS) > 0)
        return flagged[:, None] & lately & (np.isfinite(self.contiguity_km) | self.grid.major[None])

    @property
    @once()
    def _democracy(self) -> pd.DataFrame:
        return self.raw.read("cw_democracy.rda")

    def democracy(self, score: str) -> Field:
        """A score of democracy: euds, v2x_polyarchy. The file has polity2 too, under wrong codes: see `polity`."""
        return self.grid.field(self._democracy, "ccode", score)

    @property
    @once()
    def _polity(self) -> pd.DataFrame:
        table = recode(self.raw.read("polity5.rda").dropna(subset=["cown"]), "cown", "polity5")
        begun = table.sort_values(["byear", "bmonth", "bday"], na_position="first", kind="stable")
        return begun.drop_duplicates(["cown", "year"], keep="last")

    def polity(self, score: str) -> Field:
        """A score of Polity 5 as of 31 December: polity2, xconst ...; NaN where Polity has a code of no score.

        A year with two regimes has two rows: that of the regime that began in it counts, since scores are as of the
        end of the year and exposures are what is known then. States under foreign occupation (-66), without
        government (-77) and in transition (-88) have no xconst; polity2 is 0 for the second and, for the third,
        a line from the score before to the one after, which looks ahead to the end of the transition.
        """
        values = self.grid.field(self._polity, "cown", score)
        return np.where(values < NO_SCORE, np.nan, values)

    @property
    @once()
    def regime(self) -> Field:
        """Extended unified democracy score (Marquez 2016), 1816-.

        The file lacks Austria-Hungary 1867-1918; there it is predicted from Polity 5 (since 2026-11-28), from the
        regression of one on the other over the state-years to 2016 that have both: two constants of scale.
        """
        known = self.democracy("euds")
        return np.where(np.isnan(known), EUDS_AT_ZERO + EUDS_PER_POINT * self.polity("polity2"), known)

    @property
    @once()
    def _output(self) -> pd.DataFrame:
        return self.raw.read("cw_gdppop.rda")

    @property
    @once()
    def income(self) -> Field:
        """Log GDP per head, latent (Fariss et al. 2022), 1816-2019."""
        return np.log(self.grid.field(self._output, "ccode", "mrgdppc"))

    @property
    @once()
    def gdp(self) -> Field:
        """GDP in millions of constant dollars of 2017 at purchasing power, latent (Fariss et al. 2022), 1816-2019."""
        return self.grid.field(self._output, "ccode", "pwtrgdp")

    def _flow(self, i: Ints, j: Ints, year: Ints, value: Field) -> Amounts:
        """Cube of what i received from j; what comes from or goes to no member of the system is passed over."""
        out = np.zeros(self.grid.shape)
        t = year - FIRST
        inside = (i >= 0) & (j >= 0) & (t >= 0) & (t < YEARS)
        np.add.at(out, (i[inside], j[inside], t[inside]), value[inside])
        return out

    @property
    @once()
    def _transfers(self) -> pd.DataFrame:
        """Arms transfers with positions ``i`` of recipient and ``j`` of supplier, -1 where that is no state.

        The source gives rebels, marked by an asterisk, the code of the state they fight.
        """
        table = self.raw.read("sipri-exports-processed.csv")
        for position, side in (("i", "recipient"), ("j", "supplier")):
            named = pd.Series(to_cow(table[side], table["year"], "sipri"), table.index)
            codes = table[f"{side}_cown"].fillna(named)
            stateless = table[side].str.endswith("*") | (table[side] == "Northern Cyprus")
            table[position] = self.grid.index(codes.mask(stateless))
        return table

    @property
    @once()
    def arms(self) -> Amounts:
        """Cube: arms that i received from j, millions of SIPRI trend-indicator value, 1950-."""
        columns = (self._transfers[name].to_numpy() for name in ("i", "j", "year", "value"))
        return self._flow(*columns)

    @property
    @once()
    def arms_of_all(self) -> Amounts:
        """Field: arms received, unknown suppliers and such as are no states included."""
        table = self._transfers
        everyone = np.zeros(len(table), int)  # one column of a cube for all suppliers
        return self._flow(table["i"].to_numpy(), everyone, table["year"].to_numpy(), table["value"].to_numpy())[:, 0]

    @property
    @once()
    def _us_aid(self) -> pd.DataFrame:
        table = self.raw.read("us_foreign_aid_country.csv").query("transaction_type_id == @OBLIGATIONS")
        code = table["country_code"].fillna(table["country_name"])
        return table.assign(code=code, year=year_of(table["fiscal_year"]))  # 1976tq, a quarter, goes to 1976

    @property
    @once()
    def aid(self) -> Amounts:
        """Cube: aid that i received from j, constant dollars: US obligations 1946-, 17 other donors' 1973-2013."""
        us = self._us_aid
        i = self.grid.index(to_cow(us["code"], us["year"], "iso3"))
        j = np.full(len(us), self.grid.index(2))
        out = self._flow(i, j, us["year"].to_numpy(), us["constant_amount"].to_numpy())
        others = self.raw.read("aidDataDisagg.rda").query("ccodeS != 2")
        i, j = (self.grid.index(to_cow(others[name], others["year"], "aiddata")) for name in ("ccodeR", "ccodeS"))
        return out + self._flow(i, j, others["year"].to_numpy(), others[COMMITTED].to_numpy())

    @property
    @once()
    def prices(self) -> Field:
        """Array (year,): price of a dollar's worth of 2019, from current and constant US aid, 1946-2016."""
        whole = self._us_aid[self._us_aid["fiscal_year"] != "1976tq"]
        sums = whole[whole["constant_amount"] > 0].groupby("year")[["current_amount", "constant_amount"]].sum()
        return (sums["current_amount"] / sums["constant_amount"]).reindex(range(FIRST, LAST + 1)).to_numpy()

    @property
    @once()
    def igos(self) -> Amounts:
        """Cube: intergovernmental organisations that both are full members of in a year, 1816-2014, and carried on."""
        table = self.raw.read("cow_igo_ndy.rda")
        i, j = self.grid.index(table["ccode1"]), self.grid.index(table["ccode2"])
        one_way = self._flow(i, j, table["year"].to_numpy(int), table["dyadigos"].to_numpy())
        return onward(one_way + one_way.transpose(1, 0, 2), int(table["year"].max()), self.grid.member)
