from tests.wallet.google.conftest import card, google, offer

__all__ = ["card", "google", "offer"]
