"""The shapes of the tills' reports, by their headings; where columns stand and how many there are says nothing.

What each till writes is told in `docs/rules/reconciliation.md`. A file of a till that we do not know is read by the
words of `fields`, and whoever brings it says the rest.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from stampwell.reconciling.fields import KNOWN, Field, guess_fields
from stampwell.sheets.headings import LEFT_OUT, folded

Trouble = Literal["no_code", "no_time", "daily_sums"]
DateOrder = Literal["", "dmy", "mdy"]


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """`signs` are headings that only this one has together. `only` names a column and what it says in rows that count.

    `refunds` is what its column of the kind says of a refund, beside the words of all tills. Where a row
    `tells_what_became` of a sale, such a row is the sale and its refund.
    `names_no_code` is a till that has buttons and no codes: what its rows stand for is said once for the whole file.
    `splits_payments` is a till that tells a sale once for each part of its payment.
    `tells_all_discounts` is one whose amount is of all discounts of a sale, whatever they were given for.
    `means_nothing` is a file that cannot tell which voucher was used when.
    """

    name: str
    till: str
    signs: tuple[str, ...]
    columns: Mapping[str, Field]
    left_out: tuple[str, ...] = ()
    only: tuple[str, frozenset[str]] | None = None
    refunds: frozenset[str] = frozenset()
    tells_what_became: bool = False
    names_no_code: bool = False
    means_nothing: bool = False
    splits_payments: bool = False
    tells_all_discounts: bool = False
    date_order: DateOrder = ""

    def fits(self, headings: frozenset[str]) -> bool:
        return all(folded(sign) in headings for sign in self.signs)


SHAPES: tuple[Shape, ...] = (
    Shape(
        name="square_transactions",
        till="Square",
        signs=("Transaction ID", "Event Type", "Discount Name"),
        columns={
            "Date": "day",
            "Time": "time",
            "Time Zone": "zone",
            "Discounts": "amount",
            "Transaction ID": "receipt",
            "Event Type": "kind",
            "Location": "place",
            "Discount Name": "code",
            "Transaction Status": "status",
        },
        splits_payments=True,
        tells_all_discounts=True,
    ),
    Shape(
        name="square_items",
        till="Square",
        signs=("Transaction ID", "Event Type", "Price Point Name"),
        columns={
            "Date": "day",
            "Time": "time",
            "Time Zone": "zone",
            "Discounts": "amount",
            "Transaction ID": "receipt",
            "Event Type": "kind",
            "Location": "place",
        },
        names_no_code=True,
        tells_all_discounts=True,
    ),
    Shape(
        name="shopify_orders",
        till="Shopify",
        signs=("Financial Status", "Discount Code", "Lineitem name"),
        columns={
            "Name": "receipt",
            "Discount Code": "code",
            "Discount Amount": "amount",
            "Created at": "at",
            "Cancelled at": "gone",
            "Financial Status": "kind",
            "Location": "place",
        },
        left_out=("Lineitem discount", "Id", "Source"),
        tells_what_became=True,
        tells_all_discounts=True,
    ),
    Shape(
        name="loyverse_items",
        till="Loyverse",
        signs=("Receipt number", "Receipt type", "Modifiers applied"),
        columns={
            "Date": "at",
            "Receipt number": "receipt",
            "Receipt type": "kind",
            "Discounts": "amount",
            "Store": "place",
            "Status": "status",
        },
        left_out=("POS",),
        names_no_code=True,
        tells_all_discounts=True,
    ),
    Shape(
        name="loyverse_receipts",
        till="Loyverse",
        signs=("Receipt number", "Receipt type", "Total collected"),
        columns={
            "Date": "at",
            "Receipt number": "receipt",
            "Receipt type": "kind",
            "Discounts": "amount",
            "Store": "place",
            "Status": "status",
        },
        left_out=("POS",),
        names_no_code=True,
        tells_all_discounts=True,
    ),
    Shape(name="airregi_sums", till="Airレジ", signs=("集計期間",), columns={}, means_nothing=True),
    Shape(
        name="airregi_receipts",
        till="Airレジ",
        signs=("会計日", "会計時間"),
        columns={
            "伝票番号": "receipt",
            "取引No": "receipt",
            "会計日": "day",
            "会計時間": "time",
            "割引名": "code",
            "クーポン名": "code",
            "割引額": "amount",
            "店舗名": "place",
            "取引区分": "kind",
        },
        left_out=("来店日", "来店時間"),
        names_no_code=True,
        tells_all_discounts=True,
    ),
    Shape(
        name="iiko_exchange",
        till="iiko / Syrve",
        signs=("Тип строки (код)", "Дата и время регистрации", "Тип скидки (название)"),
        columns={
            "Дата и время регистрации": "at",
            "Торговое предприятие(код)": "place",
            "Номер чека": "receipt",
            "Тип скидки (название)": "code",
            "Сумма скидки": "amount",
            "Причина удаления": "gone",
        },
        left_out=("Дата учета", "Номер", "Номер кассы", "Номер заказа", "Номер смены"),
        only=("Тип строки (код)", frozenset({"3"})),
    ),
    Shape(
        name="iiko_olap",
        till="iiko / Syrve",
        signs=("OpenDate.Typed", "OrderNum"),
        columns={
            "OpenDate.Typed": "day",
            "UniqOrderId.Id": "receipt",
            "Department": "place",
            "Store.Name": "place",
            "OrderDiscount.Type": "code",
            "ItemSaleEventDiscountType": "code",
            "DiscountSum": "amount",
            "OrderDeleted": "status",
            "Storned": "status",
        },
        left_out=("OrderNum", "DishDiscountSumInt", "Delivery.CustomerCardNumber", "FiscalChequeNumber"),
    ),
    Shape(
        name="lightspeed_k",
        till="Lightspeed K",
        signs=("receiptId", "discountCode", "accountDiscountCode"),
        columns={
            "receiptId": "receipt",
            "timeOfSale": "at",
            "timeClosed": "at",
            "discountCode": "code",
            "accountDiscountCode": "code",
            "discountAmount": "amount",
            "accountDiscountAmount": "amount",
            "businessLocationId": "place",
            "businessLocation": "place",
            "type": "kind",
            "voidReason": "gone",
        },
        left_out=("discountName", "accountDiscountName"),
    ),
    Shape(
        name="odoo_lines",
        till="Odoo",
        signs=("order_id/date_order", "coupon_id/code"),
        columns={
            "order_id/name": "receipt",
            "order_id/pos_reference": "receipt",
            "order_id/date_order": "at",
            "coupon_id/code": "code",
            "price_subtotal_incl": "amount",
            "order_id/config_id": "place",
            "order_id/config_id/name": "place",
            "qty": "count",
            "order_id/state": "status",
        },
    ),
    Shape(
        name="odoo_lines_named",
        till="Odoo",
        signs=("Order Ref/Date", "Coupon/Code"),
        columns={
            "Order Ref/Order Ref": "receipt",
            "Order Ref/Date": "at",
            "Coupon/Code": "code",
            "Subtotal": "amount",
            "Order Ref/Point of Sale": "place",
            "Quantity": "count",
            "Order Ref/Status": "status",
        },
    ),
    Shape(
        name="erpnext_invoices",
        till="ERPNext",
        signs=("coupon_code", "posting_date", "is_return"),
        columns={
            "name": "receipt",
            "id": "receipt",
            "coupon_code": "code",
            "posting_date": "day",
            "posting_time": "time",
            "discount_amount": "amount",
            "pos_profile": "place",
            "is_return": "kind",
            "status": "status",
        },
        left_out=("set_warehouse",),
        refunds=frozenset({"1", "yes", "true"}),
        tells_all_discounts=True,
    ),
)


class Recognised(msgspec.Struct, frozen=True, kw_only=True):
    """`shape` is None for a till that we do not know. `troubles` is what its columns cannot tell."""

    shape: Shape | None
    columns: list[str]
    troubles: list[Trouble]


def recognise(headings: Sequence[str]) -> Recognised:
    shape = shape_of(headings)
    columns = _columns_of(headings, shape)
    return Recognised(shape=shape, columns=columns, troubles=troubles_of(columns, shape))


def shape_of(headings: Sequence[str]) -> Shape | None:
    there = frozenset(folded(heading) for heading in headings)
    return next((shape for shape in SHAPES if shape.fits(there)), None)


def shape_named(name: str) -> Shape | None:
    return next((shape for shape in SHAPES if shape.name == name), None)


def troubles_of(columns: Sequence[str], shape: Shape | None) -> list[Trouble]:
    """A report of counts alone has no time; whatever else has none cannot be held against anything."""
    found: list[Trouble] = []
    if shape and shape.means_nothing:
        return ["daily_sums"]
    if "code" not in columns:
        found.append("no_code")
    if not {"at", "day", "count"} & set(columns):
        found.append("no_time")
    return found


def _columns_of(headings: Sequence[str], shape: Shape | None) -> list[str]:
    if shape is None:
        return guess_fields(headings)
    own: dict[str, str] = {folded(heading): field for heading, field in shape.columns.items()}
    # A till that we know has its own words: nothing else of its file is taken for what it might be elsewhere.
    others = {word: field for word, field in KNOWN.items() if field not in own.values()}
    return guess_fields(headings, others | dict.fromkeys(map(folded, shape.left_out), LEFT_OUT) | own)
