"""A shop in full swing, and the way to each of its pages: for tests that hold every page to a rule."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.earning import Purchase
from stampwell.cards.links import paper_mark
from stampwell.cards.merging import merge_customers
from stampwell.cards.models import RecoveryLink
from stampwell.cards.own_cards import name_own_card
from stampwell.cards.recovering_by_mail import ask_for_link
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now
from stampwell.customers.messages_link import no_messages_url
from stampwell.draws.chains import begin_chain
from stampwell.events.draining import put_in_order
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.insight.models import HandOnCard
from stampwell.insight.odd_months import read_odd_month
from stampwell.insight.seen_oddities import note_seen
from stampwell.merchants.changing import change_messages
from stampwell.merchants.enrolling import invite_station
from stampwell.merchants.hiring import invite_person
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Location, StaffMember
from stampwell.programs.saved_drafts import save_draft
from stampwell.receipts.claiming import claim_code
from stampwell.receipts.making import Wanted, codes_of, make_batch
from stampwell.tokens import new_secret, secret_hash
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.links import voucher_token
from stampwell.web.trials import trial_url
from tests.browser.chromium import Phone
from tests.following import follow_everything
from tests.imports.working import CY, PEOPLE, check, receive
from tests.offline.waiting import waiting_scan
from tests.protection.odd_team import odd_team, worked
from tests.reconciling.working import ask, hand_in, line_of, report_of, work
from tests.redeem_codes.test_making import make as make_here
from tests.redeem_codes.working import CODES, file_of, pool_of, stock
from tests.redeem_codes.working import check as check_codes
from tests.redeem_codes.working import receive as receive_codes
from tests.web.customer import agree_and_write
from tests.web.signing_in import sign_in as sign_in_client
from tests.world import HeldCard, Shop, open_lume


class Tour:
    """A shop in full swing, and the address of every page that somebody may open."""

    def __init__(self) -> None:
        self.shop = open_lume()
        week = {str(day): [["09:00", "13:00"], ["14:00", "02:00"]] for day in range(1, 8)}
        holiday = {"first_day": "2026-12-24", "last_day": "2026-12-26", "every_year": True, "name": "⟦…⟧"}
        Location.objects.update(opening_hours=week, holidays=[holiday])
        self.bo, self.station = self.shop.hire("Bo"), self.shop.scanner("Bo")[0].id
        change_messages(self.shop.merchant, writes_to_customers=True, actor=self.shop.actor)
        self.offer = self.shop.publish(asks_for=["name", "email", "birthday"], offer="⟦…⟧")
        self.card: HeldCard = self.offer.card(name="Cy")
        self.other_card = public_id("crd", self.offer.card(name="Di").id)
        add_stamp(self.shop.merchant, self.card.id, Purchase(count=12), actor=self.shop.actor)
        name_own_card(self.shop.merchant, self.bo.id, self.offer.card(name="Bo").id, actor=self.shop.actor)
        agree_and_write(self.card)
        put_in_order(self.shop.merchant.id)
        self.stamped = Event.objects.get(type="stamp.added").sequence
        self.invitations = {kind: self._invite(kind) for kind in ("scanner", "kiosk", "autopilot")}
        self.invited, self.link = invite_person(
            self.shop.merchant, email="eve@lume.example", name="⟦…⟧", role="manager", locale="en", by=self.shop.ada
        )
        self.draft = save_draft(
            self.shop.merchant, {}, name="⟦…⟧", program=self.offer.program, seen=None, actor=self.shop.actor
        )
        wanted = Wanted(program_id=self.offer.program.id, count=2)
        self.batch = make_batch(self.shop.merchant, wanted, size=2, name="⟦…⟧", actor=self.shop.actor)
        self.codes = list(codes_of(self.batch))
        claim_code(self.shop.merchant, self.codes[1], self.offer.card().id)
        self.pool = pool_of(self.shop, name="⟦…⟧", fallback_code="PLANB")
        self.codes_of_pool = stock(self.shop, self.pool, location_id=self.shop.location.id)
        self.code_files = [
            receive_codes(self.shop, self.pool, file_of(["", *CODES[:1], "NEW1"]), "⟦…⟧") for _file in range(2)
        ]
        check_codes(self.shop, self.pool, self.code_files[0])
        self.code_files.append(make_here(self.shop, self.pool).id)
        self.lost = self._lose_cards()
        self._work_oddly()
        self.merge = self._merge_two()
        self.received, self.checked = (receive(self.shop, PEOPLE + CY + "Di;;12;;;;\n") for _file in range(2))
        check(self.shop, self.offer, self.checked)
        self.report, self.compared, self.unclear = self._compare_reports()
        for reason in ("cooldown", "cooldown", "clock_not_believed"):
            believed = reason == "cooldown"
            waiting_scan(self.shop, self.card, reason=reason, clock_believed=believed, sender_id=self.station)
        voucher = self.card.open_vouchers[-1]
        waiting_scan(self.shop, self.card, reason="another_reward", voucher_id=voucher.id, reward_id=voucher.reward_id)
        with merchant_transaction(self.shop.merchant.id) as tx:
            begin_chain(tx, self.offer.program.id, at=now() - timedelta(days=3))
        follow_everything()

    def _compare_reports(self) -> list[str]:
        """One that is read but not compared, one that was, and one of which nobody knows how it is read."""
        day = now() - timedelta(days=3)
        hours = [day + timedelta(hours=number) for number in range(30)]
        lines = [line_of("FREECOFFEE", at, "⟦…⟧", receipt=f"1-{number}") for number, at in enumerate(hours)]
        report = report_of(*lines, line_of("77", day), "88,⟦…⟧,,,", "FREECOFFEE,⟦…⟧,,,")
        waiting, compared, unclear = (hand_in(self.shop, text, "⟦…⟧") for text in (report, report, "⟦…⟧,A1\n1,2\n"))
        ask(self.shop, compared)
        work(self.shop, compared)
        return [public_id("rcn", one) for one in (waiting, compared, unclear)]

    def _invite(self, kind: str) -> str:
        shop = self.shop
        _, secret = invite_station(shop.merchant, shop.location, kind=kind, name="⟦…⟧", invites_many=True)
        return secret

    def _work_oddly(self) -> None:
        """Two people of whom something looks odd; of one of them somebody has looked at it."""
        month = local_day(self.shop.merchant, now()).replace(day=1)
        others = ("⟦…⟧",) * 4
        for name in ("⟦…⟧", "⟦⟦…⟧⟧"):
            odd_team(self.shop, month=month, name=name, others=others)
        worked_much = StaffMember.objects.filter(merchant=self.shop.merchant, name="Bo").get()
        worked(self.shop, worked_much, month=month, several=5, without_receipt=4)
        HandOnCard.objects.create(
            merchant=self.shop.merchant,
            month=month,
            staff_member_id=worked_much.id,
            card_id=self.card.id,
            times=48,
            days=2**20 - 1,
        )
        odd = read_odd_month(self.shop.merchant, month).odd[0]
        note_seen(self.shop.merchant, odd, name="⟦…⟧", actor=self.shop.actor)

    def _merge_two(self) -> list[str]:
        """Somebody who was two customers, and the merge."""
        kept, other = (self.offer.card(name=name).row.customer_id for name in ("Al", "Jo"))
        merged = merge_customers(self.shop.merchant, kept, other, actor=self.shop.actor)
        return [public_id("cus", kept), public_id("mrg", merged.merge.id)]

    def _lose_cards(self) -> str:
        """The secret in the link of somebody who has lost two cards."""
        for _card in range(2):
            self.offer.card(email="eve@lume.example")
        secret = new_secret()
        ask_for_link(self.shop.merchant, "eve@lume.example")
        RecoveryLink.objects.update(secret_hash=secret_hash(secret))
        return secret

    def customers_pages(self) -> list[str]:
        slug = self.shop.merchant.slug
        biscuit, coffee = self.card.open_vouchers
        card = reverse("card", args=[slug, self.card.url.rsplit("/", 1)[1]])
        return [
            reverse("join", args=[slug, self.offer.program.slug]),
            reverse("draws", args=[slug, self.offer.program.slug]),
            card,
            f"{card}/phone?paper={paper_mark(self.card.id, 0)}",
            f"{card}/my-data",
            f"{card}/my-data/deletion",
            reverse("no-messages", args=[slug, no_messages_url(slug, self.card.row.customer_id).rsplit("/", 1)[1]]),
            reverse("privacy", args=[slug]),
            *self._receipt_pages(),
            reverse("lost-card", args=[slug]),
            f"{reverse('lost-card', args=[slug])}?asked=1",
            reverse("card-back", args=[slug, self.lost]),
            reverse("card-back", args=[slug, "0" * 40]),
            reverse("voucher", args=[slug, voucher_token(biscuit.id, 0)]),
            reverse("voucher", args=[slug, voucher_token(coffee.id, 0)]),
            *self._trial_pages(),
            reverse("scanner"),
            *(reverse(f"{kind}_enrol", args=[slug, secret]) for kind, secret in self.invitations.items()),
            reverse("kiosk"),
            reverse("autopilot"),
            "/",
            "/accounts/login/",
            "/accounts/signup/",
            "/accounts/password/reset/",
            reverse("accept_invitation", args=[slug, self.link]),
            reverse("accept_invitation", args=[slug, "0" * 40]),
            "/nowhere",
        ]

    def _trial_pages(self) -> list[str]:
        """What an owner sees on their own phone: the question before a use, and a voucher as staff scan it."""
        terms = self.offer.terms
        trial = urlsplit(trial_url(self.shop.merchant, terms, terms.rewards[-1])).path
        return [f"{trial}?path=redeem_code&confirm=1", f"{trial}?path=staff_scan"]

    def _receipt_pages(self) -> list[str]:
        """Of a code that waits, and of half of one."""
        slug, program = self.shop.merchant.slug, self.offer.program.slug
        waiting = reverse("claim-receipt", args=[slug, program, self.codes[0]])
        return [waiting, reverse("receipt-code", args=[slug]), f"/R/{slug}/{self.codes[0][:12]}"]

    def _pool_pages(self) -> list[str]:
        """Of a list of codes, its files that were added, checked and only received, and one that is withdrawn."""
        pool = public_id("cdp", self.pool.id)
        files = [public_id("cdb", one) for one in (self.codes_of_pool, *self.code_files)]
        return [
            *(reverse(name) for name in ("code_pools", "shared_codes", "new_code_pool")),
            reverse("next_code", args=[public_id("rwd", self.offer.terms.rewards[-1].id)]),
            reverse("code_pool", args=[pool]),
            reverse("change_code_pool", args=[pool]),
            reverse("new_code_file", args=[pool]),
            reverse("make_codes", args=[pool]),
            reverse("export_codes", args=[pool]),
            reverse("withdraw_codes", args=[pool]),
            reverse("code_format", args=[pool]),
            reverse("export_code_file", args=[pool, files[0]]),
            *(reverse("code_file", args=[pool, one]) for one in files),
            reverse("withdraw_code_file", args=[pool, files[0]]),
        ]

    def owners_pages(self) -> list[str]:
        program, card = public_id("prg", self.offer.program.id), public_id("crd", self.card.id)
        customer = public_id("cus", self.card.row.customer_id)
        return [
            reverse("home"),
            *(f"/?period={length}" for length in ("day", "month", "year")),
            reverse("programs"),
            reverse("new_program"),
            f"{reverse('choose_path')}?worth=much&till=odoo",
            reverse("program_draft", args=[public_id("drf", self.draft.draft_id)]),
            reverse("program", args=[program]),
            reverse("edit_program", args=[program]),
            reverse("program_course", args=[program]),
            reverse("program_prices", args=[program]),
            reverse("program_draws", args=[program]),
            reverse("trial_codes", args=[program]),
            reverse("what_if", args=[program]),
            reverse("program_trial", args=[program]),
            reverse("cards"),
            reverse("desk_card", args=[card]),
            reverse("card_link", args=[card]),
            reverse("card_recovery", args=[card]),
            reverse("new_card"),
            reverse("print_card", args=[card]),
            reverse("customer", args=[customer]),
            reverse("edit_customer", args=[customer]),
            reverse("erase_customer", args=[customer]),
            reverse("receipt_codes"),
            reverse("new_receipt_codes"),
            reverse("receipt_batch", args=[public_id("rcb", self.batch.id)]),
            reverse("revoke_receipt_batch", args=[public_id("rcb", self.batch.id)]),
            *self._pool_pages(),
            reverse("figures"),
            reverse("till_question"),
            reverse("merge_customer", args=[customer]),
            reverse("merge_with", args=[customer, self.other_card]),
            reverse("undo_merge", args=self.merge),
            reverse("journal"),
            reverse("journal_line", args=[self.stamped]),
            reverse("exports"),
            reverse("new_export"),
            reverse("new_archive"),
            f"{reverse('new_export')}?subject=cards&show=ready",
            reverse("imports"),
            reverse("new_import"),
            *(reverse("import", args=[public_id("imp", one)]) for one in (self.received, self.checked)),
            reverse("reconciliations"),
            *(reverse("reconciliation", args=[one]) for one in (self.report, self.compared, self.unclear)),
            reverse("team"),
            reverse("oddities"),
            reverse("kept_scans"),
            reverse("new_person"),
            reverse("new_invitation"),
            reverse("invitation", args=[public_id("inv", self.invited.id)]),
            reverse("new_station"),
            reverse("person", args=[public_id("stf", self.shop.ada.id)]),
            reverse("person", args=[public_id("stf", self.bo.id)]),
            f"{reverse('own_cards', args=[public_id('stf', self.bo.id)])}?q=Di",
            *(reverse(page, args=[public_id("stn", self.station)]) for page in ("station", "switch_off_station")),
            f"{reverse('kept_scans')}?device={public_id('stn', self.station)}",
            reverse("shops"),
            reverse("settings"),
            reverse("new_location"),
            reverse("change_location", args=[public_id("loc", self.shop.location.id)]),
            reverse("close_location", args=[public_id("loc", self.shop.location.id)]),
            reverse("wallets"),
            reverse("your_shop"),
            f"{reverse('time_zone')}?time_zone=Europe/London",
            reverse("messages"),
            reverse("privacy_settings"),
            reverse("retention"),
            reverse("api_keys"),
            reverse("new_api_key"),
            reverse("staff_limits"),
            reverse("old_paper"),
            reverse("desk_changes"),
        ]


def sign_in(phone: Phone, server: LiveServer, shop: Shop, *, seconds_ago: float = 0) -> None:
    client = Client()
    sign_in_client(client, shop.owner, seconds_ago=seconds_ago)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    phone.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server.url}])
