"""The figures: each a function of archives or tables that returns one matplotlib figure."""
