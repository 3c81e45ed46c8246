"""What a module contributes to others. Every module declares one `manifest` in `module.py`.

Pages that show many modules read these declarations through the registry and import none of
the modules behind them, so adding a module edits nothing elsewhere. This package is their one
door: its files are not imported from outside.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qiao.core.actor import Actor
from qiao.core.code_tables import CodeTable
from qiao.core.manifest.calling import CallSource, ExpectedCalls
from qiao.core.manifest.data import (
    AuditTable,
    Correctable,
    Correction,
    Decidable,
    Difference,
    LegalHold,
    MadeFile,
    NoticeOccasion,
    Parameter,
    Record,
    Retention,
    SegmentField,
    Told,
    rows_of_customers,
)
from qiao.core.manifest.exports import ExportKind, Order, Written
from qiao.core.manifest.features import Feature
from qiao.core.manifest.notices import NoticeKind, NoticeRow, NoticeWords
from qiao.core.manifest.pages import (
    CUSTOMER_TOPICS,
    NAV_GROUPS,
    AdministrationPage,
    CameBy,
    Command,
    ContactTool,
    Figure,
    FramePart,
    Headline,
    HistoryCount,
    Hit,
    InboxItem,
    MatterSource,
    NavItem,
    NumberKey,
    Panel,
    PersonLink,
    PortfolioCount,
    QueueSource,
    SearchSource,
    TabKind,
    Text,
    TimelineSource,
    Workload,
)
from qiao.core.manifest.quality import (
    EvaluationSubject,
    FinishedWork,
    Story,
    StoryLine,
    StorySource,
)
from qiao.core.manifest.reports import CaseFigure, PointEvents
from qiao.core.manifest.voice import Answer, Question, SpokenEntry, SpokenValue, VoiceAnswer
from qiao.core.personal import PersonalData
from qiao.core.tasks import PeriodicJob

__all__ = [
    "CUSTOMER_TOPICS",
    "NAV_GROUPS",
    "AdministrationPage",
    "Answer",
    "AuditTable",
    "CallSource",
    "CameBy",
    "CaseFigure",
    "Command",
    "ContactTool",
    "Correctable",
    "Correction",
    "Decidable",
    "DemoStage",
    "Difference",
    "EvaluationSubject",
    "ExpectedCalls",
    "ExportKind",
    "Feature",
    "Figure",
    "FinishedWork",
    "FramePart",
    "Headline",
    "HistoryCount",
    "Hit",
    "InboxItem",
    "LegalHold",
    "Listener",
    "MadeFile",
    "MatterSource",
    "Module",
    "NavItem",
    "NoticeKind",
    "NoticeOccasion",
    "NoticeRow",
    "NoticeWords",
    "NumberKey",
    "Order",
    "Panel",
    "Parameter",
    "Permission",
    "PersonLink",
    "PointEvents",
    "PortfolioCount",
    "Question",
    "QueueSource",
    "Record",
    "Retention",
    "SearchSource",
    "SegmentField",
    "SpokenEntry",
    "SpokenValue",
    "Story",
    "StoryLine",
    "StorySource",
    "Subscription",
    "TabKind",
    "Text",
    "TimelineSource",
    "Told",
    "VoiceAnswer",
    "Workload",
    "Written",
    "rows_of_customers",
]


@dataclass(frozen=True, slots=True)
class Permission:
    """A right that roles may hold, named ``module.verb``."""

    key: str
    label: Text


@dataclass(frozen=True, slots=True)
class Subscription:
    """`handler(event=, envelope=)` runs once per event, as a job, in one transaction."""

    event: type
    handler: Callable[..., None]


@dataclass(frozen=True, slots=True)
class Listener:
    """`handler(event=, envelope=)` runs, as of a `Subscription`, for events of every class for
    which `wanted` holds: a condition in SQL over ``%(name)s`` and ``%(organisation_id)s``.
    """

    wanted: str
    handler: Callable[..., None]


@dataclass(frozen=True, slots=True)
class DemoStage:
    """A set-based step of the demo world, run in `order` over all modules."""

    key: str
    order: int
    build: Callable[..., None]  # (world) -> None
    audit: Callable[..., Sequence[Any]] | None = None
    tick: Callable[[datetime], None] | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """All that one module contributes."""

    key: str
    label: Text
    navigation: tuple[NavItem, ...] = ()
    person_menu: tuple[PersonLink, ...] = ()
    frame: tuple[FramePart, ...] = ()
    voice: tuple[VoiceAnswer, ...] = ()
    contact_tools: tuple[ContactTool, ...] = ()
    number_keys: tuple[NumberKey, ...] = ()
    call_sources: tuple[CallSource, ...] = ()
    panels: tuple[Panel, ...] = ()
    histories: tuple[HistoryCount, ...] = ()
    portfolio: tuple[PortfolioCount, ...] = ()
    timeline: tuple[TimelineSource, ...] = ()
    search: tuple[SearchSource, ...] = ()
    tabs: tuple[TabKind, ...] = ()
    segment_fields: tuple[SegmentField, ...] = ()
    commands: tuple[Command, ...] = ()
    permissions: tuple[Permission, ...] = ()
    features: tuple[Feature, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    listeners: tuple[Listener, ...] = ()
    personal: tuple[PersonalData, ...] = ()
    periodic: tuple[PeriodicJob, ...] = ()
    inbox: tuple[QueueSource, ...] = ()
    notices: tuple[NoticeKind, ...] = ()
    occasions: tuple[NoticeOccasion, ...] = ()
    administration: tuple[AdministrationPage, ...] = ()
    figures: tuple[Figure, ...] = ()
    headlines: tuple[Headline, ...] = ()
    workload: tuple[Workload, ...] = ()
    case_figures: tuple[CaseFigure, ...] = ()
    point_events: tuple[PointEvents, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    exports: tuple[ExportKind, ...] = ()
    corrections: tuple[Correction, ...] = ()
    decisions: tuple[Decidable, ...] = ()
    audit_words: tuple[AuditTable, ...] = ()
    code_tables: tuple[CodeTable, ...] = ()
    matters: tuple[MatterSource, ...] = ()
    evaluated: tuple[EvaluationSubject, ...] = ()
    stories: tuple[StorySource, ...] = ()
    # Told some times a minute which people's browsers are heard of: (*, people, now); those who
    # hold `presence_right`.
    presence: Callable[..., None] | None = None
    presence_right: str = ""
    # Told whose browsers were signed out, or who was suspended: (*, people, actor, now).
    farewell: Callable[..., None] | None = None
    # Who (actors) is signed in by sessions, by their keys: (*, sessions, now); one module says it.
    signed_in: Callable[..., Mapping[str, Actor]] | None = None
    # How the switch names the telephone at which somebody (an actor) is rung; one module says it.
    telephone: Callable[..., str] | None = None
    # How many calls are expected in all of some units together (`ExpectedCalls`, or None):
    # (*, organisation_ids, since, until).
    expected_calls: Callable[..., ExpectedCalls | None] | None = None
    # The first and the last hour of a day in which shifts of some units work, or None:
    # (*, organisation_ids, day).
    shift_hours: Callable[..., tuple[int, int] | None] | None = None
    # Queues whose jobs wait for others, each with its own number of places in the worker.
    lanes: Mapping[str, int] = field(default_factory=dict)
    retention: tuple[Retention, ...] = ()
    holds: tuple[LegalHold, ...] = ()
    demo: tuple[DemoStage, ...] = ()
    install: Callable[[datetime], None] | None = None  # run after every migration, repeatable
    append_only: tuple[str, ...] = ()
    audited: tuple[str, ...] = ()
    # Tables whose rows only follow from others: they go with what they refer to.
    derived: tuple[str, ...] = ()
