"""What a program offers, said in each reader's language and never in two at once."""

from django.utils.translation import override

from stampwell.programs.offering import is_offered_in, offer_of
from tests.world import COFFEE, Shop

KAFIJA = COFFEE | {"reward": {"name": {"lv": "Bezmaksas kafija"}, "path": "self_redeem"}}


def test_the_offer_is_made_of_goal_and_reward(lume: Shop) -> None:
    terms = lume.publish().terms

    with override("en"):
        assert offer_of(terms).text == "Collect 10 stamps and get: A free coffee"
    with override("lv"):
        assert offer_of(terms).text == "Sakrājiet 10 zīmogus un saņemiet: Kafija bez maksas"


def test_a_reward_without_a_name_in_the_language_stands_on_a_line_of_its_own(lume: Shop) -> None:
    terms = lume.publish(milestones=[KAFIJA]).terms

    with override("en"):
        offer = offer_of(terms)

    assert offer.text == "Collect 10 stamps and get a reward\nBezmaksas kafija"
    assert (offer.reward, offer.reward_locale) == ("Bezmaksas kafija", "lv")


def test_the_owners_own_sentence_stands_alone_in_its_language(lume: Shop) -> None:
    terms = lume.publish(milestones=[KAFIJA], offer={"en": "Coffee on us."}).terms

    with override("en"):
        assert offer_of(terms).text == "Coffee on us."
    with override("ja"):
        assert offer_of(terms).text == "スタンプ10個で特典がもらえます\nBezmaksas kafija"


def test_an_offer_can_be_told_where_its_sentence_or_its_reward_is_translated(lume: Shop) -> None:
    terms = lume.publish(milestones=[KAFIJA], offer={"en": "Coffee on us."}).terms

    assert [locale for locale in ("en", "lv", "ja") if is_offered_in(terms, locale)] == ["en", "lv"]
