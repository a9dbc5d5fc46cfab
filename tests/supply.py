"""``python -m tests.supply WHAT``: what the project stands on, from its lock: licences, known vulnerabilities, an SBOM.

The tools for the latter two, pip-audit and CycloneDX's own, are locked in ``supply.lock`` and kept in an environment of
their own. What cannot be fetched without a network is left out, and the reason printed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import venv
from collections import Counter
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from data.command_line import Parser, answer

ROOT = Path(__file__).parents[1]
LOCK, TOOLS_LOCK = ROOT / "requirements.lock", ROOT / "supply.lock"
TOOLS, LICENCES, SBOM = ROOT / ".cache" / "supply", ROOT / ".cache" / "licences.csv", ROOT / "bandwagon.cdx.json"
TROVE = "License :: "
# The first that a package's own words match names its family; GPL comes after what only links to it.
FAMILIES = {
    "Apache": r"apache", "BSD": r"bsd", "MIT": r"\bmit\b|expat", "MPL": r"mpl|mozilla", "PSF": r"psf|python software",
    "LGPL": r"lgpl|lesser", "AGPL": r"agpl|affero", "GPL": r"gpl|general public", "ISC": r"\bisc\b|isc license",
    "other permissive": r"unlicense|zlib|hpnd|cc0|public domain|0bsd|boost|historical",
}  # fmt: skip
COPYLEFT = ("LGPL", "AGPL", "GPL")


class Offline(Exception):
    """Something that cannot be fetched now; the message is the reason."""


def pinned() -> dict[str, str]:
    """Version of each locked package by name, those for other systems among them."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE))


def licence(package: Distribution) -> str:
    """What a package says its licence is, in a line: the expression, else the classifiers, else the free text."""
    facts = package.metadata
    trove = [text.rpartition(" :: ")[2] for text in facts.get_all("Classifier", []) if text.startswith(TROVE)]
    said = facts.get("License-Expression") or ", ".join(trove) or facts.get("License") or ""
    return said.strip().partition("\n")[0][:80]


def family(said: str) -> str:
    """The family of a licence; empty for one that is not known."""
    return next((name for name, words in FAMILIES.items() if re.search(words, said, re.IGNORECASE)), "")


def licences() -> int:
    """Write the licence of every locked package that is installed; 1 where one is of no known family."""
    rows = []
    for name, version in pinned().items():
        try:
            rows.append((name, version, licence(distribution(name))))
        except PackageNotFoundError:  # for another system
            continue
    LICENCES.parent.mkdir(parents=True, exist_ok=True)
    LICENCES.write_text("".join(f'{name},{version},"{said}"\n' for name, version, said in rows), encoding="utf-8")
    counts = Counter(family(said) for *_, said in rows)
    known = ", ".join(f"{count} {name}" for name, count in counts.most_common() if name)
    print(f"licences: {known} of {len(rows)} packages, in {LICENCES.relative_to(ROOT)}")
    for name, _, said in (row for row in rows if family(row[2]) in COPYLEFT):
        print(f"  {name}: {said}, to be kept in mind where it is passed on")
    for name, _, said in (row for row in rows if not family(row[2])):
        print(f"error: {name} has a licence of no known family ({said or 'it says none'})", file=sys.stderr)
    return int(bool(counts[""]))


def tools() -> Path:
    """The interpreter of an environment with the locked tools, made where it is not there; `Offline` if not."""
    python, stamp = TOOLS / "bin" / "python", TOOLS / "supply.lock"
    if not (stamp.is_file() and stamp.read_bytes() == TOOLS_LOCK.read_bytes()):
        venv.create(TOOLS, clear=True, with_pip=True)
        order = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        order += ["--require-hashes", "-r", TOOLS_LOCK]
        done = subprocess.run(order, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Offline(_last(done.stderr))
        stamp.write_bytes(TOOLS_LOCK.read_bytes())
    return python


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["no reason was given"])[-1]


def vulnerabilities(report: str) -> list[str]:
    """Each known vulnerability of a report of pip-audit, with the versions that have it no more."""
    return [
        f"{package['name']} {package['version']}: {one['id']}, fixed in {', '.join(one['fix_versions']) or 'none'}"
        for package in json.loads(report)["dependencies"]
        for one in package.get("vulns", ())
    ]


def audit() -> int:
    """Ask for known vulnerabilities of what is locked; 1 where there are any."""
    order = [tools(), "-m", "pip_audit", "-r", LOCK, "--require-hashes", "--disable-pip", "-f", "json"]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    try:
        found = vulnerabilities(done.stdout)
    except ValueError:  # it has not come as far as a report
        raise Offline(_last(done.stderr)) from None
    print(f"vulnerabilities: {len(found)} known of what {LOCK.name} pins")
    for one in found:
        print(f"error: {one}", file=sys.stderr)
    return int(bool(found))


def sbom() -> int:
    """Write the bill of materials of the environment, the same bytes for the same environment."""
    order = [tools(), "-m", "cyclonedx_py", "environment", sys.executable, "--pyproject", ROOT / "pyproject.toml",
             "--output-reproducible", "--of", "JSON", "-o", SBOM]  # fmt: skip
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"no bill of materials: {_last(done.stderr)}")
    print(f"written: {SBOM.name}, {len(json.loads(SBOM.read_text(encoding='utf-8'))['components'])} components")
    return 0


def main() -> int:
    """Exit code 0; 1 for a vulnerability or an unknown licence; 2 for an argument, or an SBOM that cannot be made."""
    parser = Parser(prog="python -m tests.supply", description=__doc__)
    parser.add_argument("what", choices=("licences", "audit", "sbom"))
    what = parser.parse_args().what

    def run() -> int:
        try:
            return {"licences": licences, "audit": audit, "sbom": sbom}[what]()
        except Offline as reason:
            print(f"{what} is skipped: {reason}", file=sys.stderr)
            return 2 if what == "sbom" else 0

    return answer(run, kept="nothing was changed")


if __name__ == "__main__":
    sys.exit(main())
