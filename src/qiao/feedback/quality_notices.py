"""What people are told of judgements: what waits for them, was released, appealed, decided."""

from collections.abc import Callable, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from qiao.core.actor import Actor
from qiao.core.manifest import NoticeKind, NoticeRow, NoticeWords
from qiao.core.wording import from_names
from qiao.feedback.models import Coaching, Evaluation, FollowUp, SurveyWave
from qiao.feedback.operations.appealing import APPEALED, DECIDED
from qiao.feedback.operations.coaching import AGREED
from qiao.feedback.operations.evaluating import RELEASED
from qiao.feedback.operations.reviewing import RAISED
from qiao.feedback.operations.sampling import ASSIGNED
from qiao.feedback.operations.survey_calls import TOLD
from qiao.feedback.showing import said_of

Words = Callable[[Actor, Sequence[NoticeRow]], Mapping[int, NoticeWords]]


def _assigned(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    del actor
    return {
        row.notice_id: NoticeWords(
            title=ngettext(
                "%(n)s case to evaluate", "%(n)s cases to evaluate", int(row.facts["count"])
            )
            % {"n": row.facts["count"]},
            text=_("by %(day)s") % {"day": row.facts["due"]},
            url=reverse("feedback:quality"),
        )
        for row in rows
    }


def _evaluations(title: Callable[[Evaluation], str], day: str, until: Callable[[], str]) -> Words:
    def words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
        wanted = {row.subject_id for row in rows}
        found = {e.pk: e for e in Evaluation.objects.visible_to(actor).filter(pk__in=wanted)}
        return {
            row.notice_id: NoticeWords(
                title=title(found[row.subject_id]),
                text=until() % {"day": row.facts[day]} if day else "",
                url=reverse("feedback:evaluation", args=[row.subject_id]),
            )
            for row in rows
            if row.subject_id in found
        }

    return words


def _coaching(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    wanted = {row.subject_id for row in rows}
    found = {
        each.pk: each for each in Coaching.objects.filter(pk__in=wanted, person_id=actor.staff_id)
    }
    return {
        row.notice_id: NoticeWords(
            title=_("Coaching: %(topic)s") % {"topic": found[row.subject_id].topic},
            text=_("by %(day)s") % {"day": row.facts["due"]},
            url=reverse("feedback:coachings"),
        )
        for row in rows
        if row.subject_id in found
    }


def _poor_ratings(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    wanted = {row.subject_id for row in rows}
    seen = FollowUp.objects.visible_to(actor).filter(pk__in=wanted).select_related("case")
    found = {each.pk: each for each in seen}
    return {
        row.notice_id: NoticeWords(
            title=_("Poor rating: %(number)s") % {"number": found[row.subject_id].case.number},
            text=_("%(rating)s. Replay the case and judge it today.")
            % {"rating": said_of(found[row.subject_id])},
            url=reverse("feedback:replay", args=["case", found[row.subject_id].case_id]),
        )
        for row in rows
        if row.subject_id in found
    }


def _survey_calls(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    units = actor.organisations("surveys.view")
    seen = SurveyWave.objects.filter(
        pk__in={row.subject_id for row in rows}, survey__organisation_id__in=units
    )
    found = {each.pk: each for each in seen}
    return {
        row.notice_id: NoticeWords(
            title=_("Not satisfied: %(survey)s")
            % {"survey": from_names(found[row.subject_id].names)},
            text=_("The first customers of this wave who are not satisfied wait for a call."),
            url=reverse("feedback:survey_calls"),
        )
        for row in rows
        if row.subject_id in found
    }


NOTICES = (
    NoticeKind(
        key=RAISED, label=gettext_lazy("Poor ratings"), icon="mood-sad", words=_poor_ratings
    ),
    NoticeKind(
        key=TOLD,
        label=gettext_lazy("Not satisfied in a survey"),
        icon="phone-outgoing",
        words=_survey_calls,
    ),
    NoticeKind(
        key=ASSIGNED, label=gettext_lazy("Evaluations to do"), icon="checklist", words=_assigned
    ),
    NoticeKind(
        key=RELEASED,
        label=gettext_lazy("Your work was evaluated"),
        icon="star",
        words=_evaluations(
            lambda row: _("Your work on %(number)s was evaluated") % {"number": row.number},
            "until",
            lambda: _("An appeal is possible until %(day)s"),
        ),
    ),
    NoticeKind(
        key=APPEALED,
        label=gettext_lazy("Appeals to decide"),
        icon="message-report",
        words=_evaluations(
            lambda row: _("Appeal against the evaluation of %(number)s") % {"number": row.number},
            "due",
            lambda: _("to be decided by %(day)s"),
        ),
    ),
    NoticeKind(
        key=DECIDED,
        label=gettext_lazy("Appeals that were decided"),
        icon="circle-check",
        words=_evaluations(
            lambda row: _("The appeal on %(number)s is decided") % {"number": row.number},
            "",
            lambda: "",
        ),
    ),
    NoticeKind(key=AGREED, label=gettext_lazy("Coaching"), icon="school", words=_coaching),
)
