"""What a column of a till's report may hold, and what such a column is called in the languages of our shops."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from stampwell.sheets.headings import guess_columns, known_words

Field = Literal["code", "at", "day", "time", "zone", "place", "amount", "receipt", "count", "kind", "status", "gone"]
FIELDS: tuple[Field, ...] = get_args(Field)
TWICE: frozenset[Field] = frozenset({"code", "amount", "status", "gone"})
# Folded, so accents, capitals and signs do not matter. Words of the tills that we know stand in `till_reports`.
_WORDS: dict[Field, str] = {
    "code": "code, discount code, coupon code, promo code, voucher code, coupon, promo, voucher, discount name,"
    "promotion, promotion name; kods, atlaides kods, kupons, kupona kods, promo kods, atlaide, atlaides nosaukums,"
    "akcija; kood, sooduskood, kupong, kupongi kood, allahindluse nimi, kampaania; kod, chegirma kodi, kupon,"
    "kupon kodi, promokod, chegirma nomi; код, коды, жеңілдік коды, купон, купон коды, промокод, жеңілдік атауы,"
    "код купона, скидка, название скидки, номер купона;"
    "クーポン, クーポンコード, クーポン名, 割引名, 割引コード, プロモーションコード",
    "at": "date and time, datetime, timestamp, created at, sold at, used at, redeemed at, closed at;"
    "datums un laiks, darījuma laiks; kuupäev ja kellaaeg, müügi aeg; sana va vaqt; күні мен уақыты, дата и время,"
    "дата время; 日時, 会計日時, 取引日時, 利用日時",
    "day": "date, day, business date, posting date, sale date; datums, diena; kuupäev, päev; sana, kun;"
    "күні, күн, дата, учетный день; 日付, 会計日, 取引日, 営業日, 利用日",
    "time": "time, posting time; laiks, pulksteņa laiks; kellaaeg, aeg; vaqt, soat; уақыты, уақыт, время;"
    "時刻, 時間, 会計時間, 取引時刻",
    "zone": "time zone, timezone; laika josla; ajavöönd; vaqt mintaqasi; уақыт белдеуі, часовой пояс; タイムゾーン",
    "place": "location, store, branch, shop, outlet, register, pos profile, warehouse; filiāle, veikals, vieta, kase;"
    "müügikoht, pood, filiaal, kauplus, kassa; filial, doʻkon, joy; филиал, дүкен, касса, торговое предприятие,"
    "ресторан, магазин, подразделение; 店舗, 店舗名, 店名, レジ",
    "amount": "discount, discounts, discount amount, discount sum, total discount; atlaides summa, atlaides;"
    "allahindlus, soodustus, allahindluse summa; chegirma, chegirma summasi; жеңілдік, жеңілдік сомасы, сумма скидки;"
    "割引, 割引額, 値引, 値引額, 割引金額",
    "receipt": "receipt, receipt number, receipt no, receipt id, transaction id, order, order number, order id,"
    "order ref, invoice, check, check number; čeks, čeka numurs, čeka nr, dokuments; tšekk, tšeki number, kviitung,"
    "tellimus; chek, chek raqami, buyurtma; чек, чек нөмірі, номер чека, номер заказа, заказ;"
    "伝票番号, レシート番号, 取引no, 取引番号, 注文番号",
    "count": "times used, used, uses, redeemed, count, number of uses; izmantots, reizes, skaits; kordi, kasutatud,"
    "arv; marta, ishlatilgan, soni; рет, саны, количество, использовано, раз; 利用回数, 回数, 件数, 使用数",
    "kind": "type, receipt type, event type, sale or refund, transaction type; veids, darījuma veids; liik, tüüp,"
    "tehingu liik; turi, amal turi; түрі, операция түрі, тип, тип операции; 種別, 取引区分, 区分",
    "status": "status, state, transaction status; statuss, stāvoklis;"
    "olek, staatus; holat; күйі, статус, состояние; 状態, ステータス, 取消区分",
    "gone": "cancelled at, canceled at, voided at, deleted at, void reason, cancellation reason; atcelts; tühistatud;"
    "bekor qilingan vaqti; жойылған уақыты, причина удаления, дата отмены; 取消日時, 取消理由",
}

KNOWN = known_words(_WORDS)


def guess_fields(headings: Sequence[str], words: Mapping[str, str] = KNOWN) -> list[str]:
    """The field of each column by its folded heading, LEFT_OUT where nobody knows."""
    return guess_columns(headings, {}, known=words, fields=FIELDS, twice=TWICE)
