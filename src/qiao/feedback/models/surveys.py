"""Surveys: what is asked at intervals, whom of, what they answered."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor


class SurveyQuerySet(models.QuerySet["Survey"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor) -> Self:
        """Surveys of the organisations in which the actor may see them."""
        return self.filter(organisation_id__in=actor.organisations("surveys.view"))


class Survey(models.Model):
    """A survey that is repeated: each time is a wave.

    `names` and `intros` are tables by language, `questions` is a list in the form of
    `rules.survey_questions.Question.data`; `next_key` numbers the keys of questions, which are
    never given twice. Without `segment` everybody of the unit and of those below it may be drawn.
    `answer_days` is how long a wave takes answers, `gap_days` how long a customer who was invited
    is left in peace by every survey, `every_months` after how long the next wave is due.
    """

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("survey", "In use")
        ARCHIVED = "archived", pgettext_lazy("survey", "Archived")

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    names = models.JSONField()
    intros = models.JSONField()
    questions = models.JSONField(default=list)
    next_key = models.SmallIntegerField(default=1)
    owner = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    segment = models.ForeignKey(
        "customers.Segment", models.PROTECT, null=True, related_name="+", db_index=False
    )
    answer_days = models.SmallIntegerField(default=21)
    gap_days = models.SmallIntegerField(default=90)
    every_months = models.SmallIntegerField(null=True)
    state = models.TextField(choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    version = models.IntegerField(default=1)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_days__gte=1, answer_days__lte=180), name="feedback_survey_days"
            ),
            models.CheckConstraint(
                condition=Q(gap_days__gte=0, gap_days__lte=1_000), name="feedback_survey_gap"
            ),
            models.CheckConstraint(
                condition=Q(every_months__isnull=True)
                | Q(every_months__gte=1, every_months__lte=60),
                name="feedback_survey_every",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["active", "archived"]), name="feedback_survey_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "-created_at", "-id"], name="feedback_survey_unit"
            ),
        ]


class SurveyWave(models.Model):
    """One time that a survey is made: drawn, sent, answered, closed.

    `names`, `intros` and `questions` are those of the survey as they stood; a trigger keeps them
    from being changed once the wave was sent. `seed` and `size` repeat the draw. `left_out` counts
    by reason who could not be drawn. `page_url` is the public address before the token. It is sent
    from `sent_at` on, wholly at `queued_at`, and takes answers until `closes_at`.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="waves", db_index=False)
    number = models.SmallIntegerField()
    names = models.JSONField()
    intros = models.JSONField()
    questions = models.JSONField()
    gap_days = models.SmallIntegerField()
    segment = models.ForeignKey(
        "customers.Segment", models.PROTECT, null=True, related_name="+", db_index=False
    )
    seed = models.BigIntegerField()
    size = models.IntegerField()
    drawn_count = models.IntegerField(default=0)
    left_out = models.JSONField(default=dict)
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    page_url = models.TextField(default="", blank=True)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    queued_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="feedback_wave_once"),
            models.UniqueConstraint(
                fields=["survey"],
                condition=Q(sent_at__isnull=True),
                name="feedback_wave_one_draft",
            ),
            models.CheckConstraint(condition=Q(size__gte=1), name="feedback_wave_size"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, closes_at__isnull=True, queued_at__isnull=True)
                | Q(sent_at__isnull=False, closes_at__gte=F("sent_at")),
                name="feedback_wave_sent_whole",
            ),
        ]


class SurveyStratum(models.Model):
    """A tier in an area as it was when a wave was drawn: how many customers it had, how many of
    them could be asked, how many were drawn. `area` is the district of the premises, empty where
    there are none."""

    wave = models.ForeignKey(SurveyWave, models.CASCADE, related_name="strata", db_index=False)
    tier = models.TextField()
    area = models.TextField(default="", blank=True)
    population = models.IntegerField()
    eligible = models.IntegerField()
    drawn = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "tier", "area"], name="feedback_stratum_once"),
            models.CheckConstraint(
                condition=Q(drawn__gte=0, drawn__lte=F("eligible"))
                & Q(eligible__lte=F("population")),
                name="feedback_stratum_counts",
            ),
        ]


class SurveyInvitation(models.Model):
    """A customer who was drawn, and what became of it.

    `token_hash` is the SHA-256 of what stands in the personal link; the token itself is kept
    nowhere but in the message. `reason` says why nothing could be sent. `answered_at` is when the
    first answer came, `completed_at` when the customer said that this is all.
    """

    class State(models.TextChoices):
        DRAWN = "drawn", pgettext_lazy("invitation", "Drawn")
        SENT = "sent", pgettext_lazy("invitation", "Invited")
        SKIPPED = "skipped", pgettext_lazy("invitation", "Not reached")

    wave = models.ForeignKey(
        SurveyWave, models.CASCADE, related_name="invitations", db_index=False
    )
    stratum = models.ForeignKey(
        SurveyStratum, models.CASCADE, related_name="invitations", db_index=False
    )
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    state = models.TextField(choices=State.choices, default=State.DRAWN)
    reason = models.TextField(default="", blank=True)
    message_id = models.BigIntegerField(null=True)
    token_hash = models.TextField(default="", blank=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "customer"], name="feedback_invited_once"),
            models.UniqueConstraint(
                fields=["token_hash"],
                condition=~Q(token_hash=""),
                name="feedback_invitation_token",
            ),
            models.CheckConstraint(
                condition=Q(state="drawn", sent_at__isnull=True)
                | Q(state="sent", sent_at__isnull=False)
                | (Q(state="skipped", sent_at__isnull=True) & ~Q(reason="")),
                name="feedback_invitation_whole",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(state="sent"),
                name="feedback_invitation_answered",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["wave", "id"], condition=Q(state="drawn"), name="feedback_invitation_todo"
            ),
        ]


class SurveyAnswer(models.Model):
    """What one customer answered to one question: the latest word, there is no other.

    `value` is points (1 to 5), yes (1) or no (0), 0 to 10, or the place of a choice; `importance`
    1 to 5; `words` the customer's own.
    """

    invitation = models.ForeignKey(
        SurveyInvitation, models.CASCADE, related_name="answers", db_index=False
    )
    question = models.TextField()
    value = models.SmallIntegerField(null=True)
    importance = models.SmallIntegerField(null=True)
    words = models.TextField(default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "question"], name="feedback_surveyanswer_once"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0, value__lte=100),
                name="feedback_surveyanswer_value",
            ),
            models.CheckConstraint(
                condition=Q(importance__isnull=True) | Q(importance__gte=1, importance__lte=5),
                name="feedback_surveyanswer_importance",
            ),
        ]
