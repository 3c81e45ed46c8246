"""Units close on a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0004_regions")]
    operations = [
        migrations.AddField(
            model_name="organisation",
            name="closed_date",
            field=models.DateField(null=True),
        ),
    ]
