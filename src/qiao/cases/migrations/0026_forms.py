"""A case keeps the version of the form that it was opened with."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0025_closed_by_unit")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="form",
            field=models.ForeignKey(
                null=True,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.processversion",
            ),
        ),
    ]
