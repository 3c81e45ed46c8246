"""Who else holds a content: asked when one is let go of, and of every stray file by night."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0006_retention")]

    operations = [
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["sha256"], name="core_attachment_content"),
        ),
    ]
