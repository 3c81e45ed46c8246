"""``{% load duplicates %}``: evidence as words and weights."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qiao.core.ui.marks import icon
from qiao.core.ui.markup import markup
from qiao.customers.models import CustomerPhone
from qiao.customers.queries.duplicates import Sign
from qiao.customers.showing.evidence import AGAINST, detail_of, words_of
from qiao.customers.templatetags.customers import phone

register = template.Library()

ICONS = {
    "identity": "id",
    "phone": "phone",
    "name": "user",
    "place": "map-pin",
    "gender": "friends",
}
FULL_BITS = 20.0  # a bar of full length
STRONG_BITS = 5.0


@register.simple_tag
def sign_badges(signs: tuple[Sign, ...]) -> SafeString:
    """What speaks for a pair, the heaviest first, then what speaks against it."""
    ordered = sorted(signs, key=lambda sign: -sign.weight)
    return format_html_join("", "{}", ((_badge(sign),) for sign in ordered))


def _badge(sign: Sign) -> SafeString:
    kind = sign.key.partition("_")[0]
    speaks_against = sign.weight < 0 and sign.key.endswith("_differs")
    state = " ok" if sign.weight >= STRONG_BITS else " warn" if speaks_against else ""
    return markup(
        '<span class="q-badge{}" title="{}">{}{}</span>',
        state, f"{sign.weight:+.1f}", icon(ICONS.get(kind, "point")), words_of(sign),
    )  # fmt: skip


@register.filter
def in_words(sign: Sign) -> str:
    """A sign in words."""
    return words_of(sign)


@register.filter
def detail(sign: Sign) -> str:
    """What the two agree on."""
    return detail_of(sign)


@register.filter
def against_words(key: str) -> str:
    """The innocent explanation that was hardest to rule out."""
    return str(AGAINST.get(key, key))


@register.filter
def heaviest(signs: tuple[Sign, ...]) -> list[Sign]:
    """Signs, those that speak most for the pair first."""
    return sorted(signs, key=lambda sign: -sign.weight)


@register.simple_tag
def weight_bar(weight: float) -> SafeString:
    """A weight in bits as a bar from the middle: right for, left against; the figure stands beside
    it."""
    length = min(abs(weight) / FULL_BITS, 1.0) * 50
    start = 50 if weight >= 0 else 50 - length
    return markup(
        '<svg class="cu-weight" viewBox="0 0 100 8" width="100" height="8" aria-hidden="true">'
        '<rect width="100" height="8" rx="2" fill="var(--q-sunken)"></rect>'
        '<rect x="{}" width="{}" height="8" rx="2" fill="var(--q-{})"></rect>'
        '<line x1="50" x2="50" y1="0" y2="8" stroke="var(--q-border-3)"></line></svg>',
        f"{start:.1f}", f"{length:.1f}", "ok" if weight >= 0 else "warn",
    )  # fmt: skip


@register.filter
def bits(weight: float) -> str:
    """A weight with its sign: +18.4."""
    return f"{weight:+.1f}"


@register.filter
def chance(value: float) -> str:
    """A probability in per cent, never rounded up to certainty."""
    percent = min(int(value * 1000) / 10, 99.9)
    return _("{percent} %").format(percent=f"{percent:g}")


@register.filter
def get(values: dict[Any, Any], key: Any) -> Any:
    """A value of a dictionary by a key that is itself a variable."""
    return values.get(key, "")


@register.simple_tag(takes_context=True)
def compared_phone(context: Context, row: CustomerPhone) -> SafeString:
    """A number of one of two customers, masked by the reader's rights."""
    told = {"id": row.pk, "number": row.number, "extension": row.extension}
    return phone(context, told, row.customer_id)


@register.filter
def as_sign(told: dict[str, Any]) -> Sign:
    """A sign out of stored JSON."""
    return Sign(**told)


@register.filter
def odds(score: float) -> float:
    """A score in bits as a probability."""
    return float(1 / (1 + 2.0**-score))
