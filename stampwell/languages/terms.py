"""What is the same in every language: names, formats, placeholders, tags, addresses."""

import re

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|(?<!%)%[a-z](?![a-z])|\{\w*\}")
TAG = re.compile(r"<[^<>]+>")
ADDRESS = re.compile(r"\b(?:https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w+)")
KEPT_TERMS = (
    ("Stampwell", "FREECOFFEE", "Lume", "Café"),
    ("Apple Wallet", "Apple Watch", "Google Wallet", "Google", "Apple", "iPhone", "Android", "Safari", "Chrome"),
    ("QR", "EAN-13", "EAN-8", "UPC-A", "ITF", "Code 128", "Code 39", "PDF417", "Aztec", "Data Matrix"),
    ("PIN", "API", "URL", "ID", "UUID", "JSON", "CSV", "XLSX", "PDF", "ZIP", "PNG", "JPEG", "SVG", "A4", "A5"),
    ("NFC", "SMS", "USB", "HID POS", "COM", "Bluetooth", "Wi-Fi", "IPv4", "IPv6", "HTTPS", "HTTP", "TOTP", "WebAuthn"),
    ("OK", "EUR", "UTC", "Excel"),
    ("Odoo", "Shopify", "Lightspeed X", "Lightspeed", "ERPNext", "iiko", "Syrve"),
    ("PostgreSQL", "Python"),
    ("stampwell wallet seal", "worker", "https", "STAMPWELL_GOOGLE_ISSUER", "STAMPWELL_GOOGLE_ACCOUNT"),
    ("Idempotency-Key", "Authorization: Bearer", "Content-Type: application/json", "Accept: application/json"),
    ("Content-Type: text/csv", "application/octet-stream"),
    ("Accept", "Retry-After", "UTF-8", "OpenAPI", "WebP", "Web", "MB", "kB", "KB"),
)
KEPT = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(term for row in KEPT_TERMS for term in row)})(?![A-Za-z])")

QUOTES = {"en": "“”", "lv": "“”", "et": "„“", "uz": "“”", "kk": "«»", "ja": "「」"}
QUOTE = re.compile(r"[\"“”„«»‹›「」『』]")
# What docs/rules/words.md decided against, because it misleads, is another register, or is another word of ours.
REJECTED = {
    "en": r"'|\be-mail",
    "lv": r"\biekārt|\bdatn|šobrīdēj|\bapl(is|i|a|u|os|iem|ī)\b",
    "et": r"salasõna|töölau|vahepeal|\bteie\b"
    r"|\b(ava|kasuta|kontrolli|lisa|määra|paku|saada|sisesta|skanni|vaada|vajuta|vali|veendu)(ge|ke)\b",
    "uz": r"akkaunt|\bemail\b|peshtaxta|uzib qoʻy",
    "kk": r"дүкен|\bсөре|айналым|вебте|кезең",
    "ja": r"節目|周目|封印|解除|スマートフォン|バイト|[ぁ-んァ-ヶ一-龠] | [ぁ-んァ-ヶ一-龠]",
}


def has_wrong_quotes(locale: str, text: str) -> bool:
    """Whether a quotation opens or closes with another mark than the language's own."""
    marks = QUOTE.findall(TAG.sub("", text))
    return marks != [QUOTES[locale][place % 2] for place in range(len(marks))] or len(marks) % 2 == 1


def has_rejected_word(locale: str, text: str) -> bool:
    return bool(re.search(REJECTED[locale], PLACEHOLDER.sub("", text), re.IGNORECASE))


def bare_words(text: str) -> str:
    """The text without all that: what has to be said in the reader's own words."""
    for kept in (TAG, ADDRESS, PLACEHOLDER, KEPT):
        text = kept.sub(" ", text)
    return text
