"""The tree of causes as a code table: what packs bring and what the company makes of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.models import Case, Cause
from qiao.cases.operations.cause_tree import (
    NAME_LENGTH,
    WORDS_LENGTH,
    CauseRefused,
    add_cause,
    end_cause,
    merge_causes,
    rename_cause,
)
from qiao.cases.queries.causes import in_tree_order, usable_causes
from qiao.cases.showing.cause_words import cause_name, choices_of
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
from qiao.core.packs.causes import MOST_LEVELS
from qiao.core.rules.text import BadText

VIEW, MANAGE = "cases.view", "cases.causes"
LANGUAGES = (
    ("en", gettext_lazy("Name in English")),
    ("zh-Hans", gettext_lazy("Name in simplified Chinese")),
    ("zh-Hant", gettext_lazy("Name in traditional Chinese")),
)


def _load(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    del actor
    today = timezone.localdate(query.now)
    rows = in_tree_order(Cause.objects.select_related("merged_into"))
    if query.part != "all" and not query.only:
        rows = [row for row in rows if row.valid_until is None or row.valid_until > today]
    return among([_row(row, today, alone=bool(query.only)) for row in rows], query)


def _row(row: Cause, today: date, *, alone: bool) -> CodeRow:
    more: tuple[tuple[Text, object], ...] = ()
    if alone:
        more = (
            (_("In use from"), row.valid_from),
            (_("In use until before"), row.valid_until or ""),
            (_("Its place was taken by"), cause_name(row.merged_into) if row.merged_into else ""),
            (_("Cases with it as main cause"), Case.objects.filter(main_cause=row).count()),
        )
    source = row.pack or _("the company")
    return CodeRow(
        key=row.key,
        names=row.names,
        cells={"code": row.key, "words": list(row.words)},
        depth=row.level - 1,
        is_active=row.valid_until is None or row.valid_until > today,
        source=_("%(pack)s, renamed by the company") % {"pack": source}
        if row.renamed and row.pack
        else source,
        record_id=row.pk,
        more=more,
    )


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except BadText as bad:
        raise CodeRefused(_("This text cannot be kept as it is."), bad.field) from bad
    except CauseRefused as refusal:
        words, field = {
            "key": (_("Small letters, digits and underscores, beginning with a letter."), "key"),
            "taken": (_("Another cause has this code already."), "key"),
            "depth": (_("The tree has three levels at most."), ""),
            "ended": (_("This cause is not in use any more. Choose another."), ""),
            "used": (_("Causes below it are still in use. End them first."), ""),
            "itself": (_("A cause cannot take its own place."), "into"),
            "below": (_("Only causes with none below them can be joined."), "into"),
        }[refusal.reason]
        raise CodeRefused(words, field) from refusal


def _naming(row: CodeRow | None) -> tuple[CodeField, ...]:
    names = tuple(
        CodeField(
            f"name_{language}",
            label,
            initial=row.names.get(language, "") if row else "",
            max_length=NAME_LENGTH,
        )
        for language, label in LANGUAGES
    )
    words = CodeField(
        "words",
        gettext_lazy("Search words"),
        initial=" ".join(row.cells["words"]) if row else "",
        is_required=False,
        max_length=WORDS_LENGTH,
        hint=gettext_lazy("With spaces between them."),
    )
    return (*names, words)


def _add_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, row, day
    key = CodeField(
        "key",
        pgettext_lazy("code table", "Code"),
        max_length=40,
        hint=gettext_lazy("Small letters, digits and underscores, beginning with a letter."),
    )
    return (key, *_naming(None))


def _names(values: Values) -> dict[str, str]:
    return {language: values[f"name_{language}"] or "" for language, _label in LANGUAGES}


def _add(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    with _refused():
        add_cause(
            parent=row_key,
            key=values["key"],
            names=_names(values),
            words=values["words"] or "",
            actor=actor,
            now=now,
        )
    return _("The cause stands in the tree.")


def _rename_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, day
    return _naming(row)


def _rename(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    with _refused():
        words = values["words"] or ""
        rename_cause(key=row_key, names=_names(values), words=words, actor=actor, now=now)
    return _("The cause has its new name; cases keep their code.")


def _end_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, row
    return (CodeField("valid_until", gettext_lazy("Not used from the day"), "date", initial=day),)


def _end(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    with _refused():
        end_cause(key=row_key, valid_until=values["valid_until"], actor=actor, now=now)
    return _("From that day on no case is coded with it.")


def _merge_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor
    lines = [line for line in choices_of(usable_causes(day=day)) if not row or line.key != row.key]
    choices = tuple((line.key, f"{line.group} / {line.name}".strip(" /")) for line in lines)
    hint = gettext_lazy("Cases keep the code they have; figures count them there.")
    label = gettext_lazy("Its place is taken by")
    return (CodeField("into", label, "choice", choices=choices, hint=hint),)


def _merge(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    with _refused():
        merge_causes(key=row_key, into=values["into"], actor=actor, now=now)
    return _("The other cause has taken its place.")


def _is_open(actor: Actor, row: CodeRow) -> bool:
    del actor
    return row.is_active


def _takes_more(actor: Actor, row: CodeRow) -> bool:
    del actor
    return row.is_active and row.depth + 1 < MOST_LEVELS


def _parts(actor: Actor, day: date) -> Sequence[tuple[str, Text]]:
    del actor, day
    return (
        ("used", pgettext_lazy("causes", "In use")),
        ("all", pgettext_lazy("causes", "All")),
    )


CAUSES = CodeTable(
    key="cases.causes",
    label=gettext_lazy("Causes"),
    about=gettext_lazy(
        "Why cases arise. Cases are coded with the lowest level; a code that a case has stays."
    ),
    group=gettext_lazy("Cases"),
    permission=VIEW,
    columns=(
        CodeColumn("code", pgettext_lazy("code table", "Code"), "code"),
        CodeColumn("words", gettext_lazy("Search words")),
    ),
    load=_load,
    order=95,
    parts=_parts,
    audit_table="cases_cause",
    actions=(
        CodeAction(
            "add_top", gettext_lazy("Add a cause at the top"), "plus", MANAGE, _add_fields, _add,
            on_row=False, whole_company=True,
        ),
        CodeAction(
            "add", gettext_lazy("Add a cause below"), "plus", MANAGE, _add_fields, _add,
            offered=_takes_more, whole_company=True,
        ),
        CodeAction(
            "rename", pgettext_lazy("cause", "Rename"), "pencil", MANAGE, _rename_fields, _rename,
            offered=_is_open, whole_company=True,
        ),
        CodeAction(
            "merge", gettext_lazy("Join with another"), "arrows-join", MANAGE, _merge_fields,
            _merge, offered=_is_open, whole_company=True, is_grave=True,
        ),
        CodeAction(
            "end", gettext_lazy("End its use"), "x", MANAGE, _end_fields, _end,
            offered=_is_open, whole_company=True,
        ),
    ),
)  # fmt: skip
