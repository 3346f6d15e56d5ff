"""Rewards by lot: the prizes of a draw, the chain of its seeds, and what was drawn."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


def _id() -> tuple[str, models.UUIDField]:
    return "id", models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False)


def _names(to: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=f"stampwell.{to}",
    )


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reward` for a moment, also for the key of the new tables; `program` and `merchant` for theirs"
    dependencies = [("stampwell", "0121_vouchers_that_await_a_visit")]

    operations = [
        migrations.AddField("reward", "minimum_age", models.SmallIntegerField(null=True)),
        migrations.CreateModel(
            name="Prize",
            fields=[
                _id(),
                ("place", models.SmallIntegerField()),
                ("odds", models.SmallIntegerField()),
                ("most_a_day", models.IntegerField(null=True)),
                ("stock", models.IntegerField(null=True)),
                ("draw", _names("reward")),
                ("merchant", _names("merchant")),
                ("reward", _names("reward")),
            ],
            options={
                "db_table": "prize",
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "draw", "place"), name="one_prize_in_each_place")
                ],
            },
        ),
        TenantKeys(
            "prize", {"a_prize_is_of_a_draw": ("draw_id", "reward"), "a_prize_is_a_reward": ("reward_id", "reward")}
        ),
        migrations.CreateModel(
            name="DrawChain",
            fields=[
                _id(),
                ("begins", models.DateField()),
                ("days", models.SmallIntegerField()),
                ("commitment", models.BinaryField()),
                ("secret", models.BinaryField()),
                ("drawn", models.IntegerField(default=0)),
                ("last_day", models.DateField()),
                ("merchant", _names("merchant")),
                ("program", _names("program")),
            ],
            options={
                "db_table": "draw_chain",
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "program", "begins"), name="one_chain_begins_on_a_day")
                ],
            },
        ),
        TenantKeys("draw_chain", {"a_chain_of_seeds_is_a_programs": ("program_id", "program")}),
        migrations.CreateModel(
            name="Draw",
            fields=[
                _id(),
                ("number", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("day", models.DateField()),
                ("card_id", models.UUIDField()),
                ("round", models.IntegerField()),
                ("stamps", models.IntegerField()),
                ("seed_day", models.DateField()),
                ("value", models.SmallIntegerField()),
                ("drawn", models.SmallIntegerField()),
                ("given", models.SmallIntegerField()),
                ("known_as", models.TextField()),
                ("why", models.CharField(blank=True, max_length=5)),
                ("repeats", models.IntegerField(null=True)),
                ("voucher_id", models.UUIDField()),
                ("taken_back_after", models.IntegerField(null=True)),
                ("merchant", _names("merchant")),
                ("program", _names("program")),
                ("reward", _names("reward")),
            ],
            options={
                "db_table": "draw",
                "indexes": [
                    models.Index(fields=["merchant", "program", "known_as", "day"], name="draw_by_prize"),
                    models.Index(fields=["merchant", "program", "day"], name="draw_by_day"),
                    models.Index(fields=["merchant", "card_id"], name="draw_by_card"),
                    models.Index(fields=["merchant", "voucher_id"], name="draw_by_voucher"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "program", "number"), name="a_number_names_one_draw")
                ],
            },
        ),
        TenantKeys(
            "draw", {"a_draw_is_a_programs": ("program_id", "program"), "a_draw_is_of_a_reward": ("reward_id", "reward")}
        ),
    ]
