"""Famous decisions to align: the class that each was by the work cited, and those that the rules still get wrong.

The readings are of the historians, and none was changed because of a posterior. States are COW codes.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """A decision of ``state`` to align with ``partner``, the class that it was, and the source of that reading."""

    name: str
    state: int
    partner: int
    year: int
    right: str
    source: str


class Wrong(NamedTuple):
    """A decision whose class by rule, ``given``, is not what it was by the work cited, ``right``; ``why`` that is."""

    name: str
    state: int
    partner: int
    year: int
    given: str
    right: str
    source: str
    why: str


FAMOUS = (
    Case("Sardinia with Austria", 325, 300, 1831, "common enemy", "Schroeder 1994, Transformation"),
    Case("Turkey with Russia, Unkiar Skelessi", 640, 365, 1833, "common enemy", "Anderson 1966, The Eastern Question"),
    Case("Hanover back in the Confederation", 240, 300, 1850, "renewal", "Sheehan 1989, German History 1770-1866"),
    Case("Saxony back in the Confederation", 269, 300, 1850, "renewal", "Sheehan 1989, German History 1770-1866"),
    Case("Turkey with Austria", 640, 300, 1854, "common enemy", "Schroeder 1972, Austria and the Crimean War"),
    Case("Bavaria with Prussia", 245, 255, 1866, "source of threat", "Pflanze 1963, Bismarck"),
    Case("Baden with Prussia", 267, 255, 1866, "source of threat", "Pflanze 1963, Bismarck"),
    Case("Turkey with Germany", 640, 255, 1914, "common enemy", "Trumpener 1968, Germany and the Ottoman Empire"),
    Case("Czechoslovakia with the USSR", 315, 365, 1935, "common enemy", "Haslam 1984, The Struggle"),
    Case("Mongolia with the USSR", 712, 365, 1936, "common enemy", "Friters 1949, Outer Mongolia"),
    Case("China with the USSR", 710, 365, 1937, "common enemy", "Garver 1988, Chinese-Soviet Relations 1937-1945"),
    Case("Romania with Germany", 360, 255, 1940, "common enemy", "Hitchins 1994, Rumania 1866-1947"),
    Case("Hungary with the USSR", 310, 365, 1948, "imposed", "Kertesz 1984, Between Russia and the West"),
    Case("Romania with the USSR", 360, 365, 1948, "imposed", "Hitchins 1994, Rumania 1866-1947"),
    Case("Finland with the USSR, which names Germany", 375, 365, 1948, "common enemy", "Allison 1985"),
    Case("Jordan with Iraq, against Nasser", 663, 645, 1958, "common enemy", "Walt 1987, The Origins of Alliances"),
    Case("Pakistan with India, Tashkent", 770, 750, 1966, "settlement", "Ganguly 2001, Conflict Unending"),
    Case("Jordan with Egypt", 663, 651, 1967, "common enemy", "Walt 1987, The Origins of Alliances"),
    Case("Canada with the USSR, a protocol on consultations", 20, 365, 1971, "communique", "ATOP 3665"),
    Case("India with the USSR", 750, 365, 1971, "common enemy", "Sisson and Rose 1990, War and Secession"),
    Case("Israel with Egypt, the second Sinai agreement", 666, 651, 1975, "settlement", "Quandt 1993, Peace Process"),
    Case("Chad with Libya", 483, 620, 1980, "source of threat", "Burr and Collins 1999, Africa's Thirty Years War"),
    Case("Mozambique with South Africa, Nkomati", 541, 560, 1984, "source of threat", "Crocker 1992, High Noon"),
    Case("Chile with Argentina, peace and friendship", 155, 160, 1984, "source of threat", "Mares 2001, Violent Peace"),
    Case("Georgia with Russia, entry into the Commonwealth", 372, 365, 1993, "source of threat", "Carter 2022"),
    Case("Bosnia with Yugoslavia, Dayton", 346, 345, 1995, "settlement", "Holbrooke 1998, To End a War"),
    Case("Eritrea with Ethiopia, Algiers", 531, 530, 2000, "settlement", "Negash and Tronvoll 2000, Brothers at War"),
)  # fmt: skip
STILL_WRONG = (
    Wrong(
        "Korea with Japan, the palace held by its troops", 730, 740, 1894, "common enemy", "imposed", "Paine 2003",
        "No source of occupation holds the seizure of the palace in July 1894, and Korea had lost no war to Japan. The "
        "treaty names China, so the enemy is common.",
    ),
    Wrong(
        "Thailand with Japan, days after the landing", 800, 740, 1941, "common enemy", "imposed", "Reynolds 1994",
        "Thailand gave in within hours, and the rule asks for a war that was lost. France, with which both had had a "
        "dispute, makes the common enemy.",
    ),
    Wrong(
        "Bulgaria with the USSR, occupied from 1944", 355, 365, 1948, "common enemy", "imposed", "Crampton 2005",
        "The rule asks for a state that is coded as occupied and lost a war to the occupier, which Hungary and Romania "
        "are and Bulgaria, after a war of days, is not. The treaty names Germany.",
    ),
    Wrong(
        "Denmark with Germany, non-aggression", 390, 255, 1939, "common enemy", "source of threat", "Weinberg 1980",
        "Germany had had no dispute with Denmark, so that it is no threat by the sources; Italy, which had, makes the "
        "common enemy.",
    ),
    Wrong(
        "Romania with Germany, against Russia", 360, 255, 1883, "other", "common enemy", "Hitchins 1994",
        "ATOP codes no target of the secret treaty, and no state threatens Romania by a dispute or rivalry that also "
        "opposed Germany.",
    ),
)  # fmt: skip
