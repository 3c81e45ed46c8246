"""The registry: all manifests, read once when the applications are ready."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.code_tables import CodeTable
from qiao.core.manifest import (
    AdministrationPage,
    AuditTable,
    CallSource,
    CaseFigure,
    Command,
    ContactTool,
    Correction,
    Decidable,
    EvaluationSubject,
    ExpectedCalls,
    ExportKind,
    Feature,
    Figure,
    FramePart,
    Headline,
    HistoryCount,
    LegalHold,
    MatterSource,
    Module,
    NavItem,
    NoticeKind,
    NoticeOccasion,
    NumberKey,
    Panel,
    Parameter,
    PersonLink,
    PointEvents,
    PortfolioCount,
    QueueSource,
    Retention,
    SearchSource,
    SegmentField,
    StorySource,
    TabKind,
    TimelineSource,
    VoiceAnswer,
    Workload,
)
from qiao.core.personal import PersonalData
from qiao.core.tasks import schedule

Part = TypeVar("Part")


class Registry:
    """Manifests by module key, in the order of the floors."""

    def __init__(self) -> None:
        self._modules: dict[str, Module] = {}

    def load(self) -> None:
        """Import every module's manifest and connect what it declares. Runs once."""
        if self._modules:
            return
        for path in settings.QIAO_MODULES:
            manifest: Module = import_module(f"{path}.module").manifest
            self._modules[manifest.key] = manifest
            self._connect(manifest)

    def _connect(self, manifest: Module) -> None:
        for item in manifest.subscriptions:
            events.subscribe(item.event, f"{manifest.key}.{item.handler.__name__}", item.handler)
        for each in manifest.listeners:
            key = f"{manifest.key}.{each.handler.__name__}"
            events.listen(key, each.wanted, each.handler)
        for job in manifest.periodic:
            if settings.DEMO or not job.demo_only:
                schedule(job)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def features(self) -> dict[str, Feature]:
        """What units switch on and off, by key, in the order of the floors."""
        return {f.key: f for module in self for f in module.features}

    def switched_off(self, actor: Actor, address: str) -> Feature | None:
        """The feature that an address (``cases:macros``) belongs to, if the actor does without
        it."""
        if not actor.off:
            return None
        found = self.features_of(address)
        return next((each for each in found if each.key in actor.off), None)

    @cache  # noqa: B019 - the registry lives as long as the process
    def features_of(self, name: str) -> tuple[Feature, ...]:
        """The features that an address of ours or the key of a part belongs to; kept for ever, so
        never asked for what somebody sent."""
        return tuple(
            each
            for module in self
            for each in module.features
            if name in each.parts or each.holds_address(name)
        )

    def _used(self, actor: Actor, items: Iterable[Part]) -> Iterator[Part]:
        """The parts that belong to no feature which the actor does without."""
        for item in items:
            if not any(each.key in actor.off for each in self._features_of_part(item)):
                yield item

    def _features_of_part(self, item: Any) -> tuple[Feature, ...]:
        return self.features_of(item.key) + self.features_of(getattr(item, "url_name", ""))

    def navigation(self, actor: Actor) -> list[NavItem]:
        """The rail's entries that the actor may open and has to do with, in order."""
        items = self._used(actor, (n for module in self for n in module.navigation))
        shown = (n for n in items if not n.only_as_home or n.url_name in actor.homes)
        return sorted((n for n in shown if actor.can(n.permission)), key=lambda n: n.order)

    def panels(self, actor: Actor, place: str) -> list[Panel]:
        """The panels of a place (``aside``, ``customer`` …) that the actor may see, in order."""
        items = self._used(actor, (p for module in self for p in module.panels))
        allowed = (p for p in items if place in p.places and actor.can(p.permission))
        return sorted(allowed, key=lambda p: p.order)

    def person_menu(self) -> list[PersonLink]:
        """The entries of everybody's own menu."""
        return [link for module in self for link in module.person_menu]

    def frame(self, actor: Actor) -> list[FramePart]:
        """What stands in the frame of every page that the actor opens, in order."""
        items = self._used(actor, (p for module in self for p in module.frame))
        return sorted((p for p in items if actor.can(p.permission)), key=lambda p: p.order)

    def contact_tools(self, actor: Actor) -> list[ContactTool]:
        """What else the actor may do with a contact at hand, in order."""
        items = self._used(actor, (t for module in self for t in module.contact_tools))
        return sorted((t for t in items if actor.can(t.permission)), key=lambda t: t.order)

    def number_keys(self, actor: Actor) -> list[NumberKey]:
        """What the actor may do with a customer's telephone number."""
        items = self._used(actor, (k for module in self for k in module.number_keys))
        return [each for each in items if actor.can(each.permission)]

    def call_sources(self, actor: Actor | None = None) -> dict[str, CallSource]:
        """Whom modules want to have called, by key, as far as the actor may; without one, all."""
        items = (s for module in self for s in module.call_sources)
        return {s.key: s for s in items if actor is None or actor.can(s.permission)}

    def voice(self) -> dict[tuple[str, str], VoiceAnswer]:
        """What callers may ask voice menus, by kind and key."""
        return {(v.kind, v.key): v for module in self for v in module.voice}

    def presence(self) -> list[tuple[str, Callable[..., None]]]:
        """Who is told which people's browsers are heard of, each after the right that those hold
        of whom it is told."""
        return [(m.presence_right, m.presence) for m in self if m.presence]

    def bid_farewell(self, *, people: Collection[int], actor: Actor | None, now: datetime) -> None:
        """Tell modules who was signed out or suspended, in the caller's transaction."""
        for module in self:
            if module.farewell:
                module.farewell(people=people, actor=actor, now=now)

    def signed_in(self, *, sessions: Collection[str], now: datetime) -> Mapping[str, Actor]:
        """Who is signed in by these sessions, by their keys; the others have ended."""
        for module in self:
            if module.signed_in:
                return module.signed_in(sessions=sessions, now=now)
        return {}

    def expected_calls(
        self, *, organisation_ids: Collection[int], since: datetime, until: datetime
    ) -> ExpectedCalls | None:
        """How many calls are expected in all of these units together; None where nobody knows."""
        asked = {"organisation_ids": organisation_ids, "since": since, "until": until}
        found = (m.expected_calls(**asked) for m in self if m.expected_calls)
        return next((each for each in found if each is not None), None)

    def shift_hours(
        self, *, organisation_ids: Collection[int], day: date
    ) -> tuple[int, int] | None:
        """The first and the last hour of a day in which shifts of these units work, 0 to 23; None
        where nobody knows."""
        asked = {"organisation_ids": organisation_ids, "day": day}
        found = (m.shift_hours(**asked) for m in self if m.shift_hours)
        return next((each for each in found if each is not None), None)

    def telephone(self, actor: Actor) -> str:
        """How the switch names the telephone at which the actor is rung."""
        for module in self:
            if module.telephone:
                return module.telephone(actor)
        return str(settings.TELEPHONE.format(number=actor.number))

    def histories(self, actor: Actor) -> list[HistoryCount]:
        """What counts as a customer's history, as far as the actor may see it."""
        return [h for module in self for h in module.histories if actor.can(h.permission)]

    def portfolio(self, actor: Actor) -> list[PortfolioCount]:
        """What is counted of the customers of a portfolio, in order, as far as the actor may."""
        items = (p for module in self for p in module.portfolio if actor.can(p.permission))
        return sorted(self._used(actor, items), key=lambda p: p.order)

    def timeline(self, actor: Actor) -> list[TimelineSource]:
        """The timeline's sources that the actor may see."""
        items = (s for module in self for s in module.timeline if actor.can(s.permission))
        return list(self._used(actor, items))

    def search(self, actor: Actor) -> list[SearchSource]:
        """The search sources that the actor may use, in order."""
        items = self._used(actor, (s for module in self for s in module.search))
        return sorted((s for s in items if actor.can(s.permission)), key=lambda s: s.order)

    def segment_fields(self, actor: Actor | None = None) -> list[SegmentField]:
        """The fields that rules of segments may ask for, in order; without an actor, all."""
        items = (f for module in self for f in module.segment_fields)
        allowed = (f for f in items if actor is None or actor.can(f.permission))
        return sorted(allowed, key=lambda f: f.order)

    def commands(self, actor: Actor) -> list[Command]:
        """The palette's verbs that the actor may use and has to do with."""
        items = self._used(actor, (c for module in self for c in module.commands))
        shown = (c for c in items if not c.only_as_home or c.url_name in actor.homes)
        return [c for c in shown if actor.can(c.permission)]

    def case_figures(self) -> list[CaseFigure]:
        """What other modules and cases themselves bring to the reports of cases, in order."""
        items = (f for module in self for f in module.case_figures)
        return sorted(items, key=lambda f: f.order)

    def point_events(self, actor: Actor) -> list[PointEvents]:
        """What modules tell of service points, in order, as far as the actor may see it."""
        items = self._used(actor, (e for module in self for e in module.point_events))
        return sorted((e for e in items if actor.can(e.permission)), key=lambda e: e.order)

    def export_kinds(self) -> dict[str, ExportKind]:
        """The kinds of files that people take away, by their keys."""
        return {kind.key: kind for module in self for kind in module.exports}

    def inbox(self, actor: Actor) -> list[QueueSource]:
        """The groups of the workspace's left list that the actor may see, in order."""
        items = self._used(actor, (q for module in self for q in module.inbox))
        return sorted((q for q in items if actor.can(q.permission)), key=lambda q: q.order)

    def administration(self, actor: Actor) -> list[AdministrationPage]:
        """The pages that modules add to the administration and the actor does not do without, in
        the order of the floors."""
        items = (page for module in self for page in module.administration)
        return list(self._used(actor, items))

    def tab_kinds(self) -> list[TabKind]:
        """What may stand as a tab of the desk, whoever looks."""
        return [kind for module in self for kind in module.tabs]

    def notices(self) -> dict[str, NoticeKind]:
        """The kinds of notices to staff by their keys."""
        return {kind.key: kind for module in self for kind in module.notices}

    def occasions(self) -> dict[str, NoticeOccasion]:
        """The occasions on which customers are told something, by their keys, in order."""
        return {each.key: each for module in self for each in module.occasions}

    def evaluated(self) -> dict[str, EvaluationSubject]:
        """The kinds of finished work that are judged, by their keys."""
        return {kind.key: kind for module in self for kind in module.evaluated}

    def stories(self, subject: str) -> list[StorySource]:
        """What modules add to the story of a kind of work."""
        return [each for module in self for each in module.stories if each.subject == subject]

    def figures(self, actor: Actor) -> list[Figure]:
        """The overview's panels that the actor may see, in order."""
        items = (f for module in self for f in module.figures if actor.can(f.permission))
        return sorted(self._used(actor, items), key=lambda f: f.order)

    def headlines(self, actor: Actor) -> list[Headline]:
        """The overview's strip as far as the actor may see it, in order."""
        items = (h for module in self for h in module.headlines if actor.can(h.permission))
        return sorted(self._used(actor, items), key=lambda h: h.order)

    def workload(self, actor: Actor) -> list[Workload]:
        """The columns of the table of people that the actor may see, in order."""
        items = (w for module in self for w in module.workload if actor.can(w.permission))
        return sorted(items, key=lambda w: w.order)

    def matters(self, actor: Actor) -> list[MatterSource]:
        """What tells of open matters of an account, as far as the actor may see it, in order."""
        items = (m for module in self for m in module.matters if actor.can(m.permission))
        return sorted(self._used(actor, items), key=lambda m: m.order)

    def permissions(self) -> Iterable[str]:
        """All permissions that roles may hold."""
        return [p.key for module in self for p in module.permissions]

    def parameters(self) -> dict[str, Parameter]:
        """All dated settings that pages may change, by key, in the order of the floors."""
        found = {}
        for module in self:
            periods = (r for r in module.retention if not r.fixed and not r.parameter)
            for each in (*module.parameters, *map(self.retention_parameter, periods)):
                found[each.key] = each
        return found

    def retention(self) -> dict[str, Retention]:
        """What is kept how long, by key, in the order of the floors."""
        return {r.key: r for module in self for r in module.retention}

    def retention_parameter(self, of: Retention) -> Parameter:
        """The dated setting that says how long: the rule's own, which two people change, unless
        it names another."""
        if of.parameter:
            return next(p for m in self for p in m.parameters if p.key == of.parameter)
        return Parameter(
            key=f"retention.{of.key}",
            label=of.label,
            about=of.about,
            kind="days",
            unit=_("days"),
            default=of.keep,
            default_source=of.because,
            least=of.least,
            most=of.most,
            second_person=True,
            everywhere=True,
        )

    def holds(self) -> list[LegalHold]:
        """Why nothing of a customer may go yet."""
        return [h for module in self for h in module.holds]

    def corrections(self) -> dict[str, Correction]:
        """All kinds of corrections by key."""
        return {c.key: c for module in self for c in module.corrections}

    def decisions(self) -> dict[str, Decidable]:
        """What else than parameters and corrections a second person decides, by kind."""
        return {d.kind: d for module in self for d in module.decisions}

    def audit_words(self) -> dict[str, AuditTable]:
        """The words of audited tables by the name of the table."""
        return {a.table: a for module in self for a in module.audit_words}

    def code_tables(self, actor: Actor) -> list[CodeTable]:
        """The code tables that the actor may read, in order."""
        items = (t for module in self for t in module.code_tables if actor.can(t.permission))
        return sorted(items, key=lambda t: t.order)

    def code_table(self, key: str) -> CodeTable | None:
        """One code table by its key."""
        return next((t for module in self for t in module.code_tables if t.key == key), None)

    def personal(self) -> list[PersonalData]:
        """What modules hold about people, in the order in which it is erased."""
        return sorted((p for module in self for p in module.personal), key=lambda p: p.order)

    def append_only(self) -> list[str]:
        """Tables whose rows the application may add but neither change nor delete."""
        return [table for module in self for table in module.append_only]

    def audited(self) -> list[str]:
        """Tables whose every change is kept by a trigger."""
        return [table for module in self for table in module.audited]

    def lanes(self) -> dict[str, int]:
        """Queues that are worked on apart, and with how many places."""
        return {queue: places for module in self for queue, places in module.lanes.items()}

    def derived(self) -> list[str]:
        """Tables whose rows only follow from others and are no reason to keep them."""
        return [table for module in self for table in module.derived]


registry = Registry()
