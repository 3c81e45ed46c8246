"""Fixed parts of templates are drawn once a language, and look as they would otherwise."""

from typing import Any

import pytest
from django.template import Context, Template, engines
from django.template.base import Node, NodeList
from django.utils.translation import override

from qiao.core.folding import Folded, Loader, _lists_of, fold

TEMPLATE = """{% load ui i18n static %}<h1>{% translate "Cases" %}</h1>{% icon "phone" %}
{{ _("Search") }}{% translate "changed" context "row of a list" %}
<a href="{% url 'cases:list' %}">{% static "icons.svg" %}</a>
{% if who %}{% badge _("Escalated") "bad" %}{% translate "Save" %}{{ who }}
{% else %}{% translate "Nobody yet" %}{% endif %}
{% for n in many %}{% icon "eye" %}{{ n }}{% translate "Close" %}{% endfor %}
{% with a=who %}{% kbd "Ctrl K" %}{{ a }}{% endwith %}{% translate "Undo" as undo %}
{{ undo|upper }}{% url 'cases:detail' 7 as there %}{{ there }}"""
WHO = [{"who": "", "many": []}, {"who": "<b>王芳</b>", "many": [1, 2]}]


def folded_nodes(nodes: NodeList) -> list[Node]:
    """All folded nodes, however deep."""
    found = [node for node in nodes if isinstance(node, Folded)]
    return found + [each for n in nodes for below in _lists_of(n) for each in folded_nodes(below)]


def engine() -> Any:
    """The engine that draws our pages."""
    backend: Any = engines["django"]
    return backend.engine


def compiled(text: str) -> Template:
    """A template that no loader saw."""
    return Template(text, engine=engine())


@pytest.mark.parametrize("values", WHO)
@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_a_folded_template_gives_the_same(language: str, values: dict[str, Any]) -> None:
    """In each language, drawn twice, whatever is given."""
    plain, folded = compiled(TEMPLATE), compiled(TEMPLATE)
    fold(folded.nodelist)
    assert len(folded_nodes(folded.nodelist)) >= 5
    with override(language):
        wanted = plain.render(Context(values))
        for _ in range(2):
            assert folded.render(Context(values)) == wanted


def test_languages_do_not_mix() -> None:
    """What one language kept is not shown in another."""
    template = compiled('{% load i18n %}{% translate "Cases" %}!')
    fold(template.nodelist)
    seen = []
    for language in ("en", "zh-hans", "zh-hant", "en"):
        with override(language):
            seen.append(template.render(Context()))
    assert seen[0] == seen[3] == "Cases!"
    assert len(set(seen)) == 3


def test_literals_are_safe_in_and_outside_of_escaping() -> None:
    """What is kept does not depend on escaping."""
    text = '{% load i18n ui %}{{ _("Bills & meters") }}{% badge "a & b" %}.'
    template = compiled(text + "{% autoescape off %}" + text + "{% endautoescape %}")
    fold(template.nodelist)
    first, second, _rest = template.render(Context()).split(".")
    assert first == second == 'Bills & meters<span class="q-badge">a & b</span>'


def test_what_a_page_names_by_itself_is_not_folded() -> None:
    """Values, addresses of rows and names given to words stay as they are."""
    template = compiled(
        "{% load ui i18n %}{{ a }}{% icon a %}{% url 'cases:detail' a %}"
        "{% translate a %}{% translate 'Save' as b %}"
    )
    fold(template.nodelist)
    assert folded_nodes(template.nodelist) == []


def test_the_loader_folds_pages_and_what_they_extend() -> None:
    """Real pages come folded, once."""
    assert isinstance(engine().template_loaders[0], Loader)
    for name in ("app.html", "cases/list.html", "cases/_head.html"):
        nodes = engine().get_template(name).nodelist
        before = folded_nodes(nodes)
        assert before
        assert folded_nodes(engine().get_template(name).nodelist) == before
