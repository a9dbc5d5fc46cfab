"""Every measure of the alignment panel, in the order of its columns: a new measure is a file and a line here."""

from data.measures.aggression import AGGRESSION
from data.measures.aid import AID
from data.measures.arms import ARMS
from data.measures.capacity import CAPACITY
from data.measures.dependence import DEPENDENCE
from data.measures.duress import DURESS
from data.measures.history import HISTORY
from data.measures.interests import INTERESTS
from data.measures.measure import Measure
from data.measures.offence import OFFENCE
from data.measures.outcomes import BALANCE, BANDWAGON
from data.measures.penetration import PENETRATION
from data.measures.power import POWER
from data.measures.proximity import PROXIMITY
from data.measures.regime import REGIME
from data.measures.similarity import SIMILARITY
from data.measures.support import SUPPORT
from data.measures.threat import THREAT

OUTCOMES: tuple[Measure, ...] = (BANDWAGON, BALANCE)
MEASURES: tuple[Measure, ...] = (
    THREAT,
    POWER,
    OFFENCE,
    AGGRESSION,
    PROXIMITY,
    SUPPORT,
    DURESS,
    CAPACITY,
    SIMILARITY,
    HISTORY,
    ARMS,
    AID,
    DEPENDENCE,
    PENETRATION,
    REGIME,
    INTERESTS,
)
