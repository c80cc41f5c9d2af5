"""The account log is guarded like the record it stands beside."""

from importlib import import_module

from django.db import migrations

guard = import_module("taizhang.ledger.migrations.0002_guards").guard


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_cell_now"), ("org", "0006_person_sort_keys")]
    operations = [guard("account_log")]
