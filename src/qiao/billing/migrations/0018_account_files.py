"""Files by which the billing of accounts begins."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0017_invoices'),
        ('staff', '0006_unit_address'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.TextField()),
                ('size_bytes', models.BigIntegerField()),
                ('format', models.TextField(default='')),
                ('header', models.JSONField(default=list)),
                ('samples', models.JSONField(default=list)),
                ('mapping', models.JSONField(default=dict)),
                ('failure', models.TextField(default='')),
                ('failure_detail', models.TextField(default='')),
                ('is_on_disk', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('digest', models.TextField(db_collation='C', default='')),
                ('findings', models.JSONField(default=dict)),
                ('checked_rows', models.IntegerField(default=0)),
                ('read_count', models.IntegerField(default=0)),
                ('refused_count', models.IntegerField(default=0)),
                ('created_by_id', models.BigIntegerField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('state', models.TextField(choices=[('mapping', 'Columns to be named'), ('checking', 'Being checked'), ('checked', 'Checked'), ('failed', 'Unreadable'), ('discarded', 'Removed'), ('running', 'Being taken in'), ('done', 'Taken in')])),
                ('taken_count', models.IntegerField(default=0)),
                ('known_count', models.IntegerField(default=0)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='RefusedAccount',
            fields=[
                ('pk', models.CompositePrimaryKey('file_id', 'row_number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('row_number', models.IntegerField()),
                ('account_number', models.TextField(default='')),
                ('faults', models.JSONField(default=list)),
                ('file', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='refused', to='billing.accountfile')),
            ],
        ),
        migrations.AddIndex(
            model_name='accountfile',
            index=models.Index(fields=['organisation', '-id'], name='billing_accountfile_list'),
        ),
        migrations.AddConstraint(
            model_name='accountfile',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['mapping', 'checking', 'checked', 'failed', 'discarded', 'running', 'done'])), name='billing_accountfile_state'),
        ),
    ]
