"""Who opens a transaction, who is given one, and who reads ids that come from outside (docs/developing/sql.md)."""

import ast
from types import FunctionType, ModuleType

from tests.structure.statements import Function, calls, functions, modules, own_nodes

OPENING = {"merchant_transaction", "one_write", "merchant_reads"}
# They make the merchant that they open a transaction for.
MAKE_THE_MERCHANT = {"merchants.founding.found_merchant"}
NAMES_ITS_MERCHANT = {"run", "self"}  # the run of a job
LEDGER = ("cards.", "vouchers.", "counter.", "programs.", "customers.")
# Who asks what id stands behind `crd_…`, and where the text comes from.
READ_IDS = {
    "ids": "the one place that knows their form",
    "management.commands.jobs": "what an operator types",
    "management.commands.mail": "the same",
    "programs.drafting": "the same as in programs.publishing",
    "programs.drafted_rewards": "the same as in programs.publishing",
    "programs.publishing": "a draft names locations as the API does",
    "wallet.changed_cards": "the customer of a stored event",
    "wallet.content": "a design names its logo",
    "journal.event_links": "the vouchers of a stored event: there is one column for an id, and there may be several",
    "web.api.webhooks": "where a page begins",
    "web.api.paging": "where a page begins",
    "web.api.vouchers": "the query of a call",
    "web.dashboard.cards.acts": "a form",
    "web.dashboard.shop.location_closing": "a form",
    "customers.messages_link": "the customer in a link that we signed",
    "offline.shifts": "who signed in at a device without a network, as the device says",
    "offline.handing_out": "the reward that was handed out without a network, as the device says",
    "exports.asking": "the tag in an address",
    "web.dashboard.programs.form_page": "the draft that a form came from, which may be gone",
    "web.dashboard.programs.read_early": "the published reward that a form came from, which may be gone",
    "exports.cards_sheet": "the tag that was asked for",
    "exports.draws_sheet": "the program whose draws were asked for",
    "exports.links_sheet": "the import whose links were asked for",
    "insight.purchase_totals": "the stamp of a stored event, and the one that it takes back",
    "insight.redemption_totals": "the use of a stored event that takes it back",
    "journal.history": "the stamp or redemption of a stored event; where a page begins",
    "web.dashboard.journal.seen_by_customer": "the program of a stored event",
    "journal.hands": "the manager who agreed, of a stored event",
    "journal.searching": "what somebody pastes",
    "journal.wanted": "the filters of an address; what is none is not asked for",
    "web.dashboard.figures.page": "the program of an address; what is none is said, and all are shown",
    "web.dashboard.programs.reward_drafts": "a form",
    "web.dashboard.shop.pages": "a form",
    "web.scanner.acts": "the path of a tap",
    "web.scanner.finding": "the path of a tap",
    "web.scanner.people": "a form",
    "web.kiosk.settings": "a form",
}


def name_of(module: ModuleType) -> str:
    return module.__name__.removeprefix("stampwell.")


def first_argument(function: Function) -> str:
    return next((argument.arg for argument in function.args.args), "")


def is_given_a_transaction(function: Function) -> bool:
    return "tx" in {argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]}


def openers() -> dict[str, Function]:
    """The functions that open a transaction themselves, outside of the web, which opens one to read."""
    return {
        f"{name_of(module)}.{function.name}": function
        for _path, module, tree in modules()
        if not name_of(module).startswith(("web.", "management."))
        for function in functions(tree)
        if any(calls(function, OPENING))
    }


def called(function: Function, module: ModuleType) -> set[str]:
    """The functions of ours that it calls by name."""
    by_name = [
        node.func.id for node in own_nodes(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    found = [getattr(module, name, None) for name in by_name]
    return {
        f"{each.__module__.removeprefix('stampwell.')}.{each.__name__}"
        for each in found
        if isinstance(each, FunctionType) and each.__module__.startswith("stampwell.")
    }


def test_who_opens_a_transaction_takes_the_merchant_first() -> None:
    wrong = {
        name
        for name, function in openers().items()
        if first_argument(function) not in ("merchant", "merchant_id", *NAMES_ITS_MERCHANT)
    }

    assert wrong == MAKE_THE_MERCHANT


def test_in_the_ledger_only_public_steps_open_one() -> None:
    private = {name for name in openers() if name.startswith(LEDGER) and "._" in name}

    assert private == set()


def test_who_is_given_a_transaction_opens_none_and_calls_nobody_who_does() -> None:
    opening = openers().keys()

    wrong = {
        f"{name_of(module)}.{function.name}": inside
        for _path, module, tree in modules()
        for function in functions(tree)
        if is_given_a_transaction(function)
        and (inside := called(function, module) & {*opening, *(f"transactions.merchant.{name}" for name in OPENING)})
    }

    assert wrong == {}


def test_no_step_of_the_ledger_calls_another_that_opens_one() -> None:
    opening = openers()

    wrong = {
        name: inside
        for _path, module, _tree in modules()
        for name, function in opening.items()
        if name.rpartition(".")[0] == name_of(module) and name.startswith(LEDGER)
        if (inside := called(function, module) & opening.keys())
    }

    assert wrong == {}


def test_ids_are_read_only_where_they_come_from_outside() -> None:
    """In the web `wanted_id` is asked too, which refuses: for what a path or a form says and nothing else."""
    found = {
        name_of(module)
        for _path, module, tree in modules()
        for function in functions(tree)
        if any(calls(function, {"private_id"}))
        or (any(calls(function, {"wanted_id"})) and not name_of(module).startswith("web."))
    }

    assert sorted(found ^ READ_IDS.keys()) == []
