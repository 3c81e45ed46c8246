"""Messages of which their receiver wants no more say so to mail programs."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0002_kept_counts'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='stop_url',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
    ]
