"""Tariffs and their dated versions."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Tariff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pack', models.TextField(blank=True, db_collation='C', default='')),
                ('key', models.TextField(db_collation='C')),
                ('service', models.TextField(db_collation='C')),
                ('names', models.JSONField()),
                ('inputs', models.JSONField(default=dict)),
                ('owners', models.JSONField(default=dict)),
                ('place', models.SmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('pack', 'key'), name='billing_tariff_once'), models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]{0,59}$')), name='billing_tariff_key'), models.CheckConstraint(condition=models.Q(('service', ''), _negated=True), name='billing_tariff_service')],
            },
        ),
        migrations.CreateModel(
            name='TariffVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('definition', models.JSONField()),
                ('source', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('tariff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='billing.tariff')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('tariff', 'valid_from'), name='billing_tariffversion_once'), models.CheckConstraint(condition=models.Q(('definition__has_keys', ['currency', 'unit', 'charges'])), name='billing_tariffversion_whole')],
            },
        ),
    ]
