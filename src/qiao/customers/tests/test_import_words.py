"""Every code of an import has its words, in every language."""

from itertools import product

import pytest
from django.utils.translation import override

from qiao.core.rules.identity import IdentityFault
from qiao.core.rules.text import TextFault
from qiao.core.sheets import CellCode, Refusal
from qiao.core.table_words import refusal_word
from qiao.customers.rules import value_rows
from qiao.customers.rules.import_columns import KEYS
from qiao.customers.showing import import_words

LANGUAGES = ("en", "zh-hans", "zh-hant")
ROW_CODES = ("unknown", "shape", "missing", "taken", "date", "unknowable")
VALUE_CODES = ("empty", "month", "amount", "nobody", "no_owner", "twice", "too_long")


def test_every_field_has_a_name() -> None:
    assert set(import_words.FIELDS) == set(KEYS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_is_a_sentence(language: str) -> None:
    codes = {str(code) for code in (*TextFault, *IdentityFault, *CellCode, *ROW_CODES)}
    with override(language):
        for field, code in product(KEYS, codes):
            assert import_words.fault_word(field, code) != code, code
            assert import_words.expected_word(field, code)
        for refusal in Refusal:
            assert refusal_word(str(refusal)) != str(refusal)


@pytest.mark.parametrize("language", LANGUAGES)
def test_faults_of_values_are_sentences_too(language: str) -> None:
    with override(language):
        for field, code in product(value_rows.KEYS, VALUE_CODES):
            assert import_words.field_word(field) != field
            assert import_words.fault_word(field, code) != code
            assert import_words.expected_word(field, code)


def test_words_are_of_the_language() -> None:
    with override("zh-hans"):
        assert import_words.fault_sentence("phone", "unknown") == "电话号码不是有效号码"
        assert import_words.expected_word("use", "unknown").startswith("居民")
        assert import_words.kept_word("cases") == "工单中用到"
    with override("en"):
        assert import_words.kept_word("cases") == "is used in: Cases"
