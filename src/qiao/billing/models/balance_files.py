"""Files by which what accounts owed and had paid ahead elsewhere is taken over, and which of their
rows were refused."""

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from qiao.core.table_models import UploadedTable, known_states


class BalanceFile(UploadedTable):
    """A file of balances of a former billing system, of one unit and those below it, as they stood
    before the day `as_of`, on which they are booked.

    Amounts are minor units of `currency`, of what was taken over so far: `owed_minor` without the
    `late_fee_minor` that had run, `prepaid_minor`, `deposit_minor`. `taken_count` and
    `known_count` are rows.
    """

    class State(models.TextChoices):
        MAPPING = "mapping", pgettext_lazy("file of balances", "Columns to be named")
        CHECKING = "checking", pgettext_lazy("file of balances", "Being checked")
        CHECKED = "checked", pgettext_lazy("file of balances", "Checked")
        FAILED = "failed", pgettext_lazy("file of balances", "Unreadable")
        DISCARDED = "discarded", pgettext_lazy("file of balances", "Removed")
        RUNNING = "running", pgettext_lazy("file of balances", "Being taken over")
        DONE = "done", pgettext_lazy("file of balances", "Taken over")

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    as_of = models.DateField()
    currency = models.TextField(db_collation="C")
    state = models.TextField(choices=State.choices)
    taken_count = models.IntegerField(default=0)
    known_count = models.IntegerField(default=0)
    owed_minor = models.BigIntegerField(default=0)
    late_fee_minor = models.BigIntegerField(default=0)
    prepaid_minor = models.BigIntegerField(default=0)
    deposit_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [known_states("billing_balancefile_state", without=["reading"])]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-id"], name="billing_balancefile_list"),
        ]


class RefusedBalance(models.Model):
    """A row of a file that could not be taken over; `row_number` as Excel or an editor shows
    it."""

    pk = models.CompositePrimaryKey("file_id", "row_number")
    file = models.ForeignKey(BalanceFile, models.CASCADE, related_name="refused", db_index=False)
    row_number = models.IntegerField()
    account_number = models.TextField(default="")
    faults = models.JSONField(default=list)
