"""numbers.json of another run: opened as it is if it is one, refused in a sentence if not."""

import json

import pytest

from reports.numbers import opened

BAD = {
    "nothing": (b"", "not the JSON"),
    "no JSON": (b"\xff\xfe{", "not the JSON"),
    "a list": (b"[]", "the whole"),
    "another object": (b'{"a": 1}', "the whole"),
    "a key twice": (b'{"a": 1, "a": 2}', "'a' is there twice"),
    "NaN": (b'{"a": NaN}', "NaN is not a finite number"),
    "a number beyond all": (b'{"a": 1e999}', "1e999 is not a finite number"),
    "a number of 10,000 digits": (b'{"a": ' + b"9" * 10_000 + b"}", "not the JSON"),
    "nested": (b"[" * 200_000, "nested deeper"),
    "a long fault": (b'{"' + b"x" * 100_000 + b'": 1}', "the whole"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_report_is_refused_in_a_sentence(case, tmp_path):
    content, words = BAD[case]
    path = tmp_path / "numbers.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=words) as error:
        opened.opened(path)
    text = str(error.value)
    assert text.startswith(f"{path}: ") and "\n" not in text and len(text) < len(str(path)) + 350


def test_a_file_larger_than_any_report_is_not_even_read(tmp_path):
    path = tmp_path / "numbers.json"
    with path.open("wb") as file:
        file.truncate(opened.MOST_BYTES + 1)  # a hole: it takes no space
    with pytest.raises(ValueError, match="67,108,865 bytes are more than any report has"):
        opened.opened(path)


@pytest.mark.slow
def test_the_numbers_of_a_report_are_opened_and_a_changed_one_is_named(build, numbers, tmp_path):
    assert opened.opened(build / "numbers.json") == numbers
    text = json.dumps(numbers)
    changed = json.loads(text)
    changed["hypotheses"][0]["estimands"][0]["p_sign"] = "<script>"
    path = tmp_path / "numbers.json"
    path.write_text(json.dumps(changed))
    with pytest.raises(ValueError, match=r"hypotheses/0/estimands/0/p_sign: .*<script>"):
        opened.opened(path)
    changed = json.loads(text)
    changed["hypotheses"][0]["id"] = "\x1b[2J"
    assert opened.verdicts(changed)[0].startswith("?[2J ")
