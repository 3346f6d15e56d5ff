"""Customers as they are in a shop: names in six languages, addresses and phone numbers, some rare and some common."""

import random
from collections.abc import Iterator

import msgspec

GIVEN = {
    "en": "Anna John Emily Oliver Grace Henry Mary-Jane Thomas Sarah Liam Zoë Siân Seán",
    "lv": "Jānis Anna Līga Mārtiņš Žanete Kristīne Āris Ieva Ģirts Inga Šarlote Dzintars",
    "et": "Mari Jüri Õie Kadri Tõnu Ülle Priit Liis Mart Jaan Külli Žanna",
    "uz": "Oʻtkir Gʻani Shahnoza Nigora Bobur Jasur Gulʻnora Laylo Oʻgʻiloy Sherzod",
    "kk": "Қайрат Әсел Нұрлан Айгүл Ерлан Гүлнәр Жанар Ұлан Ольга Сергей Ірина",
    "ja": "太郎 花子 さくら ゆい 健 陽菜 翔太 ユウタ ジョン がく",
}
FAMILY = {
    "en": ("Smith Brown O’Brien McDonald Lee Taylor Clarke Hughes Ó'Neill", "son ton ford well man er by ham"),
    "lv": ("Bērziņ Kalniņ Ozoliņ Liepiņ Krūmiņ Balod Vītol Eglīt Zariņ Āboliņ", "š a e is us ieks enko ova"),
    "et": ("Tamm Saar Sepp Mägi Kask Kukk Rebane Ilves Pärn Õunapuu", "e la mets maa pere vald stein"),
    "uz": ("Gʻaniyev Oʻrinov Karim Rahim Toʻxta Yoʻldosh Abdulla Xoʻja", "ov ova yev yeva zoda jon boyev"),
    "kk": ("Нұрлан Сәрсен Әбді Қасым Төлеген Ысқақ Жүніс Оспан Петров", "ов ова ұлы қызы ев ева бек"),
    "ja": ("佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 タナカ ﾅｶﾑﾗ", "田 山 川 村 井 野 崎 原"),
}
PHONES = {"en": "+44 7", "lv": "+371 2", "et": "+372 5", "uz": "+998 9", "kk": "8 7", "ja": "080-"}
HOSTS = ("gmail.com", "gmail.com", "gmail.com", "inbox.lv", "mail.ru", "mail.ee", "yahoo.co.jp", "example.com")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Person(msgspec.Struct, frozen=True):
    """Some say nothing of one thing or another: it is "" then."""

    locale: str
    name: str
    email: str
    phone: str


def people(count: int, *, seed: int) -> Iterator[Person]:
    """Always the same ones for a seed."""
    chance = random.Random(seed)
    for number in range(count):
        locale = chance.choice(list(GIVEN))
        yield Person(
            locale=locale,
            name=_name(chance, locale) if chance.random() < 0.85 else "",
            email=_email(chance, number) if chance.random() < 0.6 else "",
            phone=_phone(chance, locale) if chance.random() < 0.6 else "",
        )


def _name(chance: random.Random, locale: str) -> str:
    """A few names are common; of families there are some ten thousand."""
    stems, ends = (text.split() for text in FAMILY[locale])
    names = GIVEN[locale].split()
    given = names[min(int(chance.expovariate(0.4)), len(names) - 1)]
    family = chance.choice(stems) + (chance.choice(ends) + chance.choice(ends) if chance.random() < 0.7 else "")
    return f"{family} {given}" if locale == "ja" else f"{given} {family}"


def _email(chance: random.Random, number: int) -> str:
    beginning = "".join(chance.choices(_LETTERS, k=chance.randint(2, 9)))
    return f"{beginning}.{number}@{chance.choice(HOSTS)}"


def _phone(chance: random.Random, locale: str) -> str:
    digits = f"{chance.randrange(100_000_000):08}"
    return f"{PHONES[locale]}{digits[:3]} {digits[3:]}"
