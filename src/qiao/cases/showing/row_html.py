"""Rows of lists as HTML.

A page of thirty rows is drawn by functions, as marks are: a template takes a millisecond for each
row, most of what a list costs. Whatever comes from outside goes through `markup`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qiao.cases.queries import CaseRow
from qiao.cases.rules.snippets import Piece
from qiao.cases.showing.keeping import Head
from qiao.cases.showing.listing import ShownRow
from qiao.core.ui.marks import badge, chan, channel_name, icon, sev, tier
from qiao.core.ui.markup import joined, markup
from qiao.core.ui.moments import sla, when

NOTHING: Final = mark_safe("")


def draw_rows(rows: Sequence[ShownRow], columns: Sequence[Head], place: str) -> SafeString:
    """Rows with their tick, the case itself, then a cell of each column.

    `place` is the query of the list, kept for the way back.
    """
    cells = [CELLS[column.key] for column in columns]
    return joined([_row(each, cells, place) for each in rows], "\n")


def draw_pieces(pieces: Sequence[Piece]) -> SafeString:
    """A text with the words of a search marked."""
    return format_html_join(
        "",
        "{}",
        (
            (markup("<mark>{}</mark>", each.text) if each.is_found else each.text,)
            for each in pieces
        ),
    )


def _row(shown: ShownRow, cells: "Sequence[Cell]", place: str) -> SafeString:
    row = shown.row
    address = f"{reverse('cases:detail', args=[row.case_id])}?{place}"
    return markup(
        '<tr data-href="{}" data-case="{}"{}><td class="q-tick"><input type="checkbox"'
        ' class="form-check-input" name="case" value="{}" aria-label="{}"></td>'
        '<td class="cs-main"><div class="row-f g2">{}{}<a class="m cut" href="{}">{}</a>{}{}</div>'
        '<div class="xs t3 cut"><span class="num">{}</span> · {}{}</div>{}</td>{}</tr>',
        address,
        row.case_id,
        mark_safe(' class="cs-unread"') if row.unread else "",
        row.case_id,
        _("Select %(number)s") % {"number": row.number},
        _unread(get_language()) if row.unread else "",
        sev(shown.severity, "only"),
        address,
        draw_pieces(shown.title) if shown.title else row.title,
        _marks(shown),
        _live_marks(get_language()),
        row.number,
        shown.type_name,
        markup(" · {}", where) if (where := row.place or row.area) else "",
        markup('<div class="xs t2 cut">{}</div>', draw_pieces(shown.found)) if shown.found else "",
        joined([cell(shown) for cell in cells]),
    )


@lru_cache
def _unread(_language: str | None) -> SafeString:
    return markup('<span class="q-dot" role="img" aria-label="{}"></span>', _("Unread"))


@lru_cache
def _live_marks(_language: str | None) -> SafeString:
    """What the browser uncovers when it hears that the row is no longer what it was."""
    return markup(
        '<span class="q-badge info" data-row-changed hidden>{}{}</span>'
        '<span class="q-badge" data-row-gone hidden>{}{}</span>',
        icon("refresh"),
        pgettext("row of a list", "changed"),
        icon("archive"),
        pgettext("row of a list", "archived"),
    )


def _marks(shown: ShownRow) -> SafeString:
    """What sets this case apart from others; most have nothing."""
    row, marks = shown.row, []
    if row.word_due_at:
        words = _("Promised to the customer")
        marks.append(_told_mark("pri", words, "heart-handshake", when(row.word_due_at)))
    if row.is_green:
        marks.append(_told_mark("ok", _("Green channel"), "arrow-ramp-right"))
    if row.risk == "high":
        marks.append(_told_mark("bad", _("Risk of escalation"), "alert-triangle"))
    if row.escalated:
        marks.append(badge(_("Escalated"), "bad", "trending-up"))
    if row.chase_count:
        words = _("The customer asked again")
        marks.append(_mark("warn", words, "bell-ringing", row.chase_count))
    if aside := shown.aside:
        marks.append(_mark(aside.tone, aside.reason, aside.icon, aside.text))
    if row.watchers:
        words = " ".join((_("Open now with"), ", ".join(row.watchers)))
        marks.append(_mark("info", words, "eye", row.watchers[0]))
    return joined(marks)


def _mark(tone: str, title: str, icon_name: str, inside: object) -> SafeString:
    return markup(
        '<span class="q-badge {}" title="{}">{}{}</span>', tone, title, icon(icon_name), inside
    )


def _told_mark(tone: str, words: str, icon_name: str, inside: object = "") -> SafeString:
    """A mark whose words are for the ear and the pointer."""
    told = markup('<span class="sr">{}</span>{}', words, inside)
    return _mark(tone, words, icon_name, told)


def _area(shown: ShownRow) -> SafeString:
    return markup('<td class="cut">{}</td>', shown.row.area)


def _assignee(shown: ShownRow) -> SafeString:
    row = shown.row
    return markup(
        '<td>{}<div class="xs t3 cut">{}</div></td>',
        markup('<span class="cut">{}</span>', row.assignee_name)
        if row.assignee_name
        else markup('<span class="warn">{}</span>', _("Nobody yet")),
        row.team_name,
    )


def _changed(shown: ShownRow) -> SafeString:
    return markup('<td class="r num t2">{}</td>', when(shown.row.updated_at))


def _channel(shown: ShownRow) -> SafeString:
    return markup(
        '<td><span class="row-f g1">{}{}</span></td>',
        chan(shown.row.channel, "bare"),
        channel_name(shown.row.channel),
    )


def _closed(shown: ShownRow) -> SafeString:
    closed = shown.row.closed_at
    inside = when(closed, "long") if closed else mark_safe('<span class="t3">–</span>')
    return markup('<td class="num">{}</td>', inside)


def _customer(shown: ShownRow) -> SafeString:
    row = shown.row
    if row.customer_name:
        who = markup('<span class="cut">{}</span>{}', row.customer_name, tier(row.tier, "only"))
    elif row.caller_name:
        who = markup('<span class="cut t2">{}</span>', row.caller_name)
    else:
        who = markup('<span class="t3">{}</span>', _("Not known"))
    return markup(
        '<td><div class="row-f g1">{}</div><div class="xs t3 row-f g1">{}{}</div></td>',
        who,
        chan(row.channel, "bare"),
        channel_name(row.channel),
    )


def _due(shown: ShownRow) -> SafeString:
    row = shown.row
    if shown.mark:
        return markup('<td>{}<div class="xs t3 cut">{}</div></td>', sla(shown.mark), shown.promise)
    if row.closed_at:
        return markup("<td>{}</td>", _kept(row))
    if row.is_paused:
        paused = icon("player-pause", "i-16")
        return markup('<td><span class="q-sla paused">{}{}</span></td>', paused, _("Clock paused"))
    return markup('<td><span class="t3">{}</span></td>', _("Nothing owed"))


def _kept(row: CaseRow) -> SafeString:
    missed = row.promise_kept is False
    return markup(
        '<span class="q-sla {}">{}</span>',
        "bad" if missed else "met",
        _("Promise missed") if missed else _("Promise kept"),
    )


def _opened(shown: ShownRow) -> SafeString:
    row = shown.row
    return markup(
        '<td><span class="num">{}</span>{}</td>',
        when(row.opened_at, "long"),
        markup('<div class="xs">{}</div>', _kept(row)) if row.closed_at else "",
    )


def _priority(shown: ShownRow) -> SafeString:
    return markup("<td>{}</td>", sev(shown.severity))


def _responsible(shown: ShownRow) -> SafeString:
    return markup('<td class="cut">{}</td>', shown.row.responsible_name)


def _step(shown: ShownRow) -> SafeString:
    return markup(
        '<td>{}<div class="xs t3 cut">{}</div></td>',
        badge(shown.phase_name, shown.phase_tone),
        shown.step_name,
    )


def _type(shown: ShownRow) -> SafeString:
    return markup('<td class="cut">{}</td>', shown.type_name)


Cell = Callable[[ShownRow], SafeString]
CELLS: Final[Mapping[str, Cell]] = {
    "customer": _customer,
    "step": _step,
    "due": _due,
    "assignee": _assignee,
    "changed": _changed,
    "opened": _opened,
    "priority": _priority,
    "channel": _channel,
    "area": _area,
    "type": _type,
    "responsible": _responsible,
    "closed": _closed,
}
