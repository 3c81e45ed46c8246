"""Bills, payments and the sub-ledger: their tables."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0001_initial'),
        ('customers', '0011_said_without_staff'),
        ('staff', '0005_absence_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BillingAccount',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='customers.account')),
                ('currency', models.TextField(db_collation='C')),
                ('months', models.SmallIntegerField(default=1)),
                ('opened_date', models.DateField()),
                ('billed_until', models.DateField()),
                ('closed_date', models.DateField(null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Bill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.TextField(db_collation='C')),
                ('kind', models.TextField(choices=[('regular', 'Bill'), ('final', 'Final bill'), ('taken_over', 'Taken over from another system')], default='regular')),
                ('state', models.TextField(choices=[('issued', 'Issued'), ('reversed', 'Taken back')], default='issued')),
                ('start_date', models.DateField()),
                ('end_date', models.DateField()),
                ('issued_date', models.DateField()),
                ('due_date', models.DateField()),
                ('currency', models.TextField(db_collation='C')),
                ('total_minor', models.BigIntegerField()),
                ('unit', models.TextField(blank=True, default='')),
                ('usage', models.DecimalField(decimal_places=6, max_digits=20, null=True)),
                ('is_estimated', models.BooleanField(default=False)),
                ('facts', models.JSONField(default=dict)),
                ('reversed_date', models.DateField(null=True)),
                ('reversal_reason', models.TextField(blank=True, default='')),
                ('recorded_at', models.DateTimeField()),
                ('before', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='billing.bill')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.billingaccount')),
            ],
        ),
        migrations.CreateModel(
            name='BillingTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('labels', models.JSONField(default=dict)),
                ('numbers', models.JSONField(default=dict)),
                ('reason', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.billingaccount')),
                ('tariff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.tariff')),
            ],
        ),
        migrations.CreateModel(
            name='BillLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.SmallIntegerField()),
                ('part', models.SmallIntegerField()),
                ('version_id', models.BigIntegerField(null=True)),
                ('charge', models.TextField(db_collation='C')),
                ('owner', models.TextField(db_collation='C')),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=20, null=True)),
                ('price', models.DecimalField(decimal_places=6, max_digits=16, null=True)),
                ('minor', models.BigIntegerField()),
                ('adds', models.BooleanField(default=True)),
                ('bill', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.bill')),
            ],
        ),
        migrations.CreateModel(
            name='CashierShift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.TextField(db_collation='C')),
                ('booked_date', models.DateField()),
                ('opened_at', models.DateTimeField()),
                ('float_minor', models.BigIntegerField(default=0)),
                ('closed_at', models.DateTimeField(null=True)),
                ('expected_minor', models.BigIntegerField(null=True)),
                ('counted_minor', models.BigIntegerField(null=True)),
                ('note', models.TextField(blank=True, default='')),
                ('cashier', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='ClosedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('closed_at', models.DateTimeField()),
                ('totals', models.JSONField()),
                ('closed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.TextField(choices=[('bill_issued', 'BILL_ISSUED'), ('payment_received', 'PAYMENT_RECEIVED'), ('credit_moved', 'CREDIT_MOVED'), ('prepaid_applied', 'PREPAID_APPLIED'), ('prepaid_refunded', 'PREPAID_REFUNDED'), ('prepaid_transferred', 'PREPAID_TRANSFERRED'), ('late_fee_charged', 'LATE_FEE_CHARGED'), ('late_fee_waived', 'LATE_FEE_WAIVED'), ('deposit_taken', 'DEPOSIT_TAKEN'), ('deposit_applied', 'DEPOSIT_APPLIED'), ('deposit_returned', 'DEPOSIT_RETURNED'), ('suspense_received', 'SUSPENSE_RECEIVED'), ('suspense_matched', 'SUSPENSE_MATCHED'), ('suspense_returned', 'SUSPENSE_RETURNED'), ('written_off', 'WRITTEN_OFF'), ('recovered', 'RECOVERED'), ('shift_difference', 'SHIFT_DIFFERENCE')])),
                ('currency', models.TextField(db_collation='C')),
                ('booked_date', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('source', models.TextField(db_collation='C')),
                ('key', models.TextField(db_collation='C')),
                ('entry_count', models.IntegerField()),
                ('reason', models.TextField(blank=True, default='')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                ('recorded_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='billing.posting')),
            ],
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.TextField(db_collation='C')),
                ('channel', models.TextField(choices=[('counter', 'Counter'), ('bank', 'Bank'), ('direct_debit', 'Direct debit'), ('wechat', 'WeChat Pay'), ('alipay', 'Alipay'), ('taken_over', 'Taken over from another system')])),
                ('means', models.TextField(choices=[('cash', 'Cash'), ('card', 'Bank card'), ('transfer', 'Transfer'), ('online', 'Online')])),
                ('reference', models.TextField(db_collation='C')),
                ('currency', models.TextField(db_collation='C')),
                ('minor', models.BigIntegerField()),
                ('received_at', models.DateTimeField()),
                ('booked_date', models.DateField()),
                ('taken_back_reason', models.TextField(blank=True, default='')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.billingaccount')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                ('shift', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='billing.cashiershift')),
                ('posting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payment', to='billing.posting')),
                ('taken_back_by', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payment_taken_back', to='billing.posting')),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.IntegerField()),
                ('ledger', models.TextField(db_collation='C')),
                ('minor', models.BigIntegerField()),
                ('owner', models.TextField(db_collation='C', default='company')),
                ('kind', models.TextField(blank=True, db_collation='C', default='')),
                ('charge', models.TextField(blank=True, db_collation='C', default='')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.billingaccount')),
                ('bill', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='billing.bill')),
                ('posting', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='billing.posting')),
            ],
        ),
        migrations.AddField(
            model_name='cashiershift',
            name='difference',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.posting'),
        ),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ledger', models.TextField(db_collation='C')),
                ('bill_id', models.BigIntegerField(default=0)),
                ('owner', models.TextField(db_collation='C')),
                ('kind', models.TextField(blank=True, db_collation='C', default='')),
                ('minor', models.BigIntegerField()),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.billingaccount')),
            ],
        ),
        migrations.AddConstraint(
            model_name='billingaccount',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$'), ('months__range', (1, 12))), name='billing_account_whole'),
        ),
        migrations.AddConstraint(
            model_name='billingaccount',
            constraint=models.CheckConstraint(condition=models.Q(('billed_until__gte', models.F('opened_date'))), name='billing_account_days'),
        ),
        migrations.AddIndex(
            model_name='bill',
            index=models.Index(fields=['account', '-end_date'], name='billing_bill_by_account'),
        ),
        migrations.AddIndex(
            model_name='bill',
            index=models.Index(fields=['organisation', '-issued_date', '-id'], name='billing_bill_by_unit'),
        ),
        migrations.AddConstraint(
            model_name='bill',
            constraint=models.UniqueConstraint(fields=('number',), name='billing_bill_number'),
        ),
        migrations.AddConstraint(
            model_name='bill',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state', 'issued')), expressions=[('account', '='), (models.Func(models.F('start_date'), models.F('end_date'), function='daterange'), '&&')], name='billing_bill_one_for_a_day'),
        ),
        migrations.AddConstraint(
            model_name='bill',
            constraint=models.CheckConstraint(condition=models.Q(('due_date__gte', models.F('issued_date')), ('end_date__gt', models.F('start_date'))), name='billing_bill_days'),
        ),
        migrations.AddConstraint(
            model_name='bill',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reversed_date__isnull', True), ('state', 'issued')), models.Q(('reversed_date__isnull', False), ('state', 'reversed'), models.Q(('reversal_reason', ''), _negated=True)), _connector='OR'), name='billing_bill_reversed_whole'),
        ),
        migrations.AddConstraint(
            model_name='bill',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['regular', 'final', 'taken_over'])), name='billing_bill_kind'),
        ),
        migrations.AddConstraint(
            model_name='billingterms',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('account', '='), ('period', '&&')], name='billing_terms_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='billingterms',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='billing_terms_begin'),
        ),
        migrations.AddConstraint(
            model_name='billline',
            constraint=models.UniqueConstraint(fields=('bill', 'place'), name='billing_billline_once'),
        ),
        migrations.AddConstraint(
            model_name='closedday',
            constraint=models.UniqueConstraint(fields=('organisation', 'day'), name='billing_closedday_once'),
        ),
        migrations.AddIndex(
            model_name='posting',
            index=models.Index(fields=['organisation', 'booked_date'], name='billing_posting_by_day'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.UniqueConstraint(fields=('source', 'key'), name='billing_posting_once'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(('event__in', ['bill_issued', 'payment_received', 'credit_moved', 'prepaid_applied', 'prepaid_refunded', 'prepaid_transferred', 'late_fee_charged', 'late_fee_waived', 'deposit_taken', 'deposit_applied', 'deposit_returned', 'suspense_received', 'suspense_matched', 'suspense_returned', 'written_off', 'recovered', 'shift_difference'])), name='billing_posting_event'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('key', ''), _negated=True), ('entry_count__gte', 2)), name='billing_posting_whole'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='billing_posting_currency'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['account', '-received_at'], name='billing_payment_by_account'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['organisation', 'booked_date'], name='billing_payment_by_day'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(fields=('number',), name='billing_payment_number'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(fields=('channel', 'reference'), name='billing_payment_once'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('minor__gt', 0), models.Q(('reference', ''), _negated=True)), name='billing_payment_whole'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_back_by__isnull', True), ('taken_back_reason', '')), models.Q(('taken_back_by__isnull', False), models.Q(('taken_back_reason', ''), _negated=True)), _connector='OR'), name='billing_payment_taken_back_whole'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('ledger__in', ['receivable', 'prepaid', 'deposit'])), fields=['account', '-posting'], name='billing_entry_by_account'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('bill__isnull', False), ('ledger', 'receivable')), fields=['bill'], name='billing_entry_by_bill'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(fields=('posting', 'place'), name='billing_entry_once'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('minor', 0), _negated=True), ('ledger__in', ['receivable', 'prepaid', 'deposit', 'suspense', 'cash', 'bank', 'clearing', 'revenue', 'owed_to_owner', 'tax', 'late_fee', 'written_off', 'over_short'])), name='billing_entry_whole'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ledger__in', ['receivable', 'prepaid', 'deposit']), _negated=True), ('account__isnull', False), _connector='OR'), name='billing_entry_of_an_account'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ledger', 'receivable'), _negated=True), models.Q(('bill__isnull', False), ('kind__in', ['principal', 'interest', 'costs'])), _connector='OR'), name='billing_entry_owed_for_a_bill'),
        ),
        migrations.AddIndex(
            model_name='cashiershift',
            index=models.Index(fields=['organisation', 'booked_date'], name='billing_shift_by_day'),
        ),
        migrations.AddConstraint(
            model_name='cashiershift',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('cashier',), name='billing_shift_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='cashiershift',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('counted_minor__isnull', True)), models.Q(('closed_at__gte', models.F('opened_at')), ('counted_minor__gte', 0), ('expected_minor__isnull', False)), _connector='OR'), name='billing_shift_closed_whole'),
        ),
        migrations.AddConstraint(
            model_name='standing',
            constraint=models.UniqueConstraint(fields=('account', 'ledger', 'bill_id', 'owner', 'kind'), name='billing_standing_once'),
        ),
        migrations.AddConstraint(
            model_name='standing',
            constraint=models.CheckConstraint(condition=models.Q(('ledger', 'receivable'), ('minor__lte', 0), _connector='OR'), name='billing_standing_not_overdrawn'),
        ),
    ]
