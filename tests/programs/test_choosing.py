"""Which way of handing out is advised, by what a reward is worth and by the till."""

from typing import get_args

import pytest

from stampwell.programs.choosing import Advice, Worth, advise
from stampwell.redeem_codes.till_files import TILLS as WITH_FILES
from stampwell.redeem_codes.till_words import say_till
from stampwell.redeem_codes.tills import TILLS, TillKey


@pytest.mark.parametrize(
    ("worth", "till", "advice"),
    [
        ("little", "odoo", "self_redeem"),
        ("little", "loyverse", "self_redeem"),
        ("much", "odoo", "codes_of_list"),
        ("much", "shopify", "codes_of_list"),
        ("much", "loyverse", "staff_scan"),
        ("much", "smaregi", "staff_scan"),
        ("much", "airregi", "staff_scan"),
        ("much", "sumup", "staff_scan"),
        ("much", "other", "staff_scan"),
    ],
)
def test_the_till_checks_where_it_can_and_what_is_worth_little_is_looked_at(
    worth: Worth, till: TillKey, advice: Advice
) -> None:
    assert advise(worth, TILLS[till]) == advice


def test_a_till_for_which_codes_are_exported_takes_each_once() -> None:
    known = {till.name: till for till in TILLS.values()}
    names = {"shopify": "Shopify POS", "lightspeed": "Lightspeed Retail (X)", "odoo": "Odoo", "erpnext": "ERPNext"}

    exported = {names.get(till, "iiko / Syrve") for till in WITH_FILES if till != "plain"}

    assert exported == {name for name, till in known.items() if till.once}


def test_of_a_button_nothing_else_is_said_and_what_is_not_known_is_said_to_be() -> None:
    said = {key: list(say_till(till)) for key, till in TILLS.items()}

    assert set(said) == set(get_args(TillKey.__value__))
    assert said["square"] == said["poster"]
    assert "button" in said["square"][0]
    assert [sentence for sentence in said["odoo"] if "043" in sentence] == [said["odoo"][1]]
    assert all("not known" in sentence for sentence in said["other"])
    assert all("not known" in sentence for sentence in said["airregi"])
    assert ["not known" in sentence for sentence in said["sumup"]] == [True, True, True, False]
    assert "names no discount" in said["sumup"][3]


def test_for_a_scanner_that_reads_links_it_is_said_how_the_barcode_holds_one() -> None:
    said = list(say_till(TILLS["shopify"]))

    assert "https://shop.example/discount/{code}" in said[1]
    assert said[0] == "Staff can type the code."
