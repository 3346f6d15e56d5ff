"""Our templates drawn without a view, for tests of the front end's own parts."""

from django.template import engines
from django.test import RequestFactory
from django.utils import translation


def draw_page(source: str, *, locale: str = "en", **context: object) -> str:
    """The page that this template source gives, in a locale."""
    with translation.override(locale):
        return str(engines["django"].from_string(source).render(context, RequestFactory().get("/")))
