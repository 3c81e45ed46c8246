"""Summary bills: whose bills are collected, the documents with their bills, payments for them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
CHANNELS = [("counter", "Counter"), ("bank", "Bank"), ("direct_debit", "Direct debit"), ("wechat", "WeChat Pay"), ("alipay", "Alipay"), ("taken_over", "Taken over from another system")]


def _to(model, **more):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0012_budget_checked"),
        ("customers", "0011_said_without_staff"),
        ("staff", "0005_absence_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Collecting",
            fields=[
                ID,
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                ("created_by", _to(settings.AUTH_USER_MODEL, db_index=False, related_name="+")),
                ("customer", _to("customers.customer", related_name="+")),
                ("organisation", _to("staff.organisation", db_index=False, related_name="+")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(condition=Q(("until__isnull", True)), fields=("customer",), name="billing_collecting_one"),
                    models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="billing_collecting_days"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SummaryBill",
            fields=[
                ID,
                ("number", models.TextField(db_collation="C")),
                ("issued_date", models.DateField()),
                ("currency", models.TextField(db_collation="C")),
                ("recorded_at", models.DateTimeField()),
                ("customer", _to("customers.customer", related_name="+")),
                ("organisation", _to("staff.organisation", db_index=False, related_name="+")),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "-issued_date", "-id"], name="billing_summary_by_unit")],
                "constraints": [
                    models.UniqueConstraint(fields=("number",), name="billing_summary_number"),
                    models.UniqueConstraint(fields=("customer", "organisation", "issued_date", "currency"), name="billing_summary_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SummaryLine",
            fields=[
                ID,
                ("bill", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="summary_line", to="billing.bill")),
                ("summary", _to("billing.summarybill", related_name="lines")),
            ],
        ),
        migrations.CreateModel(
            name="SummaryPayment",
            fields=[
                ID,
                ("channel", models.TextField(choices=CHANNELS)),
                ("reference", models.TextField(db_collation="C")),
                ("minor", models.BigIntegerField()),
                ("received_at", models.DateTimeField()),
                ("summary", _to("billing.summarybill", related_name="payments")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("channel", "reference"), name="billing_summarypayment_once"),
                    models.CheckConstraint(condition=Q(minor__gt=0) & ~Q(reference=""), name="billing_summarypayment_whole"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SummaryPart",
            fields=[
                ID,
                ("payment", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="summary_part", to="billing.payment")),
                ("whole", _to("billing.summarypayment", related_name="parts")),
            ],
        ),
    ]
