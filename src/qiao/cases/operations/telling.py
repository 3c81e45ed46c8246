"""Notices to customers: what the journals kept becomes messages, hundreds in few statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from qiao.cases import definitions
from qiao.cases.journal import is_told
from qiao.cases.models import Case, CaseTelling
from qiao.cases.operations.public import link_tails
from qiao.cases.queries.telling import (
    Owed,
    Wishes,
    answers_of,
    owed_to,
    same_customer_merged,
    told_entries,
)
from qiao.cases.rules.telling import ANSWER, LATE
from qiao.core.packs.model import PromiseSpec
from qiao.core.rules.texts import Text, language_key
from qiao.core.transactions import required
from qiao.messaging.operations import Reach, Receiver, Sending, queue_messages, reach
from qiao.messaging.queries import notice_texts
from qiao.staff.queries import organisation

SUBJECT: Final = "case"
HOLD: Final = timedelta(seconds=60)
"""How long one waits for what follows at once: of all that happened the newest is told."""
STALE: Final = timedelta(days=1)
"""What could not be told for so long is no news any more."""
BATCH: Final = 500
Group = tuple[int, str, str]
"""A unit, an occasion and a pack: what has one text."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the texts of a batch are filled with."""

    owed: Mapping[int, Sequence[Owed]]
    entries: Mapping[int, Mapping[str, Any]]
    answers: Mapping[int, str]


@dataclass(slots=True)
class _Round:
    """One batch of tellings: those left over are told, the others have an end already."""

    now: datetime
    cases: Mapping[int, Case]
    wishes: dict[int, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    ended: list[CaseTelling] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)

    def end(self, row: CaseTelling, reason: str, message_id: int | None = None) -> None:
        """Set what became of a telling."""
        row.state = CaseTelling.State.UNTOLD if reason else CaseTelling.State.TOLD
        row.reason, row.message_id = reason, message_id
        self.ended.append(row)


def tell_due(*, now: datetime, most: int = BATCH) -> int:
    """Turn at most `most` of the tellings whose time has come into messages. Returns how many
    were looked at; one that another worker looks at is left to it."""
    required()
    rows = list(
        CaseTelling.objects.select_for_update(skip_locked=True)
        .filter(state=CaseTelling.State.PENDING, noted_at__lte=now - HOLD)
        .order_by("noted_at", "id")[:most]
    )
    if not rows:
        return 0
    found = Case.objects.in_bulk({row.case_id for row in rows})
    units = {case.organisation_id for case in found.values()}
    by_unit = {unit_id: organisation(unit_id) for unit_id in units}
    for case in found.values():
        definitions.attach(case)
        case.organisation = by_unit[case.organisation_id]
    work = _Round(now, found)
    left = _newest(work, _reasonable(work, _wanted(work, rows)))
    groups: dict[Group, list[CaseTelling]] = defaultdict(list)
    for row in left:
        case = found[row.case_id]
        pack = case.case_type.key.partition(".")[0]
        groups[case.organisation_id, row.occasion, pack].append(row)
    known = _known(left)
    for group, told in groups.items():
        _tell(work, group, told, known)
    CaseTelling.objects.bulk_update(work.ended, ["state", "reason", "message_id"])
    CaseTelling.objects.filter(pk__in=work.dropped).delete()
    return len(rows)


def _wanted(work: _Round, rows: Iterable[CaseTelling]) -> list[CaseTelling]:
    """Those that the settings of the case's unit want told; the others leave nothing behind."""
    units: dict[int, Wishes] = {}
    silent: dict[int, frozenset[str]] = {}
    late_from: dict[int, str] = {}
    kept = []
    for row in rows:
        case = work.cases[row.case_id]
        unit = case.organisation_id
        if unit not in units:
            zone = ZoneInfo(case.organisation.timezone)
            units[unit] = Wishes(case.organisation, work.now.astimezone(zone).date())
            work.wishes[unit] = units[unit].channels()
            silent[unit], late_from[unit] = units[unit].silent_types(), units[unit].late_from()
        is_early = row.occasion == LATE and row.mark.partition(":")[0] != late_from[unit]
        if (
            not work.wishes[unit].get(row.occasion)
            or case.case_type.key in silent[unit]
            or is_early
        ):
            work.dropped.append(row.pk)
        else:
            kept.append(row)
    return kept


def _reasonable(work: _Round, rows: Sequence[CaseTelling]) -> list[CaseTelling]:
    """Those of which the customer does not hear in another way."""
    twins = same_customer_merged(work.cases[row.case_id] for row in rows)
    kept = []
    for row in rows:
        if row.case_id in twins or not is_told(work.cases[row.case_id]):
            work.end(row, "together")
        elif row.noted_at < work.now - STALE:
            work.end(row, "too_late")
        else:
            kept.append(row)
    return kept


