"""Accounts handed over, and how far ahead that may be planned."""

import django.db.models.deletion
from django.db import migrations, models


SQL = """
INSERT INTO core_setting (key, organisation_id, region, valid, value, source, changed_at)
VALUES ('customers.move_ahead_days', NULL, '', daterange('2000-01-01', NULL), '60',
        'Company rule: a hand-over of an account is entered at most 60 days ahead', now())
"""
UNDO = "DELETE FROM core_setting WHERE key = 'customers.move_ahead_days'"


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_tables'),
        ('customers', '0020_segments_touched'),
        ('staff', '0004_regions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.TextField(db_collation='C')),
                ('hand_over_date', models.DateField()),
                ('final_reading', models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                ('opening_reading', models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                ('forwarding_address', models.TextField(blank=True, default='')),
                ('forwarding_phone', models.TextField(blank=True, db_collation='C', default='')),
                ('note', models.TextField(blank=True, default='')),
                ('made_at', models.DateTimeField()),
                ('made_date', models.DateField()),
                ('made_by_id', models.BigIntegerField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by_id', models.BigIntegerField(null=True)),
                ('undo_reason', models.TextField(blank=True, default='')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='customers.account')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='MoveParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.TextField(choices=[('left', 'Moves out'), ('came', 'Moves in')])),
                ('party_id', models.BigIntegerField()),
                ('role', models.TextField(choices=[('owner', 'Owner'), ('occupant', 'Occupant'), ('payer', 'Payer'), ('contact', 'Contact person')])),
                ('until_before', models.DateField(null=True)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='customers.customer')),
                ('move', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='customers.move')),
            ],
        ),
        migrations.AddIndex(
            model_name='move',
            index=models.Index(fields=['account', 'hand_over_date'], name='customers_move_account'),
        ),
        migrations.AddConstraint(
            model_name='move',
            constraint=models.UniqueConstraint(fields=('number',), name='customers_move_number'),
        ),
        migrations.AddConstraint(
            model_name='move',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('final_reading__isnull', True), ('final_reading__gte', 0), _connector='OR'), models.Q(('opening_reading__isnull', True), ('opening_reading__gte', 0), _connector='OR')), name='customers_move_readings'),
        ),
        migrations.AddConstraint(
            model_name='move',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('undo_reason', ''), ('undone_at__isnull', True)), models.Q(('undone_at__isnull', False), models.Q(('undo_reason', ''), _negated=True)), _connector='OR'), name='customers_move_undone_whole'),
        ),
        migrations.AddIndex(
            model_name='moveparty',
            index=models.Index(fields=['customer'], name='customers_moveparty_customer'),
        ),
        migrations.AddConstraint(
            model_name='moveparty',
            constraint=models.UniqueConstraint(fields=('move', 'party_id'), name='customers_moveparty_once'),
        ),
        migrations.AddConstraint(
            model_name='moveparty',
            constraint=models.CheckConstraint(condition=models.Q(('side__in', ['left', 'came'])), name='customers_moveparty_side'),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
