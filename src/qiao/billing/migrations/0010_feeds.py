"""Feeds of other billing systems, what they deliver, and what stands by it.

An account is billed by one system: where that is a feed, the database takes no bill and no payment
of its own for it.
"""

from django.db import migrations, models

_ID = (
    "id",
    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
)
SQL = """
CREATE FUNCTION billing_not_fed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE fed bigint;
BEGIN
    SELECT a.account_id INTO fed FROM new_rows n
      JOIN billing_billingaccount a ON a.account_id = n.account_id AND a.feed_id IS NOT NULL
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'account % is billed by another system: nothing is charged or taken here',
            fed USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER billing_bill_not_fed AFTER INSERT ON billing_bill
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_not_fed();
CREATE TRIGGER billing_payment_not_fed AFTER INSERT ON billing_payment
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_not_fed();
"""
UNDO = """
DROP TRIGGER billing_payment_not_fed ON billing_payment;
DROP TRIGGER billing_bill_not_fed ON billing_bill;
DROP FUNCTION billing_not_fed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0009_figures_kept"),
        ("customers", "0001_initial"),
        ("staff", "0005_absence_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="Feed",
            fields=[
                _ID,
                (
                    "organisation",
                    models.ForeignKey(
                        to="staff.organisation", on_delete=models.PROTECT, related_name="+"
                    ),
                ),
                ("key", models.TextField(db_collation="C")),
                ("name", models.TextField()),
                ("currency", models.TextField(db_collation="C")),
                ("bills_as_of", models.DateTimeField(null=True)),
                ("payments_as_of", models.DateTimeField(null=True)),
                ("balances_as_of", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        to="staff.staff",
                        on_delete=models.PROTECT,
                        related_name="+",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organisation", "key"], name="billing_feed_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            key__regex=r"^[a-z][a-z0-9_-]{0,39}$", currency__regex=r"^[A-Z]{3}$"
                        )
                        & ~models.Q(name=""),
                        name="billing_feed_whole",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.AddField(
            "billingaccount",
            "feed",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to="billing.feed",
            ),
        ),
        migrations.AddIndex(
            "billingaccount",
            models.Index(
                condition=models.Q(feed__isnull=False),
                fields=["feed", "account"],
                name="billing_account_by_feed",
            ),
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                _ID,
                (
                    "feed",
                    models.ForeignKey(
                        to="billing.feed",
                        on_delete=models.PROTECT,
                        related_name="deliveries",
                        db_index=False,
                    ),
                ),
                ("key", models.TextField(db_collation="C")),
                ("way", models.TextField(choices=[("file", "File"), ("program", "Program")])),
                ("kind", models.TextField(default="", blank=True)),
                ("as_of", models.DateTimeField()),
                ("sequence", models.BigIntegerField(default=0)),
                ("completes", models.BooleanField(default=True)),
                ("stated", models.JSONField(default=dict)),
                ("found", models.JSONField(default=dict)),
                ("is_whole", models.BooleanField(default=False)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("mapping", "Columns to be named"),
                            ("checking", "Being checked"),
                            ("checked", "Checked"),
                            ("failed", "Unreadable"),
                            ("discarded", "Removed"),
                            ("running", "Being taken in"),
                            ("done", "Taken in"),
                            ("taken_back", "Taken back"),
                        ]
                    ),
                ),
                ("file_name", models.TextField(default="", blank=True)),
                ("size_bytes", models.BigIntegerField(default=0)),
                ("format", models.TextField(default="", blank=True)),
                ("digest", models.TextField(default="", db_collation="C")),
                ("header", models.JSONField(default=list)),
                ("signature", models.TextField(default="", db_collation="C", blank=True)),
                ("samples", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=dict)),
                ("is_on_disk", models.BooleanField(default=False)),
                ("read_count", models.IntegerField(default=0)),
                ("refused_count", models.IntegerField(default=0)),
                ("failure", models.TextField(default="", blank=True)),
                ("failure_detail", models.TextField(default="", blank=True)),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        to="staff.staff",
                        on_delete=models.PROTECT,
                        related_name="+",
                        db_index=False,
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        to="staff.staff",
                        on_delete=models.PROTECT,
                        null=True,
                        related_name="+",
                        db_index=False,
                    ),
                ),
                ("accepted_reason", models.TextField(default="", blank=True)),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        to="staff.staff",
                        on_delete=models.PROTECT,
                        null=True,
                        related_name="+",
                        db_index=False,
                    ),
                ),
                ("taken_back_reason", models.TextField(default="", blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["feed", "key"],
                        condition=~models.Q(state__in=["failed", "discarded", "taken_back"]),
                        name="billing_delivery_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(kind__in=["", "bills", "payments", "balances"])
                        & ~models.Q(key=""),
                        name="billing_delivery_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state="taken_back", taken_back_at__isnull=False)
                        | (~models.Q(state="taken_back") & models.Q(taken_back_at__isnull=True)),
                        name="billing_delivery_taken_back",
                    ),
                ],
                "indexes": [models.Index(fields=["feed", "-id"], name="billing_delivery_list")],
            },
        ),
        migrations.CreateModel(
            name="StagedRow",
            fields=[
                _ID,
                (
                    "delivery",
                    models.ForeignKey(
                        to="billing.delivery",
                        on_delete=models.CASCADE,
                        related_name="rows",
                        db_index=False,
                    ),
                ),
                ("kind", models.TextField(db_collation="C")),
                ("row_number", models.IntegerField()),
                ("number", models.TextField(db_collation="C", default="", blank=True)),
                ("account_number", models.TextField(db_collation="C", default="", blank=True)),
                ("account_id", models.BigIntegerField(null=True)),
                ("minor", models.BigIntegerField(null=True)),
                ("told", models.JSONField(default=dict)),
                ("digest", models.TextField(db_collation="C", default="", blank=True)),
                ("faults", models.JSONField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["delivery", "kind", "row_number"], name="billing_stagedrow_once"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="FedBill",
            fields=[
                _ID,
                (
                    "feed",
                    models.ForeignKey(
                        to="billing.feed",
                        on_delete=models.PROTECT,
                        related_name="+",
                        db_index=False,
                    ),
                ),
                ("number", models.TextField(db_collation="C")),
                ("digest", models.TextField(db_collation="C")),
                (
                    "account",
                    models.ForeignKey(
                        to="billing.billingaccount",
                        on_delete=models.PROTECT,
                        related_name="+",
                        db_index=False,
                    ),
                ),
                ("minor", models.BigIntegerField()),
                ("is_current", models.BooleanField(default=False)),
                ("recorded_at", models.DateTimeField()),
                ("start_date", models.DateField()),
                ("end_date", models.DateField()),
                ("issued_date", models.DateField()),
                ("due_date", models.DateField()),
                ("unit", models.TextField(default="", blank=True)),
                ("usage", models.DecimalField(max_digits=20, decimal_places=6, null=True)),
                ("lines", models.JSONField(default=list)),
                ("is_cancelled", models.BooleanField(default=False)),
                ("open_minor", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["feed", "number", "digest"], name="billing_fedbill_version"
                    ),
                    models.UniqueConstraint(
                        fields=["feed", "number"],
                        condition=models.Q(is_current=True),
                        name="billing_fedbill_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(end_date__gt=models.F("start_date"), open_minor__gte=0),
                        name="billing_fedbill_whole",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["account", "-end_date"],
                        condition=models.Q(is_current=True),
                        name="billing_fedbill_by_account",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FedPayment",
            fields=[
                _ID,
                (
                    "feed",
                    models.ForeignKey(
                        to="billing.feed",
                        on_delete=models.PROTECT,
                        related_name="+",
                        db_index=False,
                    ),
                ),
                ("number", models.TextField(db_collation="C")),
                ("digest", models.TextField(db_collation="C")),
                (
                    "account",
                    models.ForeignKey(
                        to="billing.billingaccount",
                        on_delete=models.PROTECT,
                        related_name="+",
                        db_index=False,
                    ),
                ),
                ("minor", models.BigIntegerField()),
                ("is_current", models.BooleanField(default=False)),
                ("recorded_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("bills", models.JSONField(default=list)),
                ("way", models.TextField(default="", blank=True)),
                ("is_reversed", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["feed", "number", "digest"], name="billing_fedpayment_version"
                    ),
                    models.UniqueConstraint(
                        fields=["feed", "number"],
                        condition=models.Q(is_current=True),
                        name="billing_fedpayment_current",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["account", "-received_at"],
                        condition=models.Q(is_current=True),
                        name="billing_fedpayment_by_account",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FedBalance",
            fields=[
                _ID,
                (
                    "feed",
                    models.ForeignKey(
                        to="billing.feed",
                        on_delete=models.PROTECT,
                        related_name="+",
                        db_index=False,
                    ),
                ),
                ("number", models.TextField(db_collation="C")),
                ("digest", models.TextField(db_collation="C")),
                (
                    "account",
                    models.ForeignKey(
                        to="billing.billingaccount",
                        on_delete=models.PROTECT,
                        related_name="+",
                        db_index=False,
                    ),
                ),
                ("minor", models.BigIntegerField()),
                ("is_current", models.BooleanField(default=False)),
                ("recorded_at", models.DateTimeField()),
                ("as_of", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["feed", "number", "digest"], name="billing_fedbalance_version"
                    ),
                    models.UniqueConstraint(
                        fields=["feed", "number"],
                        condition=models.Q(is_current=True),
                        name="billing_fedbalance_current",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["account"],
                        condition=models.Q(is_current=True),
                        name="billing_fedbalance_by_account",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Told",
            fields=[
                _ID,
                (
                    "delivery",
                    models.ForeignKey(
                        to="billing.delivery",
                        on_delete=models.PROTECT,
                        related_name="+",
                        db_index=False,
                    ),
                ),
                ("kind", models.TextField(db_collation="C")),
                ("version_id", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["delivery", "kind", "version_id"], name="billing_told_once"
                    )
                ],
                "indexes": [models.Index(fields=["kind", "version_id"], name="billing_told_by")],
            },
        ),
        migrations.CreateModel(
            name="FedStanding",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        to="billing.billingaccount",
                        on_delete=models.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                    ),
                ),
                (
                    "feed",
                    models.ForeignKey(
                        to="billing.feed",
                        on_delete=models.PROTECT,
                        related_name="+",
                        db_index=False,
                    ),
                ),
                ("open_minor", models.BigIntegerField()),
                ("free_minor", models.BigIntegerField()),
                ("balance_minor", models.BigIntegerField(null=True)),
                ("balance_as_of", models.DateTimeField(null=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("untold", "No balance was sent"),
                            ("behind", "The balance is older than the rows"),
                            ("agrees", "Agrees"),
                            ("differs", "Differs"),
                        ]
                    ),
                ),
                ("owed_minor", models.BigIntegerField()),
                ("ahead_minor", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            open_minor__gte=0,
                            free_minor__gte=0,
                            owed_minor__gte=0,
                            ahead_minor__gte=0,
                        ),
                        name="billing_fedstanding_whole",
                    )
                ],
                "indexes": [
                    models.Index(
                        fields=["feed", "account"],
                        condition=models.Q(state="differs"),
                        name="billing_fedstanding_differs",
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
