"""The lists of what the project stands on: licences are read rightly, vulnerabilities told, no network no failure."""

import json
from importlib.metadata import distribution

import pytest

from tests import supply


@pytest.mark.parametrize(
    ("said", "expected"),
    [("MIT", "MIT"), ("Apache-2.0 AND MIT", "Apache"), ("LGPL-3.0-or-later", "LGPL"), ("AGPL-3.0-or-later", "AGPL"),
     ("GNU General Public License v3", "GPL"), ("3-Clause BSD License", "BSD"), ("limited liability", ""), ("", "")],
)  # fmt: skip
def test_a_licence_is_of_one_family_or_of_none_that_is_known(said, expected):
    assert supply.family(said) == expected


def test_every_locked_package_here_has_a_licence_of_a_known_family(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(supply, "ROOT", tmp_path)
    monkeypatch.setattr(supply, "LICENCES", tmp_path / "licences.csv")
    assert supply.licences() == 0, capsys.readouterr().err
    lines = (tmp_path / "licences.csv").read_text().splitlines()
    assert len(lines) > 100
    assert f'zict,{distribution("zict").version},"BSD License"' in lines


def test_a_vulnerability_is_told_with_what_mends_it():
    report = {
        "dependencies": [
            {"name": "one", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]},
            {"name": "two", "version": "2.0", "vulns": []},
            {"name": "three", "skip_reason": "not found"},
        ]
    }
    assert supply.vulnerabilities(json.dumps(report)) == ["one 1.0: CVE-1, fixed in 1.1"]


@pytest.mark.parametrize(("what", "code"), [("audit", 0), ("sbom", 2)])
def test_without_a_network_the_reason_is_said_and_no_check_fails(what, code, monkeypatch, capsys):
    def offline():
        raise supply.Offline("no route to host")

    monkeypatch.setattr(supply, "tools", offline)
    monkeypatch.setattr("sys.argv", ["supply", what])
    assert supply.main() == code
    assert capsys.readouterr().err == f"{what} is skipped: no route to host\n"
