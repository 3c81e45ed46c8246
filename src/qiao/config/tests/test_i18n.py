"""Texts are found in Python and templates, and catalogues are compared with them."""

import gettext
from pathlib import Path

import pytest
from django.template import engines
from django.test import override_settings
from django.utils import translation

from qiao.config.cli import catalogues
from qiao.config.cli.catalogues import Catalogue
from qiao.config.cli.extraction import Text, texts_of_module, texts_of_python, texts_of_template


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("_('Open')", [Text("Open")]),
        ('gettext_lazy("Open")', [Text("Open")]),
        ('gettext("two " "parts")', [Text("two parts")]),
        ('ngettext("%(n)s case", "%(n)s cases", n)', [Text("%(n)s case", "%(n)s cases")]),
        ('pgettext("status", "Open")', [Text("Open", "", "status")]),
        ('npgettext_lazy("c", "day", "days", n)', [Text("day", "days", "c")]),
        ('class A:\n    label = _("In a class")\n', [Text("In a class")]),
        ("gettext(name)", []),
        ('_("")', []),
        ('other("Open")', []),
    ],
)
def test_texts_of_python_files(source: str, expected: list[Text]) -> None:
    assert list(texts_of_python(source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{% translate "Open" %}', [Text("Open")]),
        ("{% trans 'Open' as word %}", [Text("Open")]),
        ('{% translate "Open" context "status" %}', [Text("Open", "", "status")]),
        ('{% translate "Open"|upper %}', [Text("Open")]),
        ('{% translate "100% done" %}', [Text("100%% done")]),
        (r'{% translate "say \"hi\"" %}', [Text('say "hi"')]),
        ("{% translate name %}", []),
        ("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}", [Text("Hello %(name)s")]),
        (
            "{% blocktranslate trimmed with n=x %}\n  Hello\n  {{ n }}\n{% endblocktranslate %}",
            [Text("Hello %(n)s")],
        ),
        (
            "{% blocktranslate count n=x %}{{ n }} case{% plural %}{{ n }} cases"
            "{% endblocktranslate %}",
            [Text("%(n)s case", "%(n)s cases")],
        ),
        (
            '{% blocktranslate context "bill" %}50% of {{ n }}{% endblocktranslate %}',
            [Text("50%% of %(n)s", "", "bill")],
        ),
        ('{% include "x.html" with label=_("Close") %}', [Text("Close")]),
        ('{{ value|default:_("None") }}', [Text("None")]),
        ('{% comment %}{% translate "No" %}{% endcomment %}{# {% translate "No" %} #}', []),
        ('{% verbatim %}{% translate "No" %}{% endverbatim %}', []),
    ],
)
def test_texts_of_templates(source: str, expected: list[Text]) -> None:
    assert list(texts_of_template(source)) == expected


@pytest.mark.parametrize(
    "source",
    [
        '{% translate "100% of it" %}',
        "{% blocktranslate trimmed with n=7 %}\n 100% of\n {{ n }} {% endblocktranslate %}",
        "{% blocktranslate count n=2 %}{{ n }} tap{% plural %}{{ n }} taps{% endblocktranslate %}",
        '{% translate "Open" context "valve" %}',
        '{% firstof _("Last resort") %}',
    ],
)
def test_what_is_extracted_is_what_django_looks_up(source: str, tmp_path: Path) -> None:
    [text] = texts_of_template(source)
    path = catalogues.catalogue_path(tmp_path, "zh_Hans")
    catalogues.write_catalogue(Catalogue(path, "zh_Hans", {text: "译文"}))
    catalogues.compile_changed(tmp_path)
    with override_settings(LOCALE_PATHS=[tmp_path / "locale"]), translation.override("zh-hans"):
        template = engines["django"].from_string("{% load i18n %}" + source)
        assert template.render() == "译文"


def _catalogue(path: Path, entries: dict[Text, str]) -> Catalogue:
    return Catalogue(path, "zh_Hans", dict(entries))


