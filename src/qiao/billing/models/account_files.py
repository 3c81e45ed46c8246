"""Files by which the billing of many accounts begins, and which of their rows were refused."""

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from qiao.core.table_models import UploadedTable, known_states


class AccountFile(UploadedTable):
    """A file of accounts that are billed from a day on, of one unit and those below it."""

    class State(models.TextChoices):
        MAPPING = "mapping", pgettext_lazy("file of accounts", "Columns to be named")
        CHECKING = "checking", pgettext_lazy("file of accounts", "Being checked")
        CHECKED = "checked", pgettext_lazy("file of accounts", "Checked")
        FAILED = "failed", pgettext_lazy("file of accounts", "Unreadable")
        DISCARDED = "discarded", pgettext_lazy("file of accounts", "Removed")
        RUNNING = "running", pgettext_lazy("file of accounts", "Being taken in")
        DONE = "done", pgettext_lazy("file of accounts", "Taken in")

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    state = models.TextField(choices=State.choices)
    taken_count = models.IntegerField(default=0)
    known_count = models.IntegerField(default=0)

    class Meta:
        constraints = [known_states("billing_accountfile_state", without=["reading"])]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-id"], name="billing_accountfile_list"),
        ]


class RefusedAccount(models.Model):
    """A row of a file that could not be taken in; `row_number` as Excel or an editor shows it."""

    pk = models.CompositePrimaryKey("file_id", "row_number")
    file = models.ForeignKey(AccountFile, models.CASCADE, related_name="refused", db_index=False)
    row_number = models.IntegerField()
    account_number = models.TextField(default="")
    faults = models.JSONField(default=list)
