"""Case types and processes as code tables, to be read: packs bring both, in versions."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.cause_codes import CAUSES
from qiao.cases.models import CaseType, ProcessVersion
from qiao.core.actor import Actor
from qiao.core.code_tables import CodeColumn, CodeQuery, CodeRow, CodeTable, Text, among
from qiao.core.packs.enabled import catalogue

VIEW = "cases.view"
CODE = CodeColumn("code", pgettext_lazy("code table", "Code"), "code")


def _pack(key: str) -> str:
    pack = catalogue().packs.get(key)
    return f"{key} {pack.version}" if pack else _("a pack that is switched off")


def _types(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    del actor
    rows = CaseType.objects.order_by("position", "key")
    return among([_type(row, query.language) for row in rows], query)


def _type(row: CaseType, language: str) -> CodeRow:
    spec = catalogue().case_types.get(row.key)
    more: tuple[tuple[Text, object], ...] = ()
    if spec is not None:
        promises = [
            f"{each.name.in_language(language)} ({each.source.in_language(language)})"
            for each in spec.promises
        ]
        more = (
            (_("Told to customers as"), spec.customer_name.in_language(language)),
            (_("Promises"), promises),
            (_("Asked for"), [each.label.in_language(language) for each in spec.fields]),
            (_("Duty"), spec.duty),
            (_("Called back"), _("yes") if spec.needs_follow_up else _("no")),
        )
    return CodeRow(
        key=row.key,
        names=row.names,
        cells={
            "code": row.key,
            "group": row.group,
            "process": row.process_key,
            "emergency": _("yes") if row.emergency else "",
        },
        is_active=row.is_active,
        source=_pack(row.pack),
        record_id=row.pk,
        more=more,
    )


def _processes(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    del actor
    used: dict[str, list[str]] = {}
    for each in CaseType.objects.filter(is_active=True).order_by("position"):
        used.setdefault(each.process_key, []).append(each.key)
    newest = ProcessVersion.objects.processes().newest()
    found = [
        CodeRow(
            key=row.key,
            names=_names(row),
            cells={"code": row.key, "version": row.version, "used": len(used.get(row.key, []))},
            source=_pack(row.key.partition(".")[0]),
            record_id=row.pk,
            more=((_("Case types that run it"), used.get(row.key, [])),),
        )
        for row in newest
    ]
    return among(found, query)


def _names(row: ProcessVersion) -> dict[str, str]:
    name = row.definition.get("name")
    return name if isinstance(name, dict) else {"": row.key}


CODE_TABLES = (
    CAUSES,
    CodeTable(
        key="cases.types",
        label=gettext_lazy("Case types"),
        about=gettext_lazy(
            "What customers may need: each with its process, promises and questions."
        ),
        group=gettext_lazy("Cases"),
        permission=VIEW,
        columns=(
            CODE,
            CodeColumn("group", gettext_lazy("Group"), "code"),
            CodeColumn("process", gettext_lazy("Process"), "code"),
            CodeColumn("emergency", gettext_lazy("Emergency")),
        ),
        load=_types,
        order=80,
    ),
    CodeTable(
        key="cases.processes",
        label=gettext_lazy("Processes"),
        about=gettext_lazy("The steps of cases; running cases keep the version they began with."),
        group=gettext_lazy("Cases"),
        permission=VIEW,
        columns=(
            CODE,
            CodeColumn("version", gettext_lazy("Version"), "number"),
            CodeColumn("used", gettext_lazy("Case types that run it"), "number"),
        ),
        load=_processes,
        order=90,
    ),
)
