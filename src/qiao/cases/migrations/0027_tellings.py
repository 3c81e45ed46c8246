import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0026_forms")]

    operations = [
        migrations.CreateModel(
            name="CaseTelling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("occasion", models.TextField()),
                ("mark", models.TextField()),
                ("noted_at", models.DateTimeField()),
                (
                    "state",
                    models.TextField(
                        choices=[("pending", "Pending"), ("told", "Told"), ("untold", "Untold")],
                        default="pending",
                    ),
                ),
                ("reason", models.TextField(blank=True, default="")),
                ("message_id", models.BigIntegerField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tellings",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["noted_at", "id"],
                        name="cases_casetelling_pending",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "occasion", "mark"), name="cases_casetelling_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "untold"), ("reason", ""), _connector="OR"),
                        name="cases_casetelling_reasoned",
                    ),
                ],
            },
        )
    ]
