"""Old rows of bills and of the ledger keep to the constraints of 0019; nobody is kept from
writing."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0019_balances_taken_over")]
    operations = [
        ValidateConstraint("posting", "billing_posting_event"),
        ValidateConstraint("entry", "billing_entry_whole"),
        ValidateConstraint("bill", "billing_bill_days"),
    ]
