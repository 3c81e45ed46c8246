"""The tables of work orders."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from qiao.core.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("dispatch", "0003_answers"),
        ("dispatch", "0004_due_at"),
    ]
    dependencies = [
        ("cases", "0001_initial"),
        ("staff", "0003_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name='WorkOrder',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(unique=True)),
                        ('entered_seq', models.IntegerField()),
                        ('state', models.TextField(choices=[('planned', 'Unassigned'), ('assigned', 'Assigned'), ('accepted', 'Accepted'), ('travelling', 'On the way'), ('arrived', 'On site'), ('suspended', 'Suspended'), ('refused', 'Refused'), ('returned', 'Handed back'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='planned')),
                        ('hold', models.TextField(blank=True, choices=[('', ''), ('parts', 'Waiting for parts'), ('absent', 'Customer not at home'), ('access', 'No access to the place'), ('permit', 'Waiting for a permit'), ('weather', 'Weather or safety'), ('other', 'Other reason')], default='')),
                        ('reason', models.TextField(blank=True, default='')),
                        ('place', models.TextField(blank=True, default='')),
                        ('latitude', models.FloatField(null=True)),
                        ('longitude', models.FloatField(null=True)),
                        ('datum', models.TextField(blank=True, default='')),
                        ('sheet', models.JSONField(default=dict)),
                        ('checks', models.JSONField(default=dict)),
                        ('readings', models.JSONField(default=dict)),
                        ('note', models.TextField(blank=True, default='')),
                        ('no_photo_reason', models.TextField(blank=True, default='')),
                        ('no_signature_reason', models.TextField(blank=True, default='')),
                        ('promised_at', models.DateTimeField(null=True)),
                        ('created_at', models.DateTimeField()),
                        ('state_since', models.DateTimeField()),
                        ('arrived_at', models.DateTimeField(null=True)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('event_seq', models.IntegerField(default=0)),
                        ('version', models.IntegerField(default=1)),
                        ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                        ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('technician', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('answers', models.JSONField(default=dict)),
                        ('due_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'indexes': [
                            models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['technician', 'id'], name='dispatch_open_by_technician'),
                            models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['team', 'id'], name='dispatch_open_by_team'),
                            models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['organisation', 'id'], name='dispatch_open_by_unit'),
                            models.Index(condition=models.Q(('finished_at__isnull', False)), fields=['technician', 'finished_at'], name='dispatch_done_by_technician'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('case', 'entered_seq'), name='dispatch_workorder_once_a_visit'),
                            models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'assigned', 'accepted', 'travelling', 'arrived', 'suspended', 'refused', 'returned', 'done', 'cancelled'])), name='dispatch_workorder_state'),
                            models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ['done', 'cancelled'])), models.Q(models.Q(('state__in', ['done', 'cancelled']), _negated=True), ('finished_at__isnull', True)), _connector='OR'), name='dispatch_workorder_finished_whole'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['planned', 'refused', 'returned']), ('technician__isnull', True)), ('state', 'cancelled'), models.Q(models.Q(('state__in', ['planned', 'refused', 'returned', 'cancelled']), _negated=True), ('technician__isnull', False)), _connector='OR'), name='dispatch_workorder_held'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state', 'suspended'), models.Q(('hold', ''), _negated=True)), models.Q(models.Q(('state', 'suspended'), _negated=True), ('hold', '')), _connector='OR'), name='dispatch_workorder_hold'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refused', 'returned']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='dispatch_workorder_reason'),
                            models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='dispatch_workorder_located'),
                            models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), ('finished_at__gte', models.F('created_at')), _connector='OR'), name='dispatch_workorder_finished_after'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='WorkOrderEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seq', models.IntegerField()),
                        ('kind', models.TextField()),
                        ('state', models.TextField(choices=[('planned', 'Unassigned'), ('assigned', 'Assigned'), ('accepted', 'Accepted'), ('travelling', 'On the way'), ('arrived', 'On site'), ('suspended', 'Suspended'), ('refused', 'Refused'), ('returned', 'Handed back'), ('done', 'Done'), ('cancelled', 'Cancelled')])),
                        ('at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField()),
                        ('latitude', models.FloatField(null=True)),
                        ('longitude', models.FloatField(null=True)),
                        ('accuracy_m', models.IntegerField(null=True)),
                        ('data', models.JSONField(default=dict)),
                        ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('work_order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='dispatch.workorder')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('work_order', 'seq'), name='dispatch_event_once'),
                            models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='dispatch_event_located'),
                        ],
                    },
                ),
            ]
        ),
    ]
