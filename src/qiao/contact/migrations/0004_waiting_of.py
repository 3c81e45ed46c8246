"""What waits is found by its subject."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contact', '0003_agents'),
        ('customers', '0010_defaults'),
        ('staff', '0005_absence_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='waiting',
            index=models.Index(fields=['subject_kind', 'subject_id'], name='contact_waiting_of'),
        ),
    ]
