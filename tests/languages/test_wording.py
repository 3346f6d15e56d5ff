"""Sentences that nobody could translate whole are found in the code before a translator sees them."""

import pytest

from stampwell.languages.wording import find_python_problems, find_template_problems, find_wording_problems

EAGER = "from django.utils.translation import gettext as _, ngettext, pgettext\n"
LAZY = "from django.utils.translation import gettext_lazy as _\n"


def test_the_code_has_whole_sentences_only() -> None:
    assert find_wording_problems() == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('def f(): return f"{_("Stamps")}: 3"', "a translated text inside an f-string"),
        ('def f(): return _("Stamps") + ": 3"', "a translated text glued with +"),
        ('def f(): return "%s!" % _("Stamps")', "a translated word put into another text"),
        (
            'def f(): return _("You get %(what)s") % {"what": _("coffee")}',
            "a translated word put into another text",
        ),
        ('def f(): return ", ".join([_("Stamps"), _("Cards")])', "translated texts glued by join or format"),
        ('def f(): return "{x}".format(x=_("Stamps"))', "translated texts glued by join or format"),
        ("def f(x): return _(x)", "the argument of gettext is not a plain string"),
        ('def f(x): return _(f"Stamps {x}")', "the argument of gettext is not a plain string"),
        ('def f(x): return ngettext("stamp", x, 1)', "the argument of gettext is not a plain string"),
        ('def f(x): return pgettext(x, "stamp")', "the argument of gettext is not a plain string"),
        ('TITLE = _("Stamps")', "gettext while the module is loaded: use gettext_lazy"),
        ('class A:\n    title = _("Stamps")', "gettext while the module is loaded: use gettext_lazy"),
    ],
)
def test_glued_and_computed_sentences_are_found_in_python(source: str, fault: str) -> None:
    assert fault in {what for _line, what in find_python_problems(EAGER + source)}


@pytest.mark.parametrize(
    "source",
    [
        EAGER + 'def f(n): return ngettext("%(n)s stamp", "%(n)s stamps", n) % {"n": n}',
        EAGER + 'def f(): return _("A long sentence " "over two lines.")',
        EAGER + 'def f(x): return x.join(_("a b"))',
        LAZY + 'class A:\n    title = _("Stamps")',
        "for _ in range(3): pass",
    ],
)
def test_whole_sentences_pass_in_python(source: str) -> None:
    assert list(find_python_problems(source)) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('<p>{% translate "You have" %} {{ n }} {% translate "stamps" %}</p>', "glued: […] {…} […]"),
        ('<p>{% translate "Hello" %}, <b>{% translate "friend" %}</b></p>', "glued: […], […]"),
        ("<p>{% blocktranslate %}a b{% endblocktranslate %} {% translate 'c' %}</p>", "glued: […] […]"),
        ("<p>{% translate 'It is as it was' %} {% translate 'c' %}</p>", "glued: […] […]"),
        ("<p>Ready</p>", "text that is not translated: Ready"),
        ('<img alt="A cup">', "text that is not translated: A cup"),
        ('<button aria-label="Close {{ name }}">×</button>', "text that is not translated: Close {…}"),
    ],
)
def test_glued_and_bare_texts_are_found_in_templates(source: str, fault: str) -> None:
    assert [what for what in find_template_problems(source) if fault in what]


@pytest.mark.parametrize(
    "source",
    [
        '<p>{% translate "Ready" %}</p><p>{% translate "Used" %}</p>',
        '<p>{% if a %}{% translate "Ready" %}{% else %}{% translate "Used" %}{% endif %}</p>',
        '<a title="{% translate "Open" %}" href="/x" class="big">{% translate "Card" %} {{ n }}</a>',
        "{% comment %}<p>Ready</p>{% endcomment %}<script>let ready = 1</script>",
        '{% block body_class %}counter{% endblock %}<{% if a %}div{% else %}p{% endif %} class="x">1</p>',
        "<p>{% blocktranslate with n=x %}You have <b>{{ n }}</b> stamps{% endblocktranslate %}</p>",
        "<p>Stampwell · QR · 10</p>",
    ],
)
def test_whole_sentences_pass_in_templates(source: str) -> None:
    assert list(find_template_problems(source)) == []
