from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0005_raised_in_queue")]

    operations = [
        migrations.AddField(
            model_name="waiting",
            name="not_before",
            field=models.DateTimeField(null=True),
        ),
    ]
