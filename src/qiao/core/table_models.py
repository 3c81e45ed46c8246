"""Rows of tables that somebody uploaded: what all kinds keep of one, and the states of its life.

A kind derives its own table from `UploadedTable`; one that keeps more or less derives from
`KeptTable`. Units and people are the kind's own columns: `core` knows neither.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class TableState(models.TextChoices):
    """Where a table stands; a kind that has further states, or other words, has its own choices
    with the same values."""

    READING = "reading", pgettext_lazy("uploaded table", "Being read")
    MAPPING = "mapping", pgettext_lazy("uploaded table", "Columns to be named")
    CHECKING = "checking", pgettext_lazy("uploaded table", "Being checked")
    CHECKED = "checked", pgettext_lazy("uploaded table", "Checked")
    FAILED = "failed", pgettext_lazy("uploaded table", "Unreadable")
    DISCARDED = "discarded", pgettext_lazy("uploaded table", "Removed")
    RUNNING = "running", pgettext_lazy("uploaded table", "Being taken in")
    DONE = "done", pgettext_lazy("uploaded table", "Taken in")


WAITING = (
    TableState.READING, TableState.MAPPING, TableState.CHECKING, TableState.CHECKED,
    TableState.FAILED,
)  # fmt: skip
"""Not started: it may be thrown away."""
WORKING = (TableState.READING, TableState.CHECKING, TableState.RUNNING)
"""A job is at work, or should be."""


def known_states(
    name: str, *, without: Sequence[str] = (), more: Sequence[str] = ()
) -> models.CheckConstraint:
    """The constraint that a table is in one of its states: those of `TableState`, but `without`
    some, and with `more` of its own."""
    states = [state for state in TableState.values if state not in without]
    return models.CheckConstraint(condition=Q(state__in=[*states, *more]), name=name)


class KeptTable(models.Model):
    """A table on its way in, as far as its columns are named.

    `samples` holds a few values of every column and is emptied with the file, `mapping` gives a
    field for every column. `failure` is a code of `core.table_words`, with its `failure_detail`
    for the expert. Besides, a kind has ``created_by_id``, and ``organisation`` unless its life
    says otherwise where its unit is found.
    """

    file_name = models.TextField()
    size_bytes = models.BigIntegerField()
    format = models.TextField(default="")
    header = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    state = models.TextField(choices=TableState.choices)
    failure = models.TextField(default="")
    failure_detail = models.TextField(default="")
    is_on_disk = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    if TYPE_CHECKING:
        organisation_id: int
        created_by_id: int

    class Meta:
        abstract = True


class UploadedTable(KeptTable):
    """A table that is checked and taken in by batches.

    `digest` is its SHA-256, `findings` is what the dry run of `checked_rows` rows found.
    `read_count` rows have been dealt with, in the file's order: a run that was killed goes on
    there. `refused_count` of them could not be taken in.
    """

    digest = models.TextField(default="", db_collation="C")
    findings = models.JSONField(default=dict)
    checked_rows = models.IntegerField(default=0)
    read_count = models.IntegerField(default=0)
    refused_count = models.IntegerField(default=0)
    created_by_id = models.BigIntegerField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
