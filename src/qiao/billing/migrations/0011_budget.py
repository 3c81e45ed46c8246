"""Equal instalments: their plans, what is asked of a bill, and a ledger of what differs.

Constraints of tables with millions of rows are checked for old rows by the next migration, which
keeps nobody from writing.
"""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q

EVENTS = [
    "bill_issued", "payment_received", "credit_moved", "prepaid_applied", "prepaid_refunded",
    "prepaid_transferred", "late_fee_charged", "late_fee_waived", "deposit_taken",
    "deposit_applied", "deposit_returned", "suspense_received", "suspense_matched",
    "suspense_returned", "written_off", "recovered", "shift_difference", "budget_equalised",
    "budget_settled",
]  # fmt: skip
LEDGERS = [
    "receivable", "prepaid", "deposit", "suspense", "cash", "bank", "clearing", "revenue",
    "owed_to_owner", "tax", "late_fee", "written_off", "over_short", "budget",
]  # fmt: skip
KEPT = ["receivable", "prepaid", "deposit", "budget"]
WITHOUT, WITH = "('receivable', 'prepaid', 'deposit')", "('receivable', 'prepaid', 'deposit', 'budget')"

# The ledger's functions keep what stands of one more ledger, and are what they were otherwise.
REWRITE = """
DO $do$
DECLARE name text; body text;
BEGIN
    FOREACH name IN ARRAY ARRAY['billing_posting_written', '{audit}'] LOOP
        body := pg_get_functiondef(name::regproc);
        IF position($old${old}$old$ IN body) = 0 THEN
            RAISE EXCEPTION 'function % does not say which ledgers are kept', name;
        END IF;
        EXECUTE replace(body, $old${old}$old$, $new${new}$new$);
    END LOOP;
END $do$;
"""
AUDIT = """
ALTER FUNCTION billing_audit() RENAME TO billing_ledger_audit;
-- Everything that the ledger's rules should have made impossible; no row, no finding.
CREATE FUNCTION billing_audit() RETURNS TABLE (finding text, subject text, expected bigint,
                                               found bigint) LANGUAGE sql STABLE AS $$
    SELECT * FROM billing_ledger_audit()
    UNION ALL
    SELECT 'bill_asked', b.number, b.asked_minor, b.total_minor + coalesce(x.minor, 0)
      FROM billing_bill b
      LEFT JOIN LATERAL (
           SELECT sum(e.minor)::bigint AS minor FROM billing_posting p
             JOIN billing_entry e ON e.posting_id = p.id AND e.ledger = 'receivable'
            WHERE p.source = 'budget' AND p.key = b.id::text) x ON true
     WHERE b.asked_minor IS NOT NULL AND b.asked_minor <> b.total_minor + coalesce(x.minor, 0)
    UNION ALL
    SELECT 'budget_unsettled', s.account_id::text, 0, sum(s.minor)::bigint
      FROM billing_standing s
     WHERE s.ledger = 'budget' AND NOT EXISTS (
           SELECT FROM billing_budgetplan p
            WHERE p.account_id = s.account_id AND p.state = 'running')
     GROUP BY s.account_id
$$;
"""
NO_AUDIT = """
DROP FUNCTION billing_audit();
ALTER FUNCTION billing_ledger_audit() RENAME TO billing_audit;
"""


def _checks(model, name, condition):
    """A check in place of the one of the same name, for new rows."""
    return [
        migrations.RemoveConstraint(model_name=model, name=name),
        AddConstraintNotValid(
            model_name=model,
            constraint=models.CheckConstraint(condition=condition, name=name),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0010_feeds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("bill", "asked_minor", models.BigIntegerField(null=True)),
        migrations.AddField("bill", "budget_minor", models.BigIntegerField(null=True)),
        migrations.CreateModel(
            name="BudgetPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.TextField(choices=[("running", "Running"), ("settled", "Settled"), ("changed", "Changed"), ("withdrawn", "Withdrawn")], default="running")),
                ("start_date", models.DateField()),
                ("until_date", models.DateField()),
                ("instalment_minor", models.BigIntegerField()),
                ("year_minor", models.BigIntegerField()),
                ("basis", models.TextField(choices=[("own", "Own bills of a year"), ("neighbours", "Bills of neighbours"), ("given", "An amount that was agreed")])),
                ("ends", models.BooleanField(default=False)),
                ("reason", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField()),
                ("account", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.billingaccount")),
                ("created_by", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("previous", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.budgetplan")),
                ("settled_by", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.bill")),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-id"], name="billing_budget_list")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("state", "running")), fields=("account",),
                        name="billing_budget_one_runs",
                    ),
                    models.CheckConstraint(
                        condition=Q(instalment_minor__gt=0, until_date__gt=F("start_date"))
                        & Q(state__in=["running", "settled", "changed", "withdrawn"])
                        & Q(basis__in=["own", "neighbours", "given"]),
                        name="billing_budget_whole",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            "posting", "event", models.TextField(choices=[(event, event.upper()) for event in EVENTS])
        ),
        *_checks("posting", "billing_posting_event", Q(event__in=EVENTS)),
        *_checks("entry", "billing_entry_whole", ~Q(minor=0) & Q(ledger__in=LEDGERS)),
        *_checks(
            "entry", "billing_entry_of_an_account", ~Q(ledger__in=KEPT) | Q(account__isnull=False)
        ),
        *_checks(
            "standing", "billing_standing_not_overdrawn",
            Q(ledger__in=["receivable", "budget"]) | Q(minor__lte=0),
        ),
        migrations.RunSQL(
            REWRITE.format(audit="billing_audit", old=WITHOUT, new=WITH),
            REWRITE.format(audit="billing_audit", old=WITH, new=WITHOUT),
        ),
        migrations.RunSQL(AUDIT, NO_AUDIT),
    ]  # fmt: skip
