"""Marks that stand beside a name: icon, tier, severity, channel, badge, avatar, key, guard, mask.

Colour never stands alone: each mark also has a letter, a shape or words.
"""

from collections.abc import Callable
from functools import cache, lru_cache, wraps
from typing import ParamSpec

from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from qiao.core.ui.markup import markup

Text = str | Promise

TIERS: dict[str, Promise] = {
    "A": pgettext_lazy("customer tier", "Devoted"),
    "B": pgettext_lazy("customer tier", "Loyal"),
    "C": pgettext_lazy("customer tier", "Regular"),
    "D": pgettext_lazy("customer tier", "Sensitive"),
}
SEVERITIES: dict[int, Promise] = {
    1: pgettext_lazy("severity", "Urgent"),
    2: pgettext_lazy("severity", "High"),
    3: pgettext_lazy("severity", "Medium"),
    4: pgettext_lazy("severity", "Low"),
}
CHANNELS: dict[str, tuple[str, Promise]] = {
    "call": ("phone", pgettext_lazy("channel", "Phone")),
    "wechat": ("brand-wechat", pgettext_lazy("channel", "WeChat")),
    "chat": ("message-2", pgettext_lazy("channel", "Web chat")),
    "mail": ("mail", pgettext_lazy("channel", "Email")),
    "sms": ("device-mobile-message", pgettext_lazy("channel", "Text message")),
    "desk": ("building-store", pgettext_lazy("channel", "Counter")),
    "portal": ("world", pgettext_lazy("channel", "Self-service")),
    "letter": ("mailbox", pgettext_lazy("channel", "Letter")),
    "visit": ("walk", pgettext_lazy("channel", "Visit")),
    "hotline": ("building-bank", pgettext_lazy("channel", "Government hotline")),
}
# What packs and stored rows call a channel, where the look has a name of its own.
PACK_CHANNELS = {
    "phone": "call",
    "counter": "desk",
    "email": "mail",
    "web": "portal",
    "gov_hotline": "hotline",
}
GUARD_ICONS = {"pass": "check", "condition": "calendar-due", "stop": "hand-stop"}
ALERT_ICONS = {
    "info": "info-circle",
    "warn": "alert-triangle",
    "bad": "urgent",
    "ok": "circle-check",
}


P = ParamSpec("P")
Named = tuple[tuple[str, str], ...]


def drawn_once(draw: Callable[P, SafeString]) -> Callable[P, SafeString]:
    """Keep what a mark looked like, by language: lists draw the same few marks again and again."""

    @lru_cache(maxsize=1024)
    def kept(_language: str | None, args: tuple[str, ...], named: Named) -> SafeString:
        return draw(*args, **dict(named))  # type: ignore[arg-type]

    @wraps(draw)
    def inner(*args: P.args, **named: P.kwargs) -> SafeString:
        # Markup is equal to the plain text that it is written as, but drawn otherwise.
        if any(hasattr(value, "__html__") for value in (*args, *named.values())):
            return draw(*args, **named)
        texts = tuple("" if value is None else str(value) for value in args)
        return kept(get_language(), texts, tuple((key, str(each)) for key, each in named.items()))

    return inner


@cache
def _sprite() -> str:
    return static("icons.svg")


@lru_cache(maxsize=1024)
def icon(name: str, classes: str = "") -> SafeString:
    """A Tabler outline icon out of the sprite; hidden from assistive technology.

    `classes` may hold sizes: ``i-16``, ``i-18``, ``i-20``, ``i-24``, ``i-32``.
    """
    return markup(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" {classes}" if classes else "",
        _sprite(),
        name,
    )


@drawn_once
def tier(value: object, mode: str = "") -> SafeString:
    """A customer's tier: letter, colour and word. ``only`` leaves the letter to the eye.

    An empty or unknown tier gives nothing: an unidentified caller has none.
    """
    letter = str(value or "").upper()
    word = TIERS.get(letter)
    if word is None:
        return mark_safe("")
    only = mode == "only"
    return markup(
        '<span class="q-tier{}" data-tier="{}" title="{}"><b>{}</b>{}</span>',
        " only" if only else "",
        letter,
        _("Customer tier {letter}: {word}").format(letter=letter, word=word),
        letter,
        markup('<span class="sr">{}</span>', word) if only else word,
    )


