"""Calls that follow poor answers to surveys."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0006_surveys'),
        ('staff', '0006_unit_address'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SurveyCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.SmallIntegerField()),
                ('state', models.TextField(choices=[('open', 'To be called'), ('reached', 'Spoken with'), ('refused', 'Did not want to talk'), ('unreached', 'Not reached'), ('withdrawn', 'Gave a better answer')], default='open')),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('attempt_count', models.SmallIntegerField(default=0)),
                ('tried_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True, default='')),
                ('finished_at', models.DateTimeField(null=True)),
                ('finished_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invitation', models.OneToOneField(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='call', to='feedback.surveyinvitation')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['organisation', 'due_at', 'id'], name='feedback_surveycall_due'), models.Index(condition=models.Q(('finished_at__isnull', False)), fields=['organisation', '-finished_at', '-id'], name='feedback_surveycall_done')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state', 'open')), models.Q(('finished_at__isnull', False), ('state__in', ['reached', 'refused', 'unreached', 'withdrawn'])), _connector='OR'), name='feedback_surveycall_ends')],
            },
        ),
    ]
