"""More ways in which two cases belong together."""

from django.db import migrations, models

KINDS = ["related", "duplicate", "caused_by", "follows", "split"]


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_recounts")]
    operations = [
        migrations.AlterField(
            "caselink",
            "kind",
            models.TextField(choices=[(kind, kind.replace("_", " ").title()) for kind in KINDS]),
        ),
    ]
