"""Suggestions of customers: what they want, who else wants it, what the company decided."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor

FINISHED = ("done", "declined", "answered")


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor) -> Self:
        """Suggestions of the organisations in which the actor may see them."""
        return self.filter(organisation_id__in=actor.organisations("suggestions.view"))

    def public(self) -> Self:
        """Those that anybody may read: passed by a person, and not joined with another."""
        return self.filter(screening="public", joined_into__isnull=True)


class Suggestion(models.Model):
    """What a customer would like the company to do.

    `title` and `text` are the author's own words and never leave the house; `public_title` and
    `public_text` are what a person passed for everybody to read. `contact_…` are kept apart and
    never public. A duplicate keeps its row, votes and followers: `joined_into` names the one that
    stands for it, and everything is read through that; undo takes the name away again.
    `votes` is kept by triggers: different voters of this one and of all that are joined with it.
    """

    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("suggestion", "Received")
        EXAMINED = "examined", pgettext_lazy("suggestion", "Being examined")
        PLANNED = "planned", pgettext_lazy("suggestion", "Planned")
        DONE = "done", pgettext_lazy("suggestion", "Done")
        DECLINED = "declined", pgettext_lazy("suggestion", "Declined")
        ANSWERED = "answered", pgettext_lazy("suggestion", "Answered")

    class Screening(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("suggestion", "To be screened")
        PUBLIC = "public", pgettext_lazy("suggestion", "Public")
        PRIVATE = "private", pgettext_lazy("suggestion", "Not public")
        SPAM = "spam", pgettext_lazy("suggestion", "Not a suggestion")

    class Source(models.TextChoices):
        CASE = "case", pgettext_lazy("suggestion", "Case")
        BOOK = "book", pgettext_lazy("suggestion", "Visitors’ book")
        CARD = "card", pgettext_lazy("suggestion", "Suggestion card")
        PAGE = "page", pgettext_lazy("suggestion", "Public page")

    class Category(models.TextChoices):
        SERVICE = "service", pgettext_lazy("suggestion", "Counters and hotline")
        ONLINE = "online", pgettext_lazy("suggestion", "Web and phone")
        BILL = "bill", pgettext_lazy("suggestion", "Bills and payment")
        SUPPLY = "supply", pgettext_lazy("suggestion", "Supply and quality")
        WORKS = "works", pgettext_lazy("suggestion", "Works and repairs")
        OTHER = "other", pgettext_lazy("suggestion", "Other")

    number = models.TextField(unique=True)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    source = models.TextField(choices=Source.choices)
    category = models.TextField(choices=Category.choices, default=Category.OTHER)
    language = models.TextField()
    title = models.TextField()
    text = models.TextField()
    public_title = models.TextField(default="", blank=True)
    public_text = models.TextField(default="", blank=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, related_name="+")
    contact_name = models.TextField(default="", blank=True)
    contact_phone = models.TextField(default="", blank=True)
    contact_email = models.TextField(default="", blank=True)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=State.choices, default=State.RECEIVED)
    screening = models.TextField(choices=Screening.choices, default=Screening.WAITING)
    owner = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    target_date = models.DateField(null=True)
    received_at = models.DateTimeField()
    received_date = models.DateField()
    received_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    joined_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="joined")
    votes = models.IntegerField(default=0)
    folded = models.TextField(default="", blank=True)
    grams = ArrayField(models.TextField(), default=list)
    public_folded = models.TextField(default="", blank=True)
    version = models.IntegerField(default=1)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(case__isnull=False),
                name="feedback_suggestion_of_case",
            ),
            models.CheckConstraint(
                condition=Q(joined_into__isnull=True) | ~Q(joined_into=F("id")),
                name="feedback_suggestion_not_itself",
            ),
            models.CheckConstraint(
                condition=~Q(screening="public") | ~Q(public_title=""),
                name="feedback_suggestion_passed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FINISHED, finished_at__isnull=False)
                | (~Q(state__in=FINISHED) & Q(finished_at__isnull=True)),
                name="feedback_suggestion_finished",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "-received_at", "-id"], name="feedback_suggestion_unit"
            ),
            models.Index(
                fields=["-votes", "-id"],
                condition=Q(screening="public", joined_into__isnull=True),
                name="feedback_suggestion_wanted",
            ),
            models.Index(
                fields=["received_at"],
                condition=Q(screening="waiting"),
                name="feedback_suggestion_screen",
            ),
            GinIndex(fields=["grams"], name="feedback_suggestion_grams", fastupdate=False),
        ]


class SuggestionEvent(models.Model):
    """One thing that happened to a suggestion. Append-only; holds no words of the author."""

    suggestion = models.ForeignKey(
        Suggestion, models.PROTECT, related_name="events", db_index=False
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
            models.UniqueConstraint(fields=["suggestion", "seq"], name="feedback_sugevent_once")
        ]


class SuggestionVote(models.Model):
    """That somebody wants the same. `voter` is ``c<customer>`` or ``v<key of a visitor>``."""

    suggestion = models.ForeignKey(
        Suggestion, models.PROTECT, related_name="own_votes", db_index=False
    )
    voter = models.TextField()
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "voter"], name="feedback_vote_once")
        ]


class SuggestionFollower(models.Model):
    """An address that is told what becomes of a suggestion, once its owner confirmed it.

    `page_url` is the public page that the follower came from, for the links of what is sent.
    """

    suggestion = models.ForeignKey(
        Suggestion, models.PROTECT, related_name="own_followers", db_index=False
    )
    email = models.TextField()
    language = models.TextField()
    page_url = models.TextField()
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("suggestion", Lower("email"), name="feedback_follower_once")
        ]


class SuggestionAnswer(models.Model):
    """What the company says to a suggestion: to everybody after a second person agreed, or to
    the author alone."""

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("answer", "Waits for a second person")
        GIVEN = "given", pgettext_lazy("answer", "Given")
        REFUSED = "refused", pgettext_lazy("answer", "Not agreed to")

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="answers")
    text = models.TextField()
    is_public = models.BooleanField()
    outcome = models.TextField(choices=Suggestion.State.choices)
    state = models.TextField(choices=State.choices)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField(null=True)
    told_count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion"],
                condition=Q(state="pending"),
                name="feedback_answer_one_pending",
            ),
            models.CheckConstraint(
                condition=Q(state="given", given_at__isnull=False)
                | Q(state__in=["pending", "refused"], given_at__isnull=True),
                name="feedback_answer_given",
            ),
        ]


class SuggestionCount(models.Model):
    """Kept counts by unit: `view` is ``state`` (of those that stand for themselves),
    ``screening`` or ``source``; days are the present."""

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "view", "day", "holder"],
                name="feedback_suggestioncount_once",
            )
        ]


class SuggestionCountChange(models.Model):
    """What a write changes in the counts, until it is folded in."""

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    n = models.BigIntegerField()
