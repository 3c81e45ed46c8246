"""What was owed and paid ahead in former billing systems is taken over: files of it, a ledger of
opening balances, and bills without days of their own, which are owed for what was before.

Constraints of tables with millions of rows are checked for old rows by the next migration, which
keeps nobody from writing.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q

EVENTS = [
    "bill_issued", "payment_received", "credit_moved", "prepaid_applied", "prepaid_refunded",
    "prepaid_transferred", "late_fee_charged", "late_fee_waived", "deposit_taken",
    "deposit_applied", "deposit_returned", "suspense_received", "suspense_matched",
    "suspense_returned", "written_off", "recovered", "shift_difference", "budget_equalised",
    "budget_settled", "balance_taken_over",
]  # fmt: skip
LEDGERS = [
    "receivable", "prepaid", "deposit", "suspense", "cash", "bank", "clearing", "revenue",
    "owed_to_owner", "tax", "late_fee", "written_off", "over_short", "budget", "opening",
]  # fmt: skip
STATES = ["mapping", "checking", "checked", "failed", "discarded", "running", "done"]

REWRITE = """
DO $do$
DECLARE body text;
BEGIN
    body := pg_get_functiondef('{function}'::regproc);
    IF position($old${old}$old$ IN body) = 0 THEN
        RAISE EXCEPTION 'function {function} is not the one that is known';
    END IF;
    EXECUTE replace(body, $old${old}$old$, $new${new}$new$);
END $do$;
"""
# What is owed for a bill is what it comes to, also where it was taken over; a late fee that had run
# is no part of it. Bills without days count as issued by nobody here.
CHANGES = (
    (
        "billing_posting_written",
        "n.event = 'bill_issued' AND n.reverses_id IS NULL AND e.ledger = 'receivable'",
        "n.event IN ('bill_issued', 'balance_taken_over') AND n.reverses_id IS NULL"
        " AND e.ledger = 'receivable' AND e.kind = 'principal'",
    ),
    (
        "billing_ledger_audit",
        "p.event = 'bill_issued' AND e.ledger = 'receivable'",
        "p.event IN ('bill_issued', 'balance_taken_over') AND e.ledger = 'receivable'"
        " AND e.kind = 'principal'",
    ),
    ("billing_bill_figured", "c.state = 'issued'", "c.state = 'issued' AND c.end_date > c.start_date"),
    (
        "billing_bill_figured_again", "c.state = 'reversed'",
        "c.state = 'reversed' AND c.end_date > c.start_date",
    ),
    ("billing_figures_of_ledger", "c.state = 'issued'", "c.state = 'issued' AND c.end_date > c.start_date"),
)  # fmt: skip


def _check(model, name, condition):
    """A check in place of the one of the same name, for new rows."""
    return [
        migrations.RemoveConstraint(model_name=model, name=name),
        AddConstraintNotValid(
            model_name=model,
            constraint=models.CheckConstraint(condition=condition, name=name),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("billing", "0018_account_files"), ("staff", "0006_unit_address")]
    operations = [
        migrations.CreateModel(
            name="BalanceFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.TextField()),
                ("size_bytes", models.BigIntegerField()),
                ("format", models.TextField(default="")),
                ("header", models.JSONField(default=list)),
                ("samples", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=dict)),
                ("failure", models.TextField(default="")),
                ("failure_detail", models.TextField(default="")),
                ("is_on_disk", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("digest", models.TextField(db_collation="C", default="")),
                ("findings", models.JSONField(default=dict)),
                ("checked_rows", models.IntegerField(default=0)),
                ("read_count", models.IntegerField(default=0)),
                ("refused_count", models.IntegerField(default=0)),
                ("created_by_id", models.BigIntegerField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("as_of", models.DateField()),
                ("currency", models.TextField(db_collation="C")),
                ("state", models.TextField(choices=[("mapping", "Columns to be named"), ("checking", "Being checked"), ("checked", "Checked"), ("failed", "Unreadable"), ("discarded", "Removed"), ("running", "Being taken over"), ("done", "Taken over")])),
                ("taken_count", models.IntegerField(default=0)),
                ("known_count", models.IntegerField(default=0)),
                ("owed_minor", models.BigIntegerField(default=0)),
                ("late_fee_minor", models.BigIntegerField(default=0)),
                ("prepaid_minor", models.BigIntegerField(default=0)),
                ("deposit_minor", models.BigIntegerField(default=0)),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.organisation")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "-id"], name="billing_balancefile_list")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=STATES), name="billing_balancefile_state"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RefusedBalance",
            fields=[
                ("pk", models.CompositePrimaryKey("file_id", "row_number", blank=True, editable=False, primary_key=True, serialize=False)),
                ("row_number", models.IntegerField()),
                ("account_number", models.TextField(default="")),
                ("faults", models.JSONField(default=list)),
                ("file", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="refused", to="billing.balancefile")),
            ],
        ),
        migrations.AlterField(
            "posting", "event", models.TextField(choices=[(event, event.upper()) for event in EVENTS])
        ),
        *_check("posting", "billing_posting_event", Q(event__in=EVENTS)),
        *_check("entry", "billing_entry_whole", ~Q(minor=0) & Q(ledger__in=LEDGERS)),
        *_check(
            "bill", "billing_bill_days",
            Q(due_date__gte=F("issued_date"))
            & (Q(end_date__gt=F("start_date")) | Q(kind="taken_over", end_date=F("start_date"))),
        ),
        *(
            migrations.RunSQL(
                REWRITE.format(function=function, old=old, new=new),
                REWRITE.format(function=function, old=new, new=old),
            )
            for function, old, new in CHANGES
        ),
    ]  # fmt: skip
