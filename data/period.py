"""The years of the project: of the grid, of each panel, and of sources that cover only a part of them."""

FIRST, LAST = 1816, 2018  # the grid of states and years
YEARS = LAST - FIRST + 1
BEGIN, END = 1817, 2015  # outcomes: exposures are of the year before, and disputes end in 2014
TRAINED_TO = 2011  # registered posteriors learn from outcomes up to this year; those after it score them
LAST_STATE_YEAR = 2015  # the state panel: capacity, leaders and ruling parties end in it
FIRST_TRANSITION = 1961  # the transitions: the first year with a measured capacity in the year before

AIDDATA_YEARS = (1973, 2013)  # aid by sector, and that of donors other than the United States
US_AID_BEGINS = 1946
ARMS_BEGIN = 1950
RECENT, LONG = 3, 10  # years of a recent rise of threat, and of threat as such
FLOW_YEARS = 5  # arms and aid are summed over so many years before t
# Outcome years whose flows are known for all of the years before.
ARMS_YEARS = (ARMS_BEGIN + FLOW_YEARS, END)
AID_YEARS = (US_AID_BEGINS + FLOW_YEARS, AIDDATA_YEARS[1] + 1)
