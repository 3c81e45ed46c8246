"""Rules of the green channel as a code table: read by many, changed per unit, tried beforehand."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from qiao.cases.complaint_codes import GROUP, VIEW, refused
from qiao.cases.models import GreenRuleRow
from qiao.cases.operations.complaint_rules import CONFIGURE
from qiao.cases.operations.green_rules import (
    RAISES,
    GreenWish,
    add_green_rule,
    change_green_rule,
    end_green_rule,
    place_green_rule,
)
from qiao.cases.queries.green import green_rules
from qiao.cases.queries.green_trials import DAYS, try_green_rule
from qiao.cases.showing import names
from qiao.cases.showing.green import choices_of, full_key, in_sentence
from qiao.core.actor import Actor
from qiao.core.code_tables import (
    CodeAction,
    CodeColumn,
    CodeField,
    CodeQuery,
    CodeRefused,
    CodeRow,
    CodeTable,
    Text,
    Values,
    among,
)
from qiao.core.packs.enabled import catalogue
from qiao.core.wording import from_names, said
from qiao.staff.queries import company_id, subtree_of, units_among

TAGS_LENGTH: Final = 1_000
NOT_NAMED: Final = ("company", "team")  # the one stands for all, cases belong to none of the other
TERMS: Final[Mapping[str, Text]] = {
    "protections": gettext_lazy("The customer is protected as"),
    "tiers": gettext_lazy("The customer's tier"),
    "tags": gettext_lazy("The customer's tags"),
    "groups": gettext_lazy("The group of the case"),
    "types": gettext_lazy("The type of the case"),
    "priorities": gettext_lazy("The priority of the case"),
}
COMPANY: Final = gettext_lazy("The whole company")
UNIT: Final = gettext_lazy("Holds in")
FROM: Final = gettext_lazy("From")
RAISED: Final = gettext_lazy("Priority at least")
SOURCE: Final = gettext_lazy("Source")
STATE: Final = pgettext_lazy("rule of the green channel", "State")
STATES: Final[Mapping[str, Text]] = {
    "on": pgettext_lazy("rule of the green channel", "On"),
    "off": pgettext_lazy("rule of the green channel", "Off"),
}


def _rules(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    rows = green_rules(actor=actor)
    if query.part != "all" and not query.only:
        today = timezone.localdate(query.now)
        rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
    return among([_rule(row) for row in rows], query)


def _rule(row: GreenRuleRow) -> CodeRow:
    unit = row.organisation
    return CodeRow(
        key=str(row.pk),
        names=row.names,
        cells={
            "place": row.place,
            "wants": in_sentence(row.terms, row.pack),
            "raises": str(names.PRIORITIES[row.raises_to]),
            "unit": from_names(unit.names, unit.name) if unit else str(COMPANY),
            "state": str(STATES["on" if row.is_on else "off"]),
            "from": row.valid_from.isoformat(),
        },
        depth=1 if unit else 0,
        is_active=row.valid_to is None,
        source=gettext_lazy("the company") if row.changed_by_id else row.pack,
        record_id=row.pk,
        organisation_id=row.organisation_id or 0,
        more=(
            (SOURCE, from_names(row.source)),
            (gettext_lazy("Until"), row.valid_to.isoformat() if row.valid_to else ""),
        ),
    )


def _of(row_key: str) -> GreenRuleRow:
    return GreenRuleRow.objects.get(pk=int(row_key))


def _units(actor: Actor) -> tuple[tuple[str, Text], ...]:
    may = actor.organisations(CONFIGURE)
    units = units_among(may, language=get_language() or "en")
    below = ((str(each.unit_id), each.name) for each in units if each.kind not in NOT_NAMED)
    return ((("", COMPANY),) if company_id() in may else ()) + tuple(below)


def _term_fields(
    packs: Sequence[str], terms: Mapping[str, Sequence[str]]
) -> tuple[CodeField, ...]:
    found = []
    for key, label in TERMS.items():
        values = [full_key(key, value, packs[0]) for value in terms.get(key, ())]
        choices = choices_of(key, packs)
        if key == "tags":
            hint = gettext_lazy("Separated by commas; one of them is enough.")
            text = ", ".join(values)
            field = CodeField(
                f"terms_{key}",
                label,
                initial=text,
                is_required=False,
                hint=hint,
                max_length=TAGS_LENGTH,
            )
        else:
            gone = {value: value for value in values if value not in choices}
            offered = tuple((choices | gone).items())
            field = CodeField(f"terms_{key}", label, "many", offered, values, is_required=False)
        found.append(field)
    return tuple(found)


def _fields(
    actor: Actor, packs: Sequence[str], rule: GreenRuleRow | None, day: date
) -> tuple[CodeField, ...]:
    state = "on" if rule is None or rule.is_on else "off"
    return (
        CodeField(
            "unit",
            UNIT,
            "choice",
            _units(actor),
            str(rule.organisation_id or "") if rule else "",
            is_required=False,
            hint=gettext_lazy("In a unit it holds there and below, instead of the one above."),
        ),
        CodeField("state", STATE, "choice", tuple(STATES.items()), state),
        *_term_fields(packs, rule.terms if rule else {}),
        CodeField(
            "raises",
            RAISED,
            "choice",
            tuple((key, names.PRIORITIES[key]) for key in RAISES),
            rule.raises_to if rule else "high",
        ),
        CodeField("valid_from", FROM, "date", initial=day + timedelta(days=1)),
        CodeField("source", SOURCE, max_length=200),
    )


def _change_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    rule = _of(row.key) if row else None
    return _fields(actor, [rule.pack] if rule else list(catalogue().packs), rule, day)


def _add_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del row
    packs = catalogue().packs
    offered = tuple((key, said(pack.name)) for key, pack in packs.items())
    return (
        CodeField("name", pgettext_lazy("rule", "Name"), max_length=120),
        CodeField("pack", pgettext_lazy("code table", "Pack"), "choice", offered),
        *_fields(actor, list(packs), None, day),
    )


def _wish(pack: str, values: Values) -> GreenWish:
    """Raises `CodeRefused`."""
    terms = {key: values.get(f"terms_{key}") or [] for key in TERMS}
    tags = str(terms["tags"] or "").replace("，", ",").replace("、", ",").split(",")
    terms["tags"] = list(dict.fromkeys(filter(None, (tag.strip() for tag in tags))))
    if any(key.partition(".")[0] != pack for key in terms["types"]):
        raise CodeRefused(_("This type belongs to another pack."), "terms_types")
    if not any(terms.values()):
        raise CodeRefused(_("A rule asks for at least one thing."))
    return GreenWish(
        valid_from=values["valid_from"],
        terms={key: held for key, held in terms.items() if held},
        raises_to=values["raises"],
        source=values["source"],
        is_on=values["state"] == "on",
        organisation_id=int(values["unit"]) if values.get("unit") else None,
    )


def _try(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    pack = _of(row_key).pack if row_key else values["pack"]
    wish = _wish(pack, values)
    units = set(actor.organisations(VIEW))
    if wish.organisation_id:
        units &= subtree_of(wish.organisation_id)
    trial = try_green_rule(pack=pack, terms=wish.terms, units=sorted(units), now=now)
    figures = {"total": trial.total, "days": DAYS, "n": trial.caught}
    told = _("Of %(total)d cases of the last %(days)d days it would have caught %(n)d.") % figures
    if trial.numbers:
        told += " " + _("The newest: %(numbers)s") % {"numbers": _(", ").join(trial.numbers)}
    return told


def _change(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    wish = _wish(_of(row_key).pack, values)
    with refused():
        change_green_rule(rule_id=int(row_key), wish=wish, actor=actor, now=now)
    return _("The rule holds so from that day on, for cases that are opened then.")


def _add(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del row_key
    pack, wish = values["pack"], _wish(values["pack"], values)
    with refused():
        add_green_rule(pack=pack, name=values["name"], wish=wish, actor=actor, now=now)
    return _("The rule holds so from that day on, for cases that are opened then.")


def _end_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, row
    return (CodeField("valid_to", FROM, "date", initial=day + timedelta(days=1)),)


def _end(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    with refused():
        end_green_rule(rule_id=int(row_key), valid_to=values["valid_to"], actor=actor, now=now)
    return _("From that day on the unit goes by the rule above it.")


def _place_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, day
    hint = gettext_lazy("The rule at place 1 is asked first; the first one that holds counts.")
    place: Any = row.cells["place"] if row else ""
    return (CodeField("place", pgettext_lazy("rule", "Place"), initial=str(place), hint=hint),)


def _place(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del now
    typed = str(values["place"]).strip()
    if not typed.isdecimal():
        raise CodeRefused(_("This value cannot stand here."), "place")
    with refused():
        place_green_rule(rule_id=int(row_key), place=int(typed), actor=actor)
    return _("The rules are asked in that order from now on.")


def _is_active(actor: Actor, row: CodeRow) -> bool:
    del actor
    return row.is_active


def _is_of_unit(actor: Actor, row: CodeRow) -> bool:
    del actor
    return row.is_active and bool(row.organisation_id)


def _parts(actor: Actor, day: date) -> Sequence[tuple[str, Text]]:
    del actor, day
    return [("", gettext_lazy("In force")), ("all", gettext_lazy("All versions"))]


CODE_TABLES = (
    CodeTable(
        key="cases.green",
        label=gettext_lazy("Rules of the green channel"),
        about=gettext_lazy(
            "Which cases jump the queue. Packs bring rules; the company and its units change them,"
            " switch them off, and add their own."
        ),
        group=GROUP,
        permission=VIEW,
        columns=(
            CodeColumn("place", pgettext_lazy("rule", "Place"), "number"),
            CodeColumn("wants", gettext_lazy("Holds for")),
            CodeColumn("raises", RAISED),
            CodeColumn("unit", UNIT),
            CodeColumn("state", STATE),
            CodeColumn("from", FROM),
        ),
        load=_rules,
        order=93,
        parts=_parts,
        audit_table="cases_greenrule",
        actions=(
            CodeAction(
                key="add",
                label=gettext_lazy("Add a rule"),
                icon="plus",
                permission=CONFIGURE,
                fields=_add_fields,
                apply=_add,
                on_row=False,
                trial=_try,
            ),
            CodeAction(
                key="change",
                label=gettext_lazy("Change from a day on"),
                icon="edit",
                permission=CONFIGURE,
                fields=_change_fields,
                apply=_change,
                offered=_is_active,
                trial=_try,
            ),
            CodeAction(
                key="place",
                label=gettext_lazy("Ask it earlier or later"),
                icon="arrows-sort",
                permission=CONFIGURE,
                fields=_place_fields,
                apply=_place,
                offered=_is_active,
                whole_company=True,
            ),
            CodeAction(
                key="end",
                label=gettext_lazy("As above again"),
                icon="arrow-back-up",
                permission=CONFIGURE,
                fields=_end_fields,
                apply=_end,
                offered=_is_of_unit,
            ),
        ),
    ),
)
