"""What is the same in every language: names, formats, placeholders, tags, addresses."""

import re

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|(?<!%)%[a-z](?![a-z])|\{\w*\}")
TAG = re.compile(r"<[^<>]+>")
ADDRESS = re.compile(r"\b(?:https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w+)")
KEPT_TERMS = (
    ("Stampwell", "FREECOFFEE", "Lume", "Café"),
    ("Apple Wallet", "Apple Watch", "Google Wallet", "Google", "Apple", "iPhone", "Android", "Safari", "Chrome"),
    ("QR", "EAN-13", "EAN-8", "UPC-A", "ITF", "Code 128", "Code 39", "PDF417", "Aztec", "Data Matrix"),
    ("PIN", "API", "URL", "ID", "UUID", "JSON", "CSV", "PDF", "PNG", "JPEG", "SVG", "A4", "A5"),
    ("NFC", "SMS", "USB", "Bluetooth", "Wi-Fi", "IPv4", "IPv6", "HTTPS", "HTTP", "TOTP", "WebAuthn"),
    ("OK", "EUR", "UTC"),
    ("stampwell wallet seal", "worker", "https", "STAMPWELL_GOOGLE_ISSUER", "STAMPWELL_GOOGLE_ACCOUNT"),
    ("Idempotency-Key", "Authorization: Bearer", "Content-Type: application/json", "Accept: application/json"),
    ("Accept", "Retry-After", "UTF-8", "OpenAPI", "WebP", "Web", "MB", "kB", "KB"),
)
KEPT = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(term for row in KEPT_TERMS for term in row)})(?![A-Za-z])")


def bare_words(text: str) -> str:
    """The text without all that: what has to be said in the reader's own words."""
    for kept in (TAG, ADDRESS, PLACEHOLDER, KEPT):
        text = kept.sub(" ", text)
    return text
