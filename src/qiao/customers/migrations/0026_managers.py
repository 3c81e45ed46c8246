"""Customer managers: dated assignments, hand-overs, visit plans and visits."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0025_tags'),
        ('staff', '0004_regions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HandOverOfCustomers',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('reason', models.TextField()),
                ('note', models.TextField(blank=True, default='')),
                ('customer_count', models.IntegerField()),
                ('made_at', models.DateTimeField()),
                ('made_by_id', models.BigIntegerField(null=True)),
                ('from_manager', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                ('to_manager', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='HandedOver',
            fields=[
                ('pk', models.CompositePrimaryKey('hand_over_id', 'customer_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('hand_over', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='handed', to='customers.handoverofcustomers')),
            ],
        ),
        migrations.CreateModel(
            name='ManagerAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('reason', models.TextField(blank=True, default='')),
                ('end_reason', models.TextField(blank=True, default='')),
                ('assigned_at', models.DateTimeField()),
                ('assigned_by_id', models.BigIntegerField(null=True)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='manager_assignments', to='customers.customer')),
                ('hand_over', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.handoverofcustomers')),
                ('manager', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='VisitPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('every_months', models.SmallIntegerField(choices=[(1, 'Every month'), (2, 'Every two months'), (3, 'Every quarter'), (6, 'Twice a year'), (12, 'Once a year')])),
                ('due_date', models.DateField()),
                ('purpose', models.TextField(blank=True, default='')),
                ('changed_at', models.DateTimeField()),
                ('changed_by_id', models.BigIntegerField(null=True)),
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='visit_plan', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='CustomerVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.TextField(choices=[('planned', 'Planned'), ('done', 'Done'), ('skipped', 'Left out')], default='planned')),
                ('date', models.DateField()),
                ('first_date', models.DateField()),
                ('topic', models.TextField()),
                ('how', models.TextField(choices=[('on_site', 'At their place'), ('office', 'At our office'), ('phone', 'By telephone'), ('video', 'By video')], default='on_site')),
                ('result', models.TextField(blank=True, choices=[('fine', 'All well'), ('wish', 'Has a wish'), ('concern', 'Has a concern'), ('absent', 'Nobody met')], default='')),
                ('note', models.TextField(blank=True, default='')),
                ('next_step', models.TextField(blank=True, default='')),
                ('reason', models.TextField(blank=True, default='')),
                ('made_at', models.DateTimeField()),
                ('made_by_id', models.BigIntegerField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='customers.customer')),
                ('manager', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['customer', 'id'], name='customers_visit_of'), models.Index(fields=['manager', 'date'], name='customers_visit_manager')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'planned')), fields=('customer',), name='customers_visit_one_ahead'), models.CheckConstraint(condition=models.Q(('topic', ''), _negated=True), name='customers_visit_topic'), models.CheckConstraint(condition=models.Q(('how__in', ['on_site', 'office', 'phone', 'video'])), name='customers_visit_how'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('result', ''), ('state', 'planned')), models.Q(('closed_at__isnull', False), ('result__in', ['fine', 'wish', 'concern', 'absent']), ('state', 'done')), models.Q(('closed_at__isnull', False), ('result', ''), ('state', 'skipped'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='customers_visit_state')],
            },
        ),
        migrations.AddConstraint(
            model_name='handoverofcustomers',
            constraint=models.CheckConstraint(condition=models.Q(('from_manager', models.F('to_manager')), _negated=True), name='customers_handover_another'),
        ),
        migrations.AddConstraint(
            model_name='handoverofcustomers',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='customers_handover_reason'),
        ),
        migrations.AddIndex(
            model_name='handedover',
            index=models.Index(fields=['customer'], name='customers_handed_customer'),
        ),
        migrations.AddIndex(
            model_name='managerassignment',
            index=models.Index(fields=['manager'], name='customers_manager_of'),
        ),
        migrations.AddConstraint(
            model_name='managerassignment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('customer', '='), ('period', '&&')], name='customers_manager_one'),
        ),
        migrations.AddConstraint(
            model_name='managerassignment',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='customers_manager_period'),
        ),
        migrations.AddConstraint(
            model_name='visitplan',
            constraint=models.CheckConstraint(condition=models.Q(('every_months__in', [1, 2, 3, 6, 12])), name='customers_visitplan_rhythm'),
        ),
    ]
