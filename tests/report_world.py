"""A report's world for tests: commands as users run them, with a claim added, and refits with known answers."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from data import schema, synthetic
from data.groups import ERAS, REGIONS
from inference import archive
from inference.robustness import universe
from models.hypotheses import REGISTRY

ROOT = Path(__file__).parents[1]
FITTED = "carter-1 carter-2 carter-3 cond-1 ideo-1"
ASKED = f"{FITTED} bal-3 ideo-5 cond-5"  # one shares a posterior, one cannot be tested, one lacks its panel
# One value added to the registry: everything else follows. Worker processes read this file too.
DRIVER = """
import runpy, sys
from models.hypotheses import REGISTRY, Estimand, Hypothesis

REGISTRY["added-1"] = Hypothesis(
    id="added-1", claim="=1+1 & a <b>claim</b>", source="a test", exposures=("offence",), years=(1818, 2011),
    estimands=(Estimand("offence", "balance", 1), Estimand("offence", "delta", -1)),
)
if __name__ == "__main__":
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__")
"""


def start(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(process):
    out, err = process.communicate(timeout=500)
    assert process.returncode == 0, err
    return out


def planted_refits(folder, posteriors):
    """Refits of carter-2 on its own rows, and one of carter-3 that is of another panel."""
    facts = archive.read("carter-2.bandwagon", posteriors).attrs
    shared = {"rows": int(facts["rows"]), "events": int(facts["events"]), "sd": 0.1, "p_sign": 0.99, "side": "for"}
    rng, curve, without = np.random.default_rng(0), [], []
    for index, which in enumerate(REGISTRY["carter-2"].estimands):
        one = shared | {"hypothesis": "carter-2", "index": index, "estimand": str(which)}
        for specification in universe.specifications("alignment"):
            turns = specification == {"weak": "small"}
            facts = {"specification": universe.words(specification), "changes": len(specification)}
            curve.append(one | facts | {"mean": rng.normal(0.5, 0.3), "side": "undecided" if turns else "for"})
        for group, levels in {"region": REGIONS, "era": ERAS, "aggressor": ("365", "947")}.items():
            for level in levels:
                turns = level == "1939-1945"
                what = {"group": group, "level": level.replace(" ", "-"), "mean": rng.normal(0.5, 0.3)}
                without.append(one | what | {"side": "against" if turns else "for"})
    stale = {"hypothesis": "carter-3", "index": 0, "rows": 7, "specification": "registered", "changes": 0}
    folder.mkdir()
    pd.DataFrame([*curve, curve[0] | stale]).to_csv(folder / "specification.csv", index=False)
    pd.DataFrame(without).to_csv(folder / "left_out.csv", index=False)


def fitted(root):
    """A simulated panel, the posteriors of some claims on it, with a claim added, and refits."""
    panel, driver = root / "panel.parquet", root / "driver.py"
    driver.write_text(DRIVER)
    schema.write(synthetic.panel(2500, seed=5), panel)
    common = ("--panel", panel, "--folder", root / "posteriors")
    finished(start(driver, "inference", *common, "--hypotheses", f"{FITTED} added-1"))
    planted_refits(root / "refits", root / "posteriors")


def reporting(root, name, *more):
    """The command that makes a report of the world in ``root``, started."""
    asked = ("--hypotheses", f"{ASKED} added-1", "--refits", root / "refits", "--out", root / name)
    common = ("--panel", root / "panel.parquet", "--folder", root / "posteriors")
    return start(root / "driver.py", "reports", *common, *asked, *more)


def made(root):
    """The world in ``root``, with the same report made twice and what the command said."""
    fitted(root)
    twice = [reporting(root, name) for name in ("build", "again")]
    (root / "said.txt").write_text(finished(twice[0]) + finished(twice[1]))
    return root
