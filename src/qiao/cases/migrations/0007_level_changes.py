from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_paused")]
    operations = [
        migrations.RemoveIndex(model_name="case", name="cases_level_changes"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["level_changes_at"],
                condition=Q(closed_at__isnull=True, level_changes_at__isnull=False),
                name="cases_level_changes",
            ),
        ),
    ]
