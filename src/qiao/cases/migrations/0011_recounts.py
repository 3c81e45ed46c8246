"""Changes on their way to the cases that are open."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0010_risk'),
        ('staff', '0006_notices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Recount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.TextField(choices=[('calendar', 'Calendar'), ('promises', 'Promises')])),
                ('key', models.TextField()),
                ('number', models.BigIntegerField()),
                ('state', models.TextField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('overtaken', 'Overtaken')], default='waiting')),
                ('not_before', models.DateTimeField()),
                ('total', models.IntegerField(default=0)),
                ('told', models.IntegerField(default=0)),
                ('moved', models.IntegerField(default=0)),
                ('became_late', models.IntegerField(default=0)),
                ('cursor', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'not_before'], name='cases_recount_due')],
                'constraints': [models.UniqueConstraint(fields=('cause', 'key', 'number'), name='cases_recount_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), ('finished_at__isnull', False), _connector='OR'), name='cases_recount_done_whole')],
            },
        ),
    ]
