from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('cases', '0007_answers_searched')]

    operations = [
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['case_type', 'priority', 'id'], name='cases_open_by_type'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['channel', 'priority', 'id'], name='cases_open_by_channel'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['case_type', 'priority', 'id'], name='cases_closed_by_type'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['channel', 'priority', 'id'], name='cases_closed_by_channel'),
        ),
    ]
