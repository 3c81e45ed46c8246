"""Lists of people to call: how they are called, who stands in them, what came of each call."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.telephony.models.calls import Call
from qiao.telephony.rights import DIAL, LISTS


class CallListQuerySet(models.QuerySet["CallList"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor) -> Self:
        """Lists of units in which the actor calls, or makes lists."""
        units = {*actor.organisations(DIAL), *actor.organisations(LISTS)}
        return self.filter(organisation_id__in=units)


class CallList(models.Model):
    """People to be called for one purpose, by one script.

    They come from a segment, or from what another module knows (`source`, see `core.manifest`
    `CallSource`). `codes` are results as `rules.call_lists` reads them. `purpose` is one of
    consents. `begins` and `ends` are local times of day. `quiet_days`: whom any other list has
    called within them is skipped.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("call list", "Being made")
        RUNNING = "running", pgettext_lazy("call list", "Runs")
        PAUSED = "paused", pgettext_lazy("call list", "Paused")
        CLOSED = "closed", pgettext_lazy("call list", "Closed")

    class Mode(models.TextChoices):
        PREVIEW = "preview", pgettext_lazy("call list", "Preview: the agent looks, then calls")
        PROGRESSIVE = (
            "progressive",
            pgettext_lazy(
                "call list", "Progressive: the next is called as soon as the agent is ready"
            ),
        )

    class Purpose(models.TextChoices):
        SERVICE = "service", pgettext_lazy("call list", "Service")
        SURVEY = "survey", pgettext_lazy("call list", "Survey")
        MARKETING = "marketing", pgettext_lazy("call list", "Offer")

    name = models.TextField()
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    mode = models.TextField(choices=Mode.choices, default=Mode.PREVIEW)
    purpose = models.TextField(choices=Purpose.choices, default=Purpose.SERVICE)
    segment = models.ForeignKey(
        "customers.Segment", models.PROTECT, null=True, related_name="+", db_index=False
    )
    source = models.TextField(default="", blank=True, db_collation="C")
    script = models.TextField(default="", blank=True)
    codes = models.JSONField()
    most_tries = models.SmallIntegerField(default=3)
    wait_minutes = models.IntegerField(default=120)
    busy_minutes = models.IntegerField(default=15)
    begins = models.TimeField()
    ends = models.TimeField()
    quiet_days = models.SmallIntegerField(default=30)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    begun_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = CallListQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(segment__isnull=False, source="")
                | (Q(segment__isnull=True) & ~Q(source="")),
                name="telephony_calllist_of_one",
            ),
            models.CheckConstraint(
                condition=Q(
                    most_tries__range=(1, 10), wait_minutes__range=(1, 10_080),
                    busy_minutes__range=(1, 10_080), quiet_days__range=(0, 365),
                )
                & Q(begins__lt=F("ends")),
                name="telephony_calllist_terms",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", begun_at__isnull=True)
                | Q(state__in=["running", "paused", "closed"], begun_at__isnull=False)
                | Q(state="closed", begun_at__isnull=True),
                name="telephony_calllist_begun",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["organisation", "state"], name="telephony_lists_of_unit"),
        ]

    def __str__(self) -> str:
        return self.name


class CallListEntry(models.Model):
    """Somebody in a list, once. `ref` is the record of the list's source for which they are
    called, `what` what it is about. `why` tells a skip, or the key of the last result."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("call list entry", "To be called")
        TAKEN = "taken", pgettext_lazy("call list entry", "At an agent")
        DONE = "done", pgettext_lazy("call list entry", "Done")
        SKIPPED = "skipped", pgettext_lazy("call list entry", "Left out")

    class Skip(models.TextChoices):
        QUIET = (
            "quiet_period",
            pgettext_lazy("left out of a list", "Called lately by another list"),
        )
        NO_PHONE = "no_phone", pgettext_lazy("left out of a list", "No number that can be called")
        NO_CALLS = "do_not_call", pgettext_lazy("left out of a list", "Does not want such calls")
        GONE = "gone", pgettext_lazy("left out of a list", "Nothing to call about any more")
        TWICE = "twice", pgettext_lazy("left out of a list", "Stands in the list a second time")

    call_list = models.ForeignKey(CallList, models.PROTECT, related_name="entries", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    ref = models.BigIntegerField(null=True)
    what = models.TextField(default="", blank=True)
    state = models.TextField(choices=State.choices, default=State.WAITING)
    why = models.TextField(default="", blank=True)
    tries = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField()
    is_promised = models.BooleanField(default=False)
    taken_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    taken_at = models.DateTimeField(null=True)
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call_list", "customer"], name="telephony_entry_of_list_once"
            ),
            models.CheckConstraint(
                condition=Q(state="taken", taken_by__isnull=False, taken_at__isnull=False)
                | (~Q(state="taken") & Q(taken_by__isnull=True, taken_at__isnull=True)),
                name="telephony_entry_taken",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                "call_list", F("is_promised").desc(), "next_at", "id",
                condition=Q(state__in=["waiting", "taken"]),
                name="telephony_entries_to_call",
            ),
            models.Index(
                fields=["taken_by"], condition=Q(state="taken"), name="telephony_entries_taken"
            ),
        ]  # fmt: skip


class CallListTry(models.Model):
    """A call to somebody in a list and its result. Append-only; old ones are let go of, and stay
    counted (`CallListCount`)."""

    entry = models.ForeignKey(CallListEntry, models.PROTECT, related_name="made")
    call_list = models.ForeignKey(CallList, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="+", db_index=False
    )
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="+", db_index=False)
    staff = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    result = models.TextField()
    kind = models.TextField()
    note = models.TextField(default="", blank=True)
    is_by_end = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(call__isnull=False), name="telephony_try_of_call"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["reached", "not_reached", "refused", "wrong_number"]),
                name="telephony_try_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "at"], name="telephony_tries_of_person"),
            models.Index(fields=["call_list", "at", "id"], name="telephony_tries_of_list"),
            models.Index(fields=["at"], name="telephony_tries_by_age"),
        ]


class CallListCount(models.Model):
    """A kept count of a list: `n` entries in a state, apart by result or reason; or, with the
    `kind` of the result and no state, `n` calls with that result, which nobody uncounts. Written
    by triggers as `CallListCountChange` rows and folded in here by a job; a reader adds both."""

    call_list_id = models.BigIntegerField()
    kind = models.TextField(default="", blank=True)
    state = models.TextField()
    why = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call_list_id", "kind", "state", "why"], name="telephony_list_count_once"
            )
        ]


class CallListCountChange(models.Model):
    """A change of kept counts that is not folded in yet."""

    call_list_id = models.BigIntegerField(db_index=True)
    kind = models.TextField(default="", blank=True, db_default="")
    state = models.TextField()
    why = models.TextField()
    n = models.IntegerField()
