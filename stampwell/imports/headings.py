"""What a column of a file of customers holds, by its heading: in the words of six languages."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from stampwell.sheets import headings as sheet_headings

Field = Literal["name", "email", "phone", "birthday", "locale", "stamps", "external_id"]
FIELDS: tuple[Field, ...] = get_args(Field)
TWICE: frozenset[str] = frozenset({"name"})  # first and family name may stand in two columns, in this order
# Beside our own exports, what till systems and spreadsheets call it. Folded, so accents and capitals do not matter.
_WORDS: dict[Field, str] = {
    "name": "name, full name, customer, customer name, client, first name, last name, surname, family name;"
    "vārds, uzvārds, klients, vārds uzvārds, klienta vārds; nimi, eesnimi, perekonnanimi, klient, kliendi nimi;"
    "ism, ismi, familiya, mijoz, mijoz ismi; аты, есімі, тегі, аты жөні, клиент, тұтынушы, имя, фамилия, фио;"
    "名前, 氏名, お名前, 姓, 名, お客様, 顧客, 顧客名",
    "email": "email, e mail, mail, email address, e mail address; e pasts, epasts, e pasta adrese;"
    "e post, epost, meil, e posti aadress; elektron pochta, pochta, email manzili; пошта, электрондық пошта, эл пошта,"
    "почта, электронная почта; メール, メールアドレス, eメール",
    "phone": "phone, phone number, telephone, tel, mobile, mobile phone, cell; tālrunis, telefons, tālruņa numurs,"
    "mobilais; telefon, telefoninumber, mobiil; telefon raqami, raqam; телефон, телефон нөмірі, ұялы телефон, тел,"
    "номер телефона; 電話, 電話番号, 携帯, 携帯電話, 携帯番号",
    "birthday": "birthday, birth date, date of birth, dob; dzimšanas diena, dzimšanas datums;"
    "sünnipäev, sünniaeg, sünnikuupäev; tugʻilgan kun, tugʻilgan kuni, tugʻilgan sana; туған күні, туған күн,"
    "дата рождения, день рождения; 誕生日, 生年月日",
    "locale": "language, locale, lang; valoda; keel; til; тіл, тілі, язык; 言語",
    "stamps": "stamps, stamp, balance, points, visits; zīmogi, zīmogs, punkti, atlikums, apmeklējumi;"
    "templid, tempel, punktid, jääk, külastused; muhrlar, muhr, ball, ballar, qoldiq, tashriflar;"
    "мөрлер, мөр, мөртабандар, таңба, таңбалар, ұпай, ұпайлар, қалдық, баллы, штампы, печати;"
    "スタンプ, スタンプ数, ポイント, 残高, 来店回数",
    "external_id": "number in other software, customer number, customer id, member number, member id, external id,"
    "id in other software, old card number, loyalty number;"
    "numurs citā programmā, numurs citā sistēmā, klienta numurs, klienta nr;"
    "number muus tarkvaras, kliendi number, kliendinumber;"
    "boshqa dasturdagi raqam, boshqa tizimdagi raqam, mijoz raqami;"
    "басқа бағдарламадағы нөмір, басқа жүйедегі нөмір, клиент нөмірі, номер клиента;"
    "他のシステムでの番号, 他のソフトでの番号, 他のソフトの番号, 会員番号, 顧客番号, お客様番号",
}
_KNOWN = sheet_headings.known_words(_WORDS)


def guess_columns(headings: Sequence[str], remembered: Mapping[str, str]) -> list[str]:
    """The field of each column, LEFT_OUT where nobody knows. What the shop chose last time goes before our words."""
    return sheet_headings.guess_columns(headings, remembered, known=_KNOWN, fields=FIELDS, twice=TWICE)