@drawn_once
def sev(value: object, mode: str = "") -> SafeString:
    """A severity from 1 (urgent) to 4 (low): bars and a word; ``only`` leaves the bars."""
    try:
        level = int(str(value))
        word = SEVERITIES[level]
    except (ValueError, KeyError):
        return mark_safe("")
    return markup(
        '<span class="q-sev" data-v="{}" title="{}"><i aria-hidden="true"><u></u><u></u><u></u>'
        "</i><span{}>{}</span></span>",
        level,
        _("Severity: {word}").format(word=word),
        mark_safe(' class="sr"') if mode == "only" else "",
        word,
    )


@drawn_once
def chan(channel: object, classes: str = "") -> SafeString:
    """The tile of the channel through which somebody spoke to us; ``sm`` makes it small."""
    key = PACK_CHANNELS.get(str(channel or ""), str(channel or ""))
    name, word = CHANNELS.get(key, ("message-circle", key))
    return markup(
        '<span class="q-chan{}" data-ch="{}" title="{}">{}<span class="sr">{}</span></span>',
        f" {classes}" if classes else "",
        key,
        word,
        icon(name),
        word,
    )


def channel_name(channel: object) -> str:
    """The words for a channel's code; the code itself when it has none."""
    key = PACK_CHANNELS.get(str(channel), str(channel))
    return str(CHANNELS.get(key, ("", key))[1])


@drawn_once
def badge(text: Text, state: str = "", icon_name: str = "") -> SafeString:
    """A short word on a tinted ground. `state`: ok, warn, bad, info, pri, line or nothing."""
    return markup(
        '<span class="q-badge{}">{}{}</span>',
        f" {state}" if state else "",
        icon(icon_name) if icon_name else "",
        text,
    )


def avatar(name: Text, tone: str = "a", classes: str = "") -> SafeString:
    """The first character of a name in a circle. `tone`: a, b, c or d; `classes`: sm or lg."""
    initial = str(name).strip()[:1].upper() or "·"
    return markup(
        '<span class="q-av {}{}" aria-hidden="true">{}</span>',
        tone,
        f" {classes}" if classes else "",
        initial,
    )


def kbd(keys: str) -> SafeString:
    """Key caps: ``"Ctrl K"`` is one cap, ``"G W"`` two, since modifiers belong to their key."""
    parts = [keys] if "Ctrl" in keys or "Alt" in keys else keys.split()
    return format_html_join(" ", '<kbd class="q-kbd">{}</kbd>', ((p,) for p in parts))


def guard(state: str, text: Text, icon_name: str = "") -> SafeString:
    """A legal or contractual rule that stands before an action: pass, condition or stop.

    A stopped action stays visible and disabled; this says which rule stops it.
    """
    return markup(
        '<span class="q-guard{}">{}{}</span>',
        f" {state}" if state in {"pass", "stop"} else "",
        icon(icon_name or GUARD_ICONS.get(state, "calendar-due")),
        text,
    )


def mask(value: Text, url: str = "", what: Text = "") -> SafeString:
    """A value already masked; with `url`, a button that asks for the whole of it.

    The server answers with a dialog that asks why, records the reveal, and answers with the open
    value, which takes this one's place.
    """
    if not url:
        return markup('<span class="q-mask">{}</span>', value)
    label = _("Show {what} in full; this is recorded").format(what=what or _("the value"))
    return markup(
        '<span class="q-mask"><span>{}</span><button type="button" class="q-reveal" hx-get="{}"'
        ' hx-target="next .q-why" aria-haspopup="dialog" aria-label="{}" title="{}">{}</button>'
        '<span class="q-why"></span></span>',
        value,
        url,
        label,
        label,
        icon("eye", "i-16"),
    )


def logo() -> SafeString:
    """The bridge."""
    return mark_safe(
        '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round" aria-hidden="true"><path d="M2.5 17.5h19M4 17.5C5 9 19 9 20 17.5'
        'M8.6 12.6v4.9M12 11.2v6.3M15.4 12.6v4.9"></path></svg>'
    )
