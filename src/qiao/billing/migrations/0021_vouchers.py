"""Deposits taken at the counter, and money given out of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0020_balances_checked'),
        ('core', '0005_numbers'),
        ('staff', '0006_unit_address'),
    ]

    operations = [
        migrations.CreateModel(
            name='Voucher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.TextField(db_collation='C')),
                ('kind', models.TextField(choices=[('deposit_taken', 'Deposit taken'), ('deposit_returned', 'Deposit given back'), ('prepaid_refunded', 'Paid ahead, paid out')])),
                ('means', models.TextField(choices=[('cash', 'Cash'), ('card', 'Bank card'), ('transfer', 'Transfer'), ('online', 'Online')])),
                ('slip', models.TextField(blank=True, db_collation='C', default='')),
                ('currency', models.TextField(db_collation='C')),
                ('minor', models.BigIntegerField()),
                ('reason', models.TextField(blank=True, default='')),
                ('key', models.TextField(db_collation='C')),
                ('made_at', models.DateTimeField()),
                ('booked_date', models.DateField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.billingaccount')),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.approval')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                ('posting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='voucher', to='billing.posting')),
                ('shift', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='vouchers', to='billing.cashiershift')),
            ],
            options={
                'indexes': [models.Index(fields=['account', '-made_at'], name='billing_voucher_by_account'), models.Index(fields=['organisation', 'booked_date'], name='billing_voucher_by_day')],
                'constraints': [models.UniqueConstraint(fields=('number',), name='billing_voucher_number'), models.UniqueConstraint(fields=('key',), name='billing_voucher_once'), models.UniqueConstraint(condition=models.Q(('kind', 'deposit_taken'), models.Q(('slip', ''), _negated=True)), fields=('account', 'means', 'slip'), name='billing_voucher_slip_once'), models.CheckConstraint(condition=models.Q(('minor__gt', 0), models.Q(('key', ''), _negated=True)), name='billing_voucher_whole'), models.CheckConstraint(condition=models.Q(models.Q(('approval__isnull', True), ('kind', 'deposit_taken')), models.Q(('approval__isnull', False), models.Q(('reason', ''), _negated=True), models.Q(('kind', 'deposit_taken'), _negated=True)), _connector='OR'), name='billing_voucher_agreed'), models.CheckConstraint(condition=models.Q(models.Q(('means', 'cash'), _negated=True), ('shift__isnull', False), _connector='OR'), name='billing_voucher_cash_in_drawer')],
            },
        ),
    ]
