"""Published sources, as the codebook cites them."""

MID = (
    "Gibler, Miller and Little (2016), militarised interstate disputes 2.2.1, to 2010; Palmer et al. (2020), "
    "MID 5.0, after it"
)
ATOP = "Leeds et al. (2002), ATOP 5.1"
NMC = "Singer, Bremer and Stuckey (1972), National Material Capabilities 6"
RIVALRIES = "Thompson, Sakuwa and Suhas (2021)"
COW_STATES = "Correlates of War state system 2016"
COW_WARS = "Sarkees and Wayman (2010), inter-state wars 4"
FARISS = "Fariss et al. (2022)"
HANSON_SIGMAN = "Hanson and Sigman (2021)"
SIPRI = "SIPRI arms transfers"
COLONIES = "ICOW colonial history 1.1 (Hensel)"
MARQUEZ = "Marquez (2016)"
POLITY = "Marshall and Gurr (2020), Polity 5"
ARCHIGOS = "Goemans, Gleditsch and Chiozza (2009), Archigos 4.1"
AID_FLOWS = "US foreign aid (obligations, 1946-); Tierney et al. (2011), AidData (17 other donors, 1973-2013)"
