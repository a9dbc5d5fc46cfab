#!/usr/bin/env bash
# Validate the data package beside a report with Frictionless, in a temporary environment: hashes, sizes, types of every column.
#   examples/validate_report.sh [folder of the report]     (default: reports/build)
set -euo pipefail
report=${1:-"$(dirname "${BASH_SOURCE[0]}")/../reports/build"}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check frictionless==5.21.0
cd "$report"
"$folder/venv/bin/frictionless" validate datapackage.json
