"""One event as one sentence, for the people of the shop."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.journal.voucher_words import OF_VOUCHERS, say_voucher
from stampwell.languages.formatting import Money, format_date, format_end, format_money, format_number
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import text_in
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.withdrawal_words import REASON_WORDS
from stampwell.refusal import REFUSALS


class Told(msgspec.Struct, frozen=True):
    """`tone` colours the dot of the line: "", reward, good or bad."""

    what: str
    tone: str = ""
    reason: str = ""


def tell(type: str, data: dict[str, Any], merchant: Merchant) -> Told:
    """A kind of event that nobody here knows is shown by its name, so that nothing goes missing."""
    subject, _dot, _happened = type.partition(".")
    match subject:
        case "stamp":
            return _tell_stamp(type, data["stamp"])
        case "voucher" | "code" if "voucher" in data:
            return _tell_voucher(type, data, merchant)
        case "station" if "name" in data:
            return _tell_station(type, str(data["name"]))
        case "location" if "location" in data:
            return _tell_location(type, data)
        case "merchant" if "merchant" in data:
            return _tell_merchant(data)
        case "customer" | "consent":
            return _tell_customer(type, data, merchant)
        case "card":
            return _tell_card(type, data)
        case "import":
            return _tell_import(type, data)
        case "program" if "program" in data:
            return _tell_program(type, data["program"], merchant)
    return _tell_rest(type, data, merchant)


def _tell_stamp(type: str, stamp: dict[str, Any]) -> Told:
    count, amount = abs(stamp["count"]), stamp.get("amount")
    facts = {"count": count, "shown": format_number(count)}
    if type == "stamp.reversed":
        taken = ngettext("%(shown)s stamp undone", "%(shown)s stamps undone", count) % facts
        return Told(taken, "bad", stamp.get("reason", ""))
    if stamp.get("source") == "paper":
        over = ngettext("%(shown)s stamp from an old paper card", "%(shown)s stamps from an old paper card", count)
        return Told(over % facts, "", stamp["reason"])
    if amount is None:
        return Told(ngettext("%(shown)s stamp added", "%(shown)s stamps added", count) % facts)
    facts["amount"] = format_money(Money(amount, stamp["currency"]))
    if not count:
        return Told(_("Purchase of %(amount)s counted towards the next stamp") % facts)
    told = ngettext(
        "%(shown)s stamp added for a purchase of %(amount)s",
        "%(shown)s stamps added for a purchase of %(amount)s",
        count,
    )
    return Told(told % facts)


def _tell_voucher(type: str, data: dict[str, Any], merchant: Merchant) -> Told:
    if type not in OF_VOUCHERS:
        return Told(type)
    told = say_voucher(type, data, _text(data["voucher"]["reward"]["name"], merchant))
    by_hand = data.get("reversal") or data.get("extension") or {}
    return Told(told, OF_VOUCHERS[type][1], by_hand.get("reason", ""))


def _tell_codes(type: str, data: dict[str, Any], merchant: Merchant) -> Told:
    if "code_successor" in data:
        starts = datetime.fromisoformat(data["code_successor"]["starts_at"])
        facts = {"day": format_date(starts, ZoneInfo(merchant.time_zone))}
        if type == "codes.successor_planned":
            return Told(_("A next code for the till was planned, shown from %(day)s") % facts)
        return Told(_("The code for the till that was planned from %(day)s was taken back") % facts, "bad")
    if "code_pool" not in data and type != "codes.guessed":
        return Told(type)
    if type == "codes.guessed":
        if data["closed_until"]:
            return Told(_("Too many codes of vouchers were tried in vain, so they are not read for an hour"), "bad")
        return Told(_("Many codes of vouchers were tried in vain"), "bad")
    name = data["code_pool"]["name"]
    if type == "codes.withdrawn":
        count = len(data["pool_code_ids"])
        told = ngettext("%(shown)s code withdrawn: %(name)s", "%(shown)s codes withdrawn: %(name)s", count)
        return Told(told % {"shown": format_number(count), "name": name}, "bad", str(REASON_WORDS[data["reason"]]))
    if type == "codes.exhausted":
        return Told(_("No code is left: %(name)s") % {"name": name}, "bad")
    return Told(_("Few codes are left: %(name)s") % {"name": name}, "bad")


def _tell_station(type: str, name: str) -> Told:
    if type == "station.revoked":
        return Told(_("Device switched off: %(name)s") % {"name": name}, "bad")
    if type == "station.key_replaced":
        facts = {"name": name}
        return Told(_("Device lost its memory; scans that it had saved may be gone: %(name)s") % facts, "bad")
    if type == "station.seen":
        return Told(_("Device is back: %(name)s") % {"name": name})
    return Told(_("Device connected: %(name)s") % {"name": name}, "good")


def _tell_location(type: str, data: dict[str, Any]) -> Told:
    facts = {"name": str(data["location"]["name"])}
    match type:
        case "location.added":
            return Told(_("Location added: %(name)s") % facts, "good")
        case "location.closed":
            return Told(_("Location closed: %(name)s") % facts, "bad")
        case "location.changed" if "closed_at" in data.get("changed", []):
            return Told(_("Location opened again: %(name)s") % facts, "good")
    return Told(_("Location changed: %(name)s") % facts)


def _tell_program(type: str, program: dict[str, Any], merchant: Merchant) -> Told:
    facts = {"name": _text(program["name"], merchant)}
    match type:
        case "program.paused" if program["stamping_paused_at"]:
            return Told(_("No new cards and no stamps for now: %(name)s") % facts, "bad")
        case "program.paused":
            return Told(_("No new cards for now: %(name)s") % facts, "bad")
        case "program.resumed":
            return Told(_("Program goes on: %(name)s") % facts, "good")
        case "program.closed" if program["archived_at"]:
            return Told(_("Program archived: %(name)s") % facts, "bad")
        case "program.closed":
            end = datetime.fromisoformat(program["closed_at"])
            facts["until"] = format_end(end, clocks_of(merchant).zone_of(end))
            return Told(_("Program %(name)s ends: %(until)s") % facts, "bad")
        case "program.announced" if program["announced"]:
            starts = datetime.fromisoformat(program["announced"]["starts_at"])
            facts["day"] = format_date(starts, ZoneInfo(merchant.time_zone))
            return Told(_("New terms announced for %(day)s: %(name)s") % facts)
        case "program.announced":
            return Told(_("Announced terms taken back: %(name)s") % facts, "bad")
    return Told(_("Program published: %(name)s") % facts)


def _tell_import(type: str, data: dict[str, Any]) -> Told:
    cards = int(data.get("cards", 0))
    facts = {"count": cards, "shown": format_number(cards)}
    if type == "import.undone":
        gone = ngettext("Import undone, %(shown)s card deleted", "Import undone, %(shown)s cards deleted", cards)
        return Told(gone % facts, "bad")
    return Told(ngettext("%(shown)s card imported", "%(shown)s cards imported", cards) % facts, "good")


def _tell_merchant(data: dict[str, Any]) -> Told:
    if "name" in data.get("changed", []):
        return Told(_("New name of the shop: %(name)s") % {"name": data["merchant"]["name"]})
    if "closed_at" in data.get("changed", []):
        return Told(_("The shop was closed") if data["merchant"]["closed_at"] else _("The shop was opened again"))
    if not {"most_stamps_at_once", "most_stamps_with_override"}.isdisjoint(data.get("changed", [])):
        return Told(_("The limits for staff were changed"))
    if "writes_to_customers" in data.get("changed", []):
        return Told(_("The setting for messages to customers was changed"))
    return Told(_("The shop’s language or currency was changed"))


def _tell_customer(type: str, data: dict[str, Any], merchant: Merchant) -> Told:
    match type:
        case "customer.updated":
            return Told(_tell_changed(data["changed"]))
        case "customer.merged":
            return Told(_("Two customers were merged"))
        case "customer.separated":
            return Told(_("The merge of two customers was undone"), "bad")
        case "customer.warned":
            day = datetime.fromisoformat(data["erased_from"])
            facts = {"day": format_date(day, ZoneInfo(merchant.time_zone))}
            return Told(_("The customer was told that the card and all data will be deleted on %(day)s") % facts)
        case "customer.erased":
            return Told(_("A customer’s data was deleted"), "bad")
        case "consent.changed":
            granted = data.get("granted")
            return Told(_("The customer agreed to messages") if granted else _("The customer wants no more messages"))
    return Told(type)


def _tell_card(type: str, data: dict[str, Any]) -> Told:
    match type:
        case "card.issued":
            return Told(_("A customer got a new card"), "good")
        case "card.saved":
            return Told(_("The card was put into the phone’s wallet"), "good")
        case "card.removed":
            return Told(_("The card was taken out of the phone’s wallet"))
        case "card.terms_changed":
            return Told(_("The card got the new terms"), "good")
        case "card.recovered":
            return Told(_("The card was moved to a new link; the old link and codes no longer work"), "good")
        case "card.merged":
            facts = {"count": data["stamps"], "shown": format_number(data["stamps"])}
            return Told(
                ngettext(
                    "%(shown)s stamp came over from another card of the customer",
                    "%(shown)s stamps came over from another card of the customer",
                    data["stamps"],
                )
                % facts
            )
        case "card.separated":
            return Told(_("The card was separated from the one it was merged with"))
        case "card.voided" if data.get("card", {}).get("state") == "void":
            return Told(_("The card was merged with another card of the customer"))
        case "card.voided":
            return Told(_("The card was deleted, together with the customer’s data"), "bad")
    return Told(type)


def _tell_rest(type: str, data: dict[str, Any], merchant: Merchant) -> Told:
    match type:
        case "draw.drawn":
            draw = data["draw"]
            facts = {"number": format_number(draw["number"]), "prize": _text(draw["prize"]["name"], merchant)}
            return Told(_("Draw %(number)s gave: %(prize)s") % facts, "reward")
        case "milestone.reached" if words := data.get("words"):
            facts = {"prize": _text(words["name"], merchant)}
            return Told(_("Given without a draw, because of the age limit: %(prize)s") % facts, "reward")
        case "milestone.reached":
            return Told(_("A milestone was reached"), "reward")
        case "round.completed":
            facts = {"number": format_number(data.get("round", 1))}
            return Told(_("Round %(number)s is full; the next one has begun") % facts, "reward")
        case "scan.refused":
            return Told(_("A scan was refused"), "bad", _name_refusal(str(data.get("reason", ""))))
        case "scan.conflicted" | "scan.decided" if "reward" in data:
            return _tell_handed_out(type, data, merchant)
        case "scan.conflicted" | "scan.decided":
            return _tell_kept_scan(type, data)
        case "receipt_code.claimed":
            return Told(_("Receipt code used"), "good")
        case type if type.startswith("codes."):
            return _tell_codes(type, data, merchant)
    return Told(type)


def _tell_kept_scan(type: str, data: dict[str, Any]) -> Told:
    why = _name_refusal(str(data.get("reason", "")))
    if type == "scan.conflicted":
        return Told(_("A saved scan waits for a decision"), "bad", why)
    if data.get("decision") == "count":
        return Told(_("Decided: a saved scan counts"), "good", why)
    return Told(_("Decided: a saved scan does not count"), "", why)


def _tell_handed_out(type: str, data: dict[str, Any], merchant: Merchant) -> Told:
    """A reward that was handed out without a network, and what was decided about it."""
    reward = {"reward": _text(data["reward"]["name"], merchant)}
    why = _name_refusal(str(data.get("reason", "")))
    if type == "scan.conflicted":
        return Told(_("Handed out without a connection, waits for a decision: %(reward)s") % reward, "bad", why)
    if data["decision"] != "count":
        return Told(_("Decided: does not count as handed out: %(reward)s") % reward, "", why)
    if data["without_voucher"]:
        return Told(_("Decided: handed out without a voucher: %(reward)s") % reward, "good", why)
    return Told(_("Decided: handed out, the voucher is used: %(reward)s") % reward, "good", why)


def _tell_changed(changed: list[str]) -> str:
    """One field is named; more are too many to name in one line."""
    match changed:
        case ["name"]:
            return _("The customer’s name was changed")
        case ["email"]:
            return _("The customer’s email was changed")
        case ["phone"]:
            return _("The customer’s phone number was changed")
        case ["birthday"]:
            return _("The customer’s birthday was changed")
        case ["locale"]:
            return _("The customer’s language was changed")
    return _("Several details of the customer were changed")


def _name_refusal(code: str) -> str:
    refusal = REFUSALS.get(code)
    return str(refusal.title) if refusal else code


def _text(given: str | dict[str, str], merchant: Merchant) -> str:
    return given if isinstance(given, str) else text_in(given, active_locale(), merchant.locale)