def test_a_catalogue_is_written_and_read_back_the_same(tmp_path: Path) -> None:
    entries = {
        Text("Open"): "打开",
        Text("Open", "", "status"): "未结",
        Text("%(n)s case", "%(n)s cases"): "%(n)s 件",
        Text('with "quotes"\nand lines'): "“引号”\n与换行",
        Text("empty"): "",
    }
    path = catalogues.catalogue_path(tmp_path / "cases", "zh_Hans")
    catalogues.write_catalogue(_catalogue(path, entries))
    first = path.read_text()
    again = catalogues.read_catalogue(path, "zh_Hans")
    assert again.entries == entries
    catalogues.write_catalogue(again)
    assert path.read_text() == first


def test_each_kind_of_fault_is_reported(tmp_path: Path) -> None:
    catalogue = _catalogue(
        tmp_path / "x.po",
        {
            Text("Empty"): "",
            Text("Gone"): "没了",
            Text("Doubtful"): "也许",
            Text("Due in {days}"): "{day} 天后到期",
            Text("Good %(name)s"): "好 %(name)s",
        },
    )
    catalogue.fuzzy.add(Text("Doubtful"))
    names = ("Empty", "Doubtful", "Due in {days}", "Good %(name)s", "New")
    found = catalogues.compare(catalogue, {Text(name) for name in names})
    assert [(kind, text.singular) for kind, text in found.faults()] == [
        ("missing", "New"),
        ("empty", "Empty"),
        ("fuzzy", "Doubtful"),
        ("obsolete", "Gone"),
        ("placeholders", "Due in {days}"),
    ]


def test_a_text_that_core_translates_is_not_missing(tmp_path: Path) -> None:
    core = _catalogue(tmp_path / "core.po", {Text("Save"): "保存", Text("Send"): ""})
    own = _catalogue(tmp_path / "own.po", {})
    found = catalogues.compare(own, {Text("Save"), Text("Send")}, core)
    assert found.missing == [Text("Send")]


def test_modules_that_translate_one_text_differently_are_reported(tmp_path: Path) -> None:
    one = _catalogue(tmp_path / "1.po", {Text("Open"): "打开", Text("Close"): "关闭"})
    two = _catalogue(tmp_path / "2.po", {Text("Open"): "未结", Text("Close"): "关闭"})
    assert catalogues.conflicts([one, two]) == [(Text("Open"), {"打开", "未结"})]


def test_update_adds_the_new_drops_the_old_and_keeps_the_rest(tmp_path: Path) -> None:
    path = catalogues.catalogue_path(tmp_path, "zh_Hans")
    catalogue = _catalogue(path, {Text("Old"): "旧", Text("Kept"): "留"})
    texts = {Text("Kept"), Text("New")}
    assert catalogues.update(catalogue, texts)
    assert catalogues.read_catalogue(path, "zh_Hans").entries == {
        Text("Kept"): "留",
        Text("New"): "",
    }
    assert not catalogues.update(catalogues.read_catalogue(path, "zh_Hans"), texts)


def test_only_changed_catalogues_are_compiled(tmp_path: Path) -> None:
    path = catalogues.catalogue_path(tmp_path / "cases", "zh_Hant")
    catalogues.write_catalogue(
        Catalogue(path, "zh_Hant", {Text("%(n)s day", "%(n)s days"): "%(n)s 天"})
    )
    assert catalogues.compile_changed(tmp_path) == 1
    assert catalogues.compile_changed(tmp_path) == 0
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.ngettext("%(n)s day", "%(n)s days", 5) == "%(n)s 天"


def test_texts_of_tests_and_migrations_are_left_out(tmp_path: Path) -> None:
    for folder in ("tests", "migrations", "templates/x"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "tests" / "test_x.py").write_text('_("No")')
    (tmp_path / "migrations" / "0001.py").write_text('_("No")')
    (tmp_path / "views.py").write_text('_("Yes")')
    (tmp_path / "templates/x/page.html").write_text('{% translate "Page" %}')
    assert texts_of_module(tmp_path) == {Text("Yes"), Text("Page")}
