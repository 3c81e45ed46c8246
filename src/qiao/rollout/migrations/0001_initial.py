"""The tables of pilots and what staff say of them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from qiao.core.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("cases", "0001_initial"),
        ("staff", "0003_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name='Pilot',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('title', models.TextField()),
                        ('features', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                        ('aim', models.TextField()),
                        ('since', models.DateField()),
                        ('until', models.DateField()),
                        ('evaluation', models.TextField(default='')),
                        ('evaluated_at', models.DateTimeField(null=True)),
                        ('decision', models.TextField(choices=[('go_on', 'Go On'), ('widen', 'Widen'), ('stop', 'Stop')], default='')),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('created_at', models.DateTimeField()),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('evaluated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='rollout_pilot_days'),
                            models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decision', '')), models.Q(models.Q(('decision', ''), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='rollout_pilot_decided_whole'),
                            models.CheckConstraint(condition=models.Q(models.Q(('evaluated_at__isnull', True), ('evaluation', '')), models.Q(models.Q(('evaluation', ''), _negated=True), ('evaluated_at__isnull', False)), _connector='OR'), name='rollout_pilot_evaluated_whole'),
                            models.CheckConstraint(condition=models.Q(models.Q(('features', []), _negated=True), models.Q(('title', ''), _negated=True), models.Q(('aim', ''), _negated=True)), name='rollout_pilot_says_what'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='PilotHelper',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('pilot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='helpers', to='rollout.pilot')),
                        ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('pilot', 'staff'), name='rollout_pilot_helper_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='PilotUnit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('pilot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='units', to='rollout.pilot')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('pilot', 'unit'), name='rollout_pilot_unit_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Remark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('wrong', 'Wrong'), ('idea', 'Idea'), ('praise', 'Praise')], default='')),
                        ('feature', models.TextField(default='')),
                        ('page', models.TextField(default='')),
                        ('path', models.TextField(default='')),
                        ('created_at', models.DateTimeField()),
                        ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cases.case')),
                        ('pilot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='rollout.pilot')),
                        ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['staff', '-id'], name='rollout_remark_own'),
                            models.Index(fields=['feature', '-id'], name='rollout_remark_feature'),
                        ],
                    },
                ),
            ]
        ),
    ]
