"""Who said by which terms an account is billed, and why it is billed no more."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0015_fed_rows_placed"),
        ("staff", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "billingaccount", "end_reason", models.TextField(blank=True, default="", db_default="")
        ),
        migrations.AddField(
            "billingterms",
            "created_by",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="staff.staff",
            ),
        ),
    ]
