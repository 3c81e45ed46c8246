"""What the cases module contributes."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from qiao.cases import alike_contributions as alike_parts
from qiao.cases import cause_tasks, contributions, export_contributions, list_tasks, tasks, voice
from qiao.cases import clock_contributions as clocks
from qiao.cases import complaint_contributions as complaints
from qiao.cases import intake_contributions as logs
from qiao.cases import process_contributions as processes
from qiao.cases import public_contributions as public
from qiao.cases import report_contributions as reports
from qiao.cases import schedule_contributions as schedules
from qiao.cases import subtask_contributions as subtasks
from qiao.cases import telling_contributions as telling
from qiao.cases import word_contributions as words
from qiao.cases import writing_contributions as writing
from qiao.cases.cause_contributions import AUDIT_WORDS
from qiao.cases.codes import CODE_TABLES
from qiao.cases.demo import alike, audit, causes, climbing, history, lists, morning, trades
from qiao.cases.demo import complaints as demo_complaints
from qiao.cases.demo import designs as demo_designs
from qiao.cases.demo import forms as demo_forms
from qiao.cases.demo import subtasks as demo_subtasks
from qiao.cases.demo import writing as demo_writing
from qiao.cases.demo.replies import STAGE as REPLIES
from qiao.cases.demo.tellings import STAGE as TELLINGS
from qiao.cases.demo.words import STAGE as WORDS
from qiao.cases.features import FEATURES
from qiao.cases.message_tasks import SUBSCRIPTIONS as MESSAGE_SUBSCRIPTIONS
from qiao.cases.notices import NOTICES
from qiao.cases.operations import install_packs, note_complaints, note_known_complaints
from qiao.cases.operations.checklists import install_checklists
from qiao.cases.operations.clocking import clock_unclocked
from qiao.cases.parameters import PARAMETERS
from qiao.cases.personal import PERSONAL
from qiao.cases.quality_contributions import EVALUATED
from qiao.cases.retention import HOLDS, RETENTION
from qiao.cases.showing import overview
from qiao.cases.tab_contributions import TABS
from qiao.core.demo import World
from qiao.core.manifest import DemoStage, Module, Permission
from qiao.core.packs.enabled import catalogue
from qiao.core.tasks import PeriodicJob


def _install(now: datetime) -> None:
    install_packs(catalogue=catalogue(), now=now)
    clock_unclocked(now=now)
    note_known_complaints()
    install_checklists(now=now)
    complaints.install_rules(packs=catalogue().packs.values(), now=now)


def _note_complaints(world: World) -> None:  # noqa: ARG001 - as a stage is called
    note_complaints()


manifest = Module(
    key="cases",
    install=_install,
    label=_("Cases"),
    voice=voice.VOICE,
    personal=PERSONAL + logs.PERSONAL,
    permissions=(
        Permission("cases.view", _("See cases")),
        Permission("cases.views", _("Set official views of cases for a unit")),
        Permission("cases.open", _("Open cases, chase and escalate them")),
        Permission("cases.note", _("Add notes and files to cases")),
        Permission("cases.work", _("Work on cases: actions, priority, pauses, answers")),
        Permission("cases.assign", _("Assign cases to other people")),
        Permission("cases.transfer", _("Receive cases transferred from other teams")),
        Permission("cases.export", _("Export cases")),
        Permission("cases.alike", _("Open main cases for many reports, tell and close them")),
        Permission("cases.reopen", _("Reopen cases whose time for it is over")),
        Permission("cases.join", _("Merge, split and link cases, and undo it")),
        *complaints.PERMISSIONS,
        *writing.PERMISSIONS,
        Permission("cases.causes", _("Keep the tree of causes")),
        *processes.PERMISSIONS,
        *reports.PERMISSIONS,
        *logs.PERMISSIONS,
    ),
    features=FEATURES,
    navigation=contributions.NAVIGATION + reports.NAVIGATION,
    case_figures=reports.CASE_FIGURES + words.CASE_FIGURES,
    point_events=reports.POINT_EVENTS,
    code_tables=(*CODE_TABLES, *complaints.CODE_TABLES),
    panels=(
        *contributions.PANELS,
        *writing.PANELS,
        *complaints.PANELS,
        *logs.PANELS,
        *telling.PANELS,
        *words.PANELS,
        *subtasks.PANELS,
        *public.PANELS,
    ),
    histories=contributions.HISTORIES,
    portfolio=(*contributions.PORTFOLIO, *complaints.PORTFOLIO),
    timeline=contributions.TIMELINE,
    search=contributions.SEARCH,
    tabs=TABS,
    segment_fields=contributions.SEGMENT_FIELDS,
    commands=(
        *contributions.COMMANDS,
        *writing.COMMANDS,
        *complaints.COMMANDS,
        *clocks.COMMANDS,
        *alike_parts.COMMANDS,
        *reports.COMMANDS,
        *logs.COMMANDS,
    ),
    decisions=(*clocks.DECISIONS, *processes.DECISIONS),
    administration=(*clocks.ADMINISTRATION, *processes.ADMINISTRATION),
    inbox=(*contributions.INBOX, *complaints.INBOX, *words.INBOX, *subtasks.INBOX),
    occasions=telling.OCCASIONS,
    notices=(
        *NOTICES,
        *writing.NOTICES,
        *complaints.NOTICES,
        *words.NOTICES,
        *subtasks.NOTICES,
        *schedules.NOTICES,
        *public.NOTICES,
    ),
    parameters=complaints.PARAMETERS + PARAMETERS + reports.PARAMETERS + telling.PARAMETERS,
    subscriptions=(*MESSAGE_SUBSCRIPTIONS, *complaints.SUBSCRIPTIONS, *alike_parts.SUBSCRIPTIONS),
    audited=(
        *complaints.AUDITED,
        *writing.AUDITED,
        "cases_cause",
        *processes.AUDITED,
        *logs.AUDITED,
        *schedules.AUDITED,
    ),
    audit_words=(
        *complaints.AUDIT_WORDS,
        *writing.AUDIT_WORDS,
        *AUDIT_WORDS,
        *processes.AUDIT_WORDS,
        *logs.AUDIT_WORDS,
        *schedules.AUDIT_WORDS,
    ),
    matters=contributions.MATTERS,
    exports=export_contributions.EXPORTS + schedules.EXPORTS,
    evaluated=EVALUATED,
    retention=RETENTION + logs.RETENTION + schedules.RETENTION,
    holds=HOLDS,
    periodic=(
        *list_tasks.PERIODIC,
        PeriodicJob("cases.turn_levels", "* * * * *", tasks.turn_levels),
        PeriodicJob("cases.climb_ladders", "* * * * *", tasks.climb_ladders),
        PeriodicJob("cases.continue_recounts", "* * * * *", tasks.continue_recounts),
        PeriodicJob("cases.fold_counts", "* * * * *", tasks.fold_counts),
        *complaints.PERIODIC,
        *alike_parts.PERIODIC,
        *cause_tasks.PERIODIC,
        *logs.PERIODIC,
        *schedules.PERIODIC,
        *telling.PERIODIC,
        *words.PERIODIC,
    ),
    headlines=overview.HEADLINES,
    figures=overview.FIGURES,
    workload=overview.WORKLOAD,
    demo=(
        REPLIES,
        TELLINGS,
        WORDS,
        DemoStage("cases", 30, history.build_cases, audit.audit, morning.tick),
        DemoStage("cases.ladder", 33, climbing.climb_some),
        DemoStage("cases.lists", 66, lists.build_lists),
        DemoStage("cases.kept_reports", 67, lists.build_reports),
        DemoStage("cases.complaints", 62, _note_complaints),
        DemoStage("cases.writing", 66, demo_writing.build, demo_writing.audit),
        DemoStage("cases.designs", 64, demo_designs.build),
        DemoStage("cases.forms", 65, demo_forms.build),
        DemoStage("cases.subtasks", 67, demo_subtasks.build, demo_subtasks.audit),
        DemoStage("cases.causes", 61, causes.code_cases, causes.audit),
        DemoStage("cases.alike", 58, alike.build_alike, alike.audit_alike),
        DemoStage("cases.trades", 59, trades.build, trades.audit),
        DemoStage("cases.complaint_desk", 64, demo_complaints.build),
        *logs.DEMO,
    ),
    append_only=("cases_caseevent", "cases_causesuggestion"),
)
