"""A colour for everybody: the rarest when they come, so that people who work together can be told apart."""

from itertools import cycle
from typing import Any

from django.db import migrations, models

HUES = ("blue", "orange", "violet", "green", "pink", "yellow", "grey")


def give_hues(apps: Any, schema_editor: Any) -> None:
    users = apps.get_model("accounts", "User").objects.order_by("date_joined", "id")
    for user, hue in zip(users, cycle(HUES), strict=False):
        user.hue = hue
        user.save(update_fields=["hue"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField("user", "hue", models.CharField(blank=True, default="", max_length=10)),
        migrations.RunPython(give_hues, migrations.RunPython.noop),
    ]
