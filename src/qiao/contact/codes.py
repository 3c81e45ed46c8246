"""How contacts come in and how they end, as code tables: packs bring both."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.code_tables import CodeColumn, CodeQuery, CodeRow, CodeTable, among
from qiao.core.packs.enabled import catalogue

CODE = CodeColumn("code", pgettext_lazy("code table", "Code"), "code")


def _packs_of(kind: str, key: str) -> str:
    """The packs that bring a shared code, with their versions."""
    return ", ".join(
        f"{pack.key} {pack.version}"
        for pack in catalogue().packs.values()
        if key in {each.key for each in getattr(pack, kind)}
    )


def _channels(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    del actor
    queues = catalogue().queues.values()
    found = [
        CodeRow(
            key,
            each.name.data(),
            {
                "code": key,
                "medium": each.medium,
                "queues": ", ".join(
                    queue.name.in_language(query.language)
                    for queue in queues
                    if key in queue.channels
                ),
            },
            source=_packs_of("channels", key),
        )
        for key, each in catalogue().channels.items()
    ]
    return among(found, query)


def _outcomes(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    del actor
    packs = catalogue().packs
    found = [
        CodeRow(
            key,
            each.name.data(),
            {"code": key, "resolved": _("yes") if each.resolved else _("no")},
            source=f"{key.split('.')[0]} {packs[key.split('.')[0]].version}",
        )
        for key, each in catalogue().outcomes.items()
    ]
    return among(found, query)


CODE_TABLES = (
    CodeTable(
        key="contact.channels",
        label=gettext_lazy("Channels"),
        about=gettext_lazy("The ways in which contacts come in."),
        group=gettext_lazy("Contacts"),
        permission="desk.administer",
        columns=(
            CODE,
            CodeColumn("medium", pgettext_lazy("channel", "Medium"), "code"),
            CodeColumn("queues", gettext_lazy("Queues that serve it")),
        ),
        load=_channels,
        order=110,
    ),
    CodeTable(
        key="contact.outcomes",
        label=gettext_lazy("Outcomes"),
        about=gettext_lazy("How a contact may end: chosen when it is closed."),
        group=gettext_lazy("Contacts"),
        permission="desk.administer",
        columns=(CODE, CodeColumn("resolved", gettext_lazy("Answered at once"))),
        load=_outcomes,
        order=120,
    ),
)
