"""Evaluations of finished work, the appeal against one, and the coaching that follows."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.feedback.models.score_cards import SampleDraw, ScoreCardVersion


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of units whose quality the actor may see, those the actor is to write, and the
        actor's own, once released. Who judges a piece a second time, blind, does not see the
        other judgement before the own one is finished."""
        return (
            self.filter(
                Q(organisation_id__in=actor.organisations("quality.view"))
                | Q(evaluator_id=actor.staff_id)
                | Q(
                    person_id=actor.staff_id,
                    released_at__isnull=False,
                    organisation_id__in=actor.organisations("quality.own"),
                )
            )
            .exclude(
                Q(second__evaluator_id=actor.staff_id, second__finished_at__isnull=True)
                | Q(second_of__evaluator_id=actor.staff_id, second_of__finished_at__isnull=True)
            )
            .exclude(person_id=actor.staff_id, released_at__isnull=True)
        )

    def counted(self) -> Self:
        """Those that figures are made of: finished, and not the blind second one."""
        return self.filter(finished_at__isnull=False, second_of__isnull=True)


class Evaluation(models.Model):
    """A person's work on one piece, judged by another person with a version of a score card.

    `subject_kind` and `subject_id` name the piece; `number` is its number. `organisation` and
    `team` are those of the work. `draft` keeps what is written before it is finished. `score` is
    0 to 100, None where no question applied; `first_score` what it was before an appeal changed
    it. `second_of` names the first judgement where this is the blind second one.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("evaluation", "To do")
        DONE = "done", pgettext_lazy("evaluation", "Finished")
        RELEASED = "released", pgettext_lazy("evaluation", "Released")
        SEEN = "seen", pgettext_lazy("evaluation", "Acknowledged")
        APPEALED = "appealed", pgettext_lazy("evaluation", "Under appeal")
        DECIDED = "decided", pgettext_lazy("evaluation", "Appeal decided")
        DROPPED = "dropped", pgettext_lazy("evaluation", "Given up")

    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    number = models.TextField()
    kind_key = models.TextField(default="", blank=True)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    team = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    person = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    evaluator = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    version_of_card = models.ForeignKey(
        ScoreCardVersion, models.PROTECT, related_name="+", db_index=False
    )
    drawn_by = models.ForeignKey(
        SampleDraw, models.PROTECT, null=True, related_name="evaluations", db_index=False
    )
    second_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="second")
    state = models.TextField(choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()
    due_date = models.DateField()
    draft = models.JSONField(default=dict)
    comment = models.TextField(default="", blank=True)
    score = models.FloatField(null=True)
    first_score = models.FloatField(null=True)
    is_fatal = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)
    finished_date = models.DateField(null=True)
    released_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    appeal_until = models.DateField(null=True)
    version = models.IntegerField(default=1)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=Q(second_of__isnull=True) & ~Q(state="dropped"),
                name="feedback_evaluation_once",
            ),
            models.CheckConstraint(
                condition=~Q(evaluator=F("person")), name="feedback_evaluation_not_oneself"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["open", "dropped"], finished_at__isnull=True, score__isnull=True
                )
                | Q(
                    state__in=["done", "released", "seen", "appealed", "decided"],
                    finished_at__isnull=False,
                    finished_date__isnull=False,
                ),
                name="feedback_evaluation_finished",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
                name="feedback_evaluation_score",
            ),
            models.CheckConstraint(
                condition=Q(second_of__isnull=True) | Q(released_at__isnull=True),
                name="feedback_evaluation_second_stays",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["evaluator", "due_date", "id"],
                condition=Q(finished_at__isnull=True),
                name="feedback_evaluation_to_do",
            ),
            models.Index(
                fields=["organisation", "finished_date", "id"], name="feedback_evaluation_unit"
            ),
            models.Index(
                fields=["person", "finished_date", "id"], name="feedback_evaluation_person"
            ),
        ]


class EvaluationAnswer(models.Model):
    """The answer to one question: a whole number or ``na``, with a comment that may point at an
    entry of the piece's history. `first_value` is what it was before an appeal."""

    evaluation = models.ForeignKey(
        Evaluation, models.CASCADE, related_name="answers", db_index=False
    )
    question = models.TextField()
    value = models.TextField()
    first_value = models.TextField(default="", blank=True)
    comment = models.TextField(default="", blank=True)
    entry_seq = models.IntegerField(null=True)
    failed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "question"], name="feedback_answer_once")
        ]


class EvaluationEvent(models.Model):
    """One thing that happened to an evaluation. Append-only."""

    evaluation = models.ForeignKey(
        Evaluation, models.PROTECT, related_name="events", db_index=False
    )
    seq = models.SmallIntegerField()
    kind = models.TextField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "seq"], name="feedback_evalevent_once")
        ]


class Appeal(models.Model):
    """An objection of the person judged, question by question, decided by a third person.

    `points` are a table by key of the question: `reason`, and once decided `value` (the answer
    that stands) and `because`. `score_before` and `score_after` are kept.
    """

    evaluation = models.OneToOneField(Evaluation, models.PROTECT, related_name="appeal")
    opened_at = models.DateTimeField()
    due_date = models.DateField()
    points = models.JSONField()
    score_before = models.FloatField(null=True)
    score_after = models.FloatField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="feedback_appeal_decided",
            )
        ]


class Coaching(models.Model):
    """What a person practises with whom until when, and what came of it.

    The effect is the person's mean score in the weeks before it began and after it was done, of
    one question where `question` names one.
    """

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    evaluation = models.ForeignKey(
        Evaluation, models.PROTECT, null=True, related_name="coachings", db_index=False
    )
    question = models.TextField(default="", blank=True)
    topic = models.TextField()
    plan = models.TextField(default="", blank=True)
    opened_at = models.DateTimeField()
    opened_date = models.DateField()
    due_date = models.DateField()
    done_date = models.DateField(null=True)
    result = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(owner=F("person")), name="feedback_coaching_not_oneself"
            ),
            models.CheckConstraint(
                condition=Q(done_date__isnull=True) | Q(done_date__gte=F("opened_date")),
                name="feedback_coaching_days",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "due_date", "id"],
                condition=Q(done_date__isnull=True),
                name="feedback_coaching_open",
            ),
            models.Index(fields=["person", "-id"], name="feedback_coaching_person"),
        ]
