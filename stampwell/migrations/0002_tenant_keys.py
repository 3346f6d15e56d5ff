"""The real keys of the tenants' tables, and events in monthly partitions."""

from django.db import migrations

from stampwell.tenancy import TenantKeys

EVENT = [
    "DROP TABLE event",
    """
    CREATE TABLE event (
        merchant_id uuid NOT NULL,
        at timestamptz NOT NULL,
        id uuid NOT NULL,
        type varchar(40) NOT NULL,
        location_id uuid,
        card_id uuid,
        voucher_id uuid,
        data jsonb NOT NULL,
        sequence bigint,
        PRIMARY KEY (merchant_id, at, id)
    ) PARTITION BY RANGE (at)
    """,
    "CREATE INDEX event_in_order ON event (merchant_id, sequence)",
    "CREATE INDEX event_by_card ON event (merchant_id, card_id, at)",
    "CREATE INDEX event_waiting ON event (merchant_id, at) WHERE sequence IS NULL",
    "CREATE TABLE event_at_other_times PARTITION OF event DEFAULT",
]

CACHE = [
    """
    CREATE TABLE django_cache (
        cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
    )
    """,
    "CREATE INDEX django_cache_expires ON django_cache (expires)",
]


class Migration(migrations.Migration):
    while_serving = False
    locks = "all tables; the table `event` is made anew"
    dependencies = [("stampwell", "0001_initial")]

    operations = [
        TenantKeys("location"),
        TenantKeys("staff_member"),
        TenantKeys("picture"),
        TenantKeys("station", {"a_station_stands_at_a_location": ("location_id", "location")}),
        TenantKeys("api_key", {"an_api_key_acts_at_a_location": ("location_id", "location")}),
        TenantKeys("stored_answer", hot=True),
        TenantKeys("customer"),
        TenantKeys("consent", {"a_consent_is_a_customers": ("customer_id", "customer")}),
        TenantKeys("program"),
        TenantKeys("program_version", {"a_version_is_of_a_program": ("program_id", "program")}),
        TenantKeys("reward", {"a_reward_is_of_a_version": ("version_id", "program_version")}),
        TenantKeys(
            "milestone",
            {
                "a_milestone_is_of_a_version": ("version_id", "program_version"),
                "a_milestone_gives_a_reward": ("reward_id", "reward"),
            },
        ),
        TenantKeys(
            "card",
            {
                "a_card_is_of_a_program": ("program_id", "program"),
                "a_card_follows_a_version": ("version_id", "program_version"),
                "a_card_is_a_customers": ("customer_id", "customer"),
            },
        ),
        TenantKeys(
            "voucher",
            {
                "a_voucher_is_for_a_card": ("card_id", "card"),
                "a_voucher_gives_a_reward": ("reward_id", "reward"),
            },
        ),
        TenantKeys(
            "stamp",
            {"a_stamp_is_on_a_card": ("card_id", "card"), "an_undo_reverses_a_stamp": ("reverses_id", "stamp")},
            hot=True,
        ),
        TenantKeys("redemption", {"a_redemption_uses_a_voucher": ("voucher_id", "voucher")}, hot=True),
        TenantKeys("reversal", {"a_reversal_reverses_a_redemption": ("redemption_id", "redemption")}),
        TenantKeys("stamped_receipt", {"a_receipt_belongs_to_a_stamp": ("stamp_id", "stamp")}),
        TenantKeys(
            "reached_milestone",
            {
                "a_milestone_is_reached_by_a_card": ("card_id", "card"),
                "a_reached_milestone_gave_a_voucher": ("voucher_id", "voucher"),
            },
        ),
        TenantKeys("completed_round", {"a_round_is_of_a_card": ("card_id", "card")}),
        TenantKeys("event_feed"),
        # Where Django's shared cache lives, and with it the sign-in rate limits.
        migrations.RunSQL(CACHE, [migrations.RunSQL.noop]),
        migrations.RunSQL(EVENT, [migrations.RunSQL.noop]),
        # Rows that are updated in place leave room on their page for the next version of themselves.
        migrations.RunSQL(["ALTER TABLE card SET (fillfactor = 70)"], [migrations.RunSQL.noop]),
        migrations.RunSQL(["ALTER TABLE voucher SET (fillfactor = 80)"], [migrations.RunSQL.noop]),
    ]
