"""What the contact module contributes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.cases.events import CaseHandedPast
from qiao.contact import overview
from qiao.contact.codes import CODE_TABLES
from qiao.contact.demo import audit, history, morning
from qiao.contact.inbox import OutcomeWords, find_inbox, load_inbox, search_hits
from qiao.contact.operations import (
    end_shifts,
    fold_counts,
    note_known_visits,
    note_visits,
    renew_leases,
)
from qiao.contact.personal import PERSONAL
from qiao.contact.queries import RECENT, TIMELINE, count_at_hand, load_bar
from qiao.contact.retention import RETENTION
from qiao.contact.story_contributions import STORIES
from qiao.contact.tasks import on_case_handed_past
from qiao.core.demo import World
from qiao.core.manifest import (
    Command,
    DemoStage,
    FramePart,
    HistoryCount,
    Module,
    Panel,
    Permission,
    QueueSource,
    SearchSource,
    Subscription,
    TimelineSource,
)
from qiao.core.tasks import PeriodicJob

VIEW, WORK = "interactions.view", "interactions.work"


def _fold(now: datetime) -> None:  # noqa: ARG001 - the form of a periodic job
    with transaction.atomic():
        fold_counts()


def _install(now: datetime) -> None:  # noqa: ARG001 - as the manifest calls it
    note_known_visits()


def _note_visits(world: World) -> None:  # noqa: ARG001 - as a stage is called
    note_visits()


manifest = Module(
    key="contact",
    label=_("Contacts"),
    personal=PERSONAL,
    permissions=(
        Permission(VIEW, _("See contacts")),
        Permission(WORK, _("Take contacts and close them")),
        Permission("agents.watch", _("Watch over queues and the people who take contacts")),
    ),
    frame=(
        FramePart(
            "contact.standing", "bar", "contact/standing.html", WORK, load_bar, 10, follows=True
        ),
    ),
    farewell=end_shifts,
    presence=renew_leases,
    presence_right=WORK,
    panels=(
        Panel(
            key="contact.recent",
            title=_("Recent contacts"),
            template="contact/panels/recent.html",
            sql=RECENT,
            permission=VIEW,
            places=frozenset({"aside", "customer.service"}),
            order=60,
        ),
    ),
    histories=(
        HistoryCount(
            "contact",
            _("Contacts"),
            "SELECT count(*) FROM contact_interaction i"
            " WHERE i.customer_id = ANY(%(customer_ids)s::bigint[])"
            " AND (i.organisation_id + 0) = ANY(%(organisation_ids)s)",
            VIEW,
        ),
    ),
    timeline=(
        TimelineSource(
            key="contact",
            sql=TIMELINE,
            permission=VIEW,
            url_name="contact:detail",
            icon="message-circle",
            words=OutcomeWords(),
        ),
    ),
    search=(
        SearchSource(
            key="contact",
            label=_("Contacts"),
            prefix="",
            permission=VIEW,
            search=search_hits,
            order=40,
        ),
    ),
    subscriptions=(Subscription(CaseHandedPast, on_case_handed_past),),
    commands=(
        Command("contact.list", _("All contacts"), "list", "contact:list", VIEW),
        Command(
            "contact.phone", _("New phone contact"), "phone", "contact:new_phone", WORK, "N P"
        ),
        Command(
            "contact.counter",
            _("New contact at the counter"),
            "building-store",
            "contact:new_counter",
            WORK,
            "N C",
        ),
        Command(
            "contact.letter", _("Enter a letter"), "mailbox", "contact:new_letter", WORK, "N L"
        ),
        Command("contact.email", _("Enter an e-mail"), "mail", "contact:new_email", WORK, "N E"),
        Command("contact.visit", _("Enter a visit"), "walk", "contact:new_visit", WORK, "N V"),
    ),
    inbox=(
        QueueSource(
            key="contact",
            label=pgettext_lazy("inbox", "Contacts at hand"),
            permission=VIEW,
            load=load_inbox,
            find=find_inbox,
            order=10,
            counts=count_at_hand,
            topics=("interactions",),
            sorted_by=pgettext_lazy("inbox order", "longest first"),
        ),
    ),
    headlines=overview.HEADLINES,
    figures=overview.FIGURES,
    workload=overview.WORKLOAD,
    stories=STORIES,
    retention=RETENTION,
    periodic=(PeriodicJob("contact.fold_counts", "* * * * *", _fold),),
    install=_install,
    code_tables=CODE_TABLES,
    demo=(
        DemoStage("contact", 60, history.build, audit.audit, morning.tick),
        DemoStage("contact.visits", 64, _note_visits),
    ),
    append_only=("contact_interactionevent", "contact_agentstatechange"),
)
