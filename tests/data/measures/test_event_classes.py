"""The class of a decision: famous cases by name, each with the source of what it was, and the order of the rules."""

import pytest

from data.build.events import decisions
from data.codings import CLASSES, NO_ALIGNMENT
from data.measures.event_classes import RULES

# State, partner, year and class that the rules must give; the reading of the case is that of the work cited.
FAMOUS = (
    ("Sardinia with Austria", 325, 300, 1831, "common enemy", "Schroeder 1994, Transformation"),
    ("Turkey with Russia, Unkiar Skelessi", 640, 365, 1833, "common enemy", "Anderson 1966, The Eastern Question"),
    ("Hanover back in the Confederation", 240, 300, 1850, "renewal", "Sheehan 1989, German History 1770-1866"),
    ("Saxony back in the Confederation", 269, 300, 1850, "renewal", "Sheehan 1989, German History 1770-1866"),
    ("Turkey with Austria", 640, 300, 1854, "common enemy", "Schroeder 1972, Austria and the Crimean War"),
    ("Bavaria with Prussia", 245, 255, 1866, "source of threat", "Pflanze 1963, Bismarck"),
    ("Baden with Prussia", 267, 255, 1866, "source of threat", "Pflanze 1963, Bismarck"),
    ("Turkey with Germany", 640, 255, 1914, "common enemy", "Trumpener 1968, Germany and the Ottoman Empire"),
    ("Czechoslovakia with the USSR", 315, 365, 1935, "common enemy", "Haslam 1984, The Soviet Union and the Struggle"),
    ("Mongolia with the USSR", 712, 365, 1936, "common enemy", "Friters 1949, Outer Mongolia"),
    ("China with the USSR", 710, 365, 1937, "common enemy", "Garver 1988, Chinese-Soviet Relations 1937-1945"),
    ("Romania with Germany", 360, 255, 1940, "common enemy", "Hitchins 1994, Rumania 1866-1947"),
    ("Hungary with the USSR", 310, 365, 1948, "imposed", "Kertesz 1984, Between Russia and the West"),
    ("Romania with the USSR", 360, 365, 1948, "imposed", "Hitchins 1994, Rumania 1866-1947"),
    ("Finland with the USSR, which names Germany", 375, 365, 1948, "common enemy", "Allison 1985"),
    ("Jordan with Iraq, against Nasser", 663, 645, 1958, "common enemy", "Walt 1987, The Origins of Alliances"),
    ("Pakistan with India, Tashkent", 770, 750, 1966, "settlement", "Ganguly 2001, Conflict Unending"),
    ("Jordan with Egypt", 663, 651, 1967, "common enemy", "Walt 1987, The Origins of Alliances"),
    ("Canada with the USSR, a protocol on consultations", 20, 365, 1971, "communique", "ATOP 3665"),
    ("India with the USSR", 750, 365, 1971, "common enemy", "Sisson and Rose 1990, War and Secession"),
    ("Israel with Egypt, the second Sinai agreement", 666, 651, 1975, "settlement", "Quandt 1993, Peace Process"),
    ("Chad with Libya", 483, 620, 1980, "source of threat", "Burr and Collins 1999, Africa's Thirty Years War"),
    ("Mozambique with South Africa, Nkomati", 541, 560, 1984, "source of threat", "Crocker 1992, High Noon"),
    ("Chile with Argentina, peace and friendship", 155, 160, 1984, "source of threat", "Mares 2001, Violent Peace"),
    ("Georgia with Russia, entry into the Commonwealth", 372, 365, 1993, "source of threat", "Carter 2022"),
    ("Bosnia with Yugoslavia, Dayton", 346, 345, 1995, "settlement", "Holbrooke 1998, To End a War"),
    ("Eritrea with Ethiopia, Algiers", 531, 530, 2000, "settlement", "Negash and Tronvoll 2000, Brothers at War"),
)  # fmt: skip
# What the rules give, and what the case was by the work cited: the faults of the rules that are known.
STILL_WRONG = (
    ("Korea with Japan, the palace held by its troops", 730, 740, 1894, "common enemy", "imposed", "Paine 2003"),
    ("Thailand with Japan, days after the landing", 800, 740, 1941, "common enemy", "imposed", "Reynolds 1994"),
    ("Bulgaria with the USSR, occupied from 1944", 355, 365, 1948, "common enemy", "imposed", "Crampton 2005"),
    ("Denmark with Germany, non-aggression", 390, 255, 1939, "common enemy", "source of threat", "Weinberg 1980"),
    ("Romania with Germany, against Russia", 360, 255, 1883, "other", "common enemy", "Hitchins 1994"),
)


@pytest.fixture(scope="module")
def counted(world):
    """Bandwagoning decisions under the registered coding, by state, partner and year."""
    table = decisions(world)
    return table[table["outcome"] == "bandwagon"].set_index(["state", "partner", "year"])["class"]


@pytest.mark.parametrize(("name", "state", "partner", "year", "expected", "source"), FAMOUS)
def test_famous_cases(counted, name, state, partner, year, expected, source):
    assert counted.loc[[(state, partner, year)]].tolist() == [expected], f"{name} ({source})"


@pytest.mark.parametrize(("name", "state", "partner", "year", "given", "right", "source"), STILL_WRONG)
def test_cases_that_the_rules_still_get_wrong(counted, name, state, partner, year, given, right, source):
    assert counted.loc[[(state, partner, year)]].tolist() == [given], f"{name} ({source})"
    assert given != right


def test_famous_cases_cover_the_classes_and_two_centuries():
    assert len(FAMOUS) >= 25
    assert {case[4] for case in FAMOUS} == {*CLASSES} - {"other"}
    years = [case[3] for case in FAMOUS]
    assert min(years) < 1835
    assert max(years) > 1995


def test_every_class_has_a_rule_and_those_that_are_none_come_first_but_for_communiques():
    assert set(RULES) == {*CLASSES} - {"other"}
    assert set(NO_ALIGNMENT) < set(RULES)
    assert CLASSES[:3] == NO_ALIGNMENT[:3]
