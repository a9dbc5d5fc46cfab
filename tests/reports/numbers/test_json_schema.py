"""numbers.json is what its committed schema says, and the schema is what the types of a report say."""

import copy
import json

import pytest

from reports.numbers import json_schema


@pytest.fixture(scope="module")
def validator():
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(json_schema.FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_committed_schema_is_that_of_the_types():
    remedy = "run 'python -m reports.numbers.json_schema' and commit what it writes"
    assert json_schema.FILE.read_text(encoding="utf-8") == json_schema.text(), remedy


def test_every_type_is_described_and_admits_no_other_key():
    for name, schema in json_schema.schema()["$defs"].items():
        assert schema["description"], name
        assert schema["additionalProperties"] is False


@pytest.mark.parametrize("kind", [set[int], complex, tuple[complex, ...]])
def test_what_has_no_schema_is_refused(kind):
    with pytest.raises(TypeError, match="has no JSON Schema: use a frozen dataclass"):
        json_schema.schema_of(kind, {})


@pytest.mark.slow
def test_the_numbers_of_a_report_are_valid(validator, numbers):
    assert [error.message for error in validator.iter_errors(numbers)] == []


def _without_a_bound(numbers):
    del numbers["hypotheses"][0]["estimands"][0]["low"]


def _with_another_key(numbers):
    numbers["interval"]["certainty"] = 1.0


def _with_a_text_for_a_number(numbers):
    numbers["archives"][0]["fit_key"] = 7


def _with_half_a_row(numbers):
    numbers["hypotheses"][0]["fits"]["bandwagon"]["rows"] = 0.5


def _without_the_brief(numbers):
    numbers["brief"] = None


@pytest.mark.slow
@pytest.mark.parametrize(
    "broken",
    [_without_a_bound, _with_another_key, _with_a_text_for_a_number, _with_half_a_row, _without_the_brief],
    ids=lambda function: function.__name__.strip("_"),
)
def test_broken_numbers_are_not(validator, numbers, broken):
    changed = copy.deepcopy(numbers)
    broken(changed)
    assert not validator.is_valid(changed)
