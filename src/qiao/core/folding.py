"""Templates whose fixed parts are drawn once a language.

A page names a hundred fixed words, icons and addresses that are the same for everybody. The loader
gathers neighbours of that kind into one part, which keeps what it looked like.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from django.template import Node, NodeList, Template
from django.template.base import FilterExpression, TextNode, Variable, VariableNode
from django.template.context import Context
from django.template.defaulttags import IfNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import cached
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.utils.translation import get_language

from qiao.core.ui import marks

# Tags that look the same whenever they are given the same.
FIXED_TAGS: Final[frozenset[Callable[..., Any]]] = frozenset(
    {
        marks.icon,
        marks.badge,
        marks.kbd,
        marks.logo,
        marks.sev,
        marks.chan,
        marks.tier,
        marks.guard,
    }
)


class Loader(cached.Loader):
    """Keeps templates as Django's cached loader does, with their fixed parts folded."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """The template, folded when it is compiled."""
        template: Template = super().get_template(template_name, skip)
        if not getattr(template, "is_folded", False):
            fold(template.nodelist)
            template.is_folded = True  # type: ignore[attr-defined]
        return template


class Folded(Node):
    """Neighbours that depend on nothing but the language: what a template writes out is safe."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.token, self.origin = nodes[0].token, nodes[0].origin
        self.drawn: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """What the nodes give one after the other, drawn the first time in this language."""
        language = get_language()
        drawn = self.drawn.get(language)
        if drawn is None:
            drawn = "".join([str(node.render_annotated(context)) for node in self.nodes])
            self.drawn[language] = drawn
        return drawn


def fold(nodes: NodeList) -> None:
    """Fold what is fixed in a list of nodes and in all lists below it, in their places."""
    for node in nodes:
        for below in _lists_of(node):
            fold(below)
    nodes[:] = list(_gathered(nodes))


def _lists_of(node: Node) -> Iterable[NodeList]:
    if isinstance(node, IfNode):
        return [inside for _condition, inside in node.conditions_nodelists]
    lists = [getattr(node, name, None) for name in node.child_nodelists]
    return [each for each in lists if isinstance(each, NodeList)]


def _gathered(nodes: Iterable[Node]) -> Iterator[Node]:
    run: list[Node] = []
    for node in nodes:
        if _is_fixed(node):
            run.append(node)
            continue
        yield from _closed(run)
        run = []
        yield node
    yield from _closed(run)


def _closed(run: list[Node]) -> list[Node]:
    """A run of fixed nodes as one, unless there is nothing in it to keep."""
    return run if all(isinstance(node, TextNode) for node in run) else [Folded(run)]


def _is_fixed(node: Node) -> bool:
    if type(node) is TextNode:
        return True
    if type(node) is VariableNode:
        return _is_constant(node.filter_expression)
    if type(node) is TranslateNode:
        return not node.asvar and _says_a_literal(node)
    if type(node) is URLNode:
        bare = not node.asvar and not node.args and not node.kwargs
        return bare and _is_constant(node.view_name)
    if type(node) is StaticNode:
        return node.varname is None and _is_constant(node.path)
    return type(node) is SimpleNode and _is_fixed_tag(node)


def _is_fixed_tag(node: SimpleNode) -> bool:
    given = [*node.args, *node.kwargs.values()]
    plain = node.target_var is None and not node.takes_context
    return plain and node.func in FIXED_TAGS and all(_is_constant(each) for each in given)


def _says_a_literal(node: TranslateNode) -> bool:
    said, about = node.filter_expression, node.message_context
    is_literal = isinstance(said.var, Variable) and said.var.lookups is None
    return is_literal and not said.filters and (about is None or _is_constant(about))


def _is_constant(value: object) -> bool:
    """Whether an argument of a tag was written out in the template."""
    if not isinstance(value, FilterExpression) or value.filters:
        return False
    return not isinstance(value.var, Variable)