def _newest(work: _Round, rows: Sequence[CaseTelling]) -> list[CaseTelling]:
    """The last of what happened to each case; what came before it leaves nothing behind."""
    last = {row.case_id: row.pk for row in rows}
    work.dropped += [row.pk for row in rows if last[row.case_id] != row.pk]
    return [row for row in rows if last[row.case_id] == row.pk]


def _known(rows: Sequence[CaseTelling]) -> _Known:
    answered = [row.case_id for row in rows if row.occasion == ANSWER]
    return _Known(
        owed_to([row.case_id for row in rows]),
        told_entries(rows),
        answers_of(answered) if answered else {},
    )


def _tell(work: _Round, group: Group, rows: Sequence[CaseTelling], known: _Known) -> None:
    """Queue one notice for each of these cases, in one statement."""
    unit_id, occasion, pack = group
    unit, channels = organisation(unit_id), work.wishes[unit_id][occasion]
    found = reach(
        [(row.pk, int(work.cases[row.case_id].customer_id or 0)) for row in rows],
        purpose="service",
        organisation_id=unit_id,
        day=work.now.astimezone(ZoneInfo(unit.timezone)).date(),
        letters="letter" in channels,
    )
    tails = link_tails({row.case_id for row in rows}, now=work.now)
    receivers = []
    for row in rows:
        reason = _refusal(found[row.pk], channels)
        if reason:
            work.end(row, reason)
            continue
        receiver = _receiver(row, work.cases[row.case_id], found[row.pk], known)
        receivers.append(replace(receiver, tail=tails.get(row.case_id, {})))
    texts = notice_texts(occasion=occasion, organisation_id=unit_id, pack=pack)
    queued = queue_messages(
        sending=Sending(
            organisation_id=unit_id,
            kind=occasion,
            texts=texts.texts,
            subject_kind=SUBJECT,
            channels=channels,
            notice_version_id=texts.version_id,
        ),
        receivers=receivers,
        actor=None,
        now=work.now,
    )
    asked = {receiver.subject_id for receiver in receivers}
    for row in rows:
        if row.case_id in asked:
            message_id, reason = queued.by_subject.get(row.case_id, (None, "told_already"))
            work.end(row, reason, message_id)


def _refusal(found: Reach, channels: Sequence[str]) -> str:
    refused = [found.refusal(channel) for channel in channels]
    return "" if "" in refused else refused[0]


def _receiver(row: CaseTelling, case: Case, found: Reach, known: _Known) -> Receiver:
    languages = case.organisation.languages
    language = language_key(found.language or (languages[0] if languages else ""))
    with override(language.lower()):
        values = _values(row, case, known, language)
    return Receiver(
        customer_id=case.customer_id,
        subject_id=case.pk,
        language=language,
        reference=case.number,
        key=f"cases.telling:{row.pk}",
        values=values,
    )


def _values(row: CaseTelling, case: Case, known: _Known, language: str) -> dict[str, str]:
    """The values of all places, in the reader's language."""
    entry = known.entries.get(row.pk, {})
    step = definitions.process_of(case.process).index.get(str(entry.get("step") or case.step))
    specs = {spec.key: spec for spec in definitions.type_of(case).promises}
    owed = known.owed.get(case.pk, ())
    name = _said(step.name, language) if step else ""
    about = next((each for each in owed if each.promise == case.due_promise), None)
    return {
        "case": case.number,
        "title": case.title,
        "step": name,
        "promise": _promised(owed, specs, case, language),
        "owed": _owed_name(about, specs, name, language),
        "due": _moment(about.due_at if about else case.due_at, case),
        "reason": str(entry.get("reason") or "") or name,
        "answer": known.answers.get(case.pk, "") or _("We have answered your request."),
    }


def _promised(
    owed: Sequence[Owed], specs: Mapping[str, PromiseSpec], case: Case, language: str
) -> str:
    """What is promised to everybody and still owed, as a sentence."""
    parts = [
        _("{what} by {moment}").format(
            what=_said(specs[each.promise].name, language), moment=_moment(each.due_at, case)
        )
        for each in owed
        if each.promise in specs and specs[each.promise].public
    ]
    if not parts:
        return _("You hear from us as soon as there is news.")
    return _("We promise: {list}.").format(list=_("; ").join(parts))


def _owed_name(
    about: Owed | None, specs: Mapping[str, PromiseSpec], step: str, language: str
) -> str:
    spec = specs.get(about.promise) if about else None
    return _said(spec.name, language) if spec else step


def _said(text: Text, language: str) -> str:
    return text.data()[language]


def _moment(moment: datetime | None, case: Case) -> str:
    if moment is None:
        return "–"
    local = moment.astimezone(ZoneInfo(case.organisation.timezone))
    return f"{date_format(local, 'DATE_FORMAT')} {local:%H:%M}"
