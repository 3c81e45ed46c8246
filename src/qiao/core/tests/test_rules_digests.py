"""Fingerprints of plain data."""

from datetime import date

from qiao.core.rules.digests import digest_of_data


def test_a_fingerprint_stays_what_it_was_when_it_was_kept() -> None:
    kept = "c31f7b82bed659f29c6a27bce842fe3cc943acc04d0178bc3bca0c4ec4f02f9d"
    assert digest_of_data({"name": {"en": "Bridge", "zh": "桥"}, "steps": [1, None, True]}) == kept


def test_only_what_is_said_counts() -> None:
    said = {"a": 1, "day": date(2026, 11, 29)}
    assert digest_of_data(said) == digest_of_data({"day": "2026-11-29", "a": 1})
    assert digest_of_data(said) != digest_of_data(said | {"a": "1"})
    assert digest_of_data([1, 2]) != digest_of_data([2, 1])
