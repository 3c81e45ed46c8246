"""The guide to the ledger says what the rules say, in both languages."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from qiao.billing.ledger_words import EVENTS, LEDGERS
from qiao.billing.rules.money.postings import RULES, Event, Ledger
from tests.journeys.site import PROJECT

GUIDES = {
    "en": PROJECT / "docs" / "guides" / "ledger.md",
    "zh-hans": PROJECT / "docs" / "guides" / "ledger.zh-Hans.md",
}
_RULE = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_LEDGER = re.compile(r"^\| `(\w+)` \| ([^|]+) \|$", re.MULTILINE)
GUIDED = pytest.mark.parametrize(("language", "guide"), GUIDES.items())


def _ledgers(cell: str) -> frozenset[Ledger]:
    return frozenset(Ledger(name) for name in re.findall(r"`(\w+)`", cell))


@GUIDED
def test_the_table_of_posting_rules_is_the_rules(language: str, guide: Path) -> None:
    rows = _RULE.findall(guide.read_text("utf-8"))
    assert [Event(key) for key, *_rest in rows] == list(RULES)
    for key, words, debits, credits_ in rows:
        rule = RULES[Event(key)]
        assert (_ledgers(debits), _ledgers(credits_)) == (rule.debits, rule.credits), key
        with translation.override(language):
            assert words == str(EVENTS[Event(key)])


@GUIDED
def test_ledgers_are_called_what_the_pages_call_them(language: str, guide: Path) -> None:
    rows = dict(_LEDGER.findall(guide.read_text("utf-8")))
    with translation.override(language):
        assert rows == {key.value: str(name) for key, name in LEDGERS.items()}
