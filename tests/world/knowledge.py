"""Knowledge of the lake branch alone, every text of it marked."""

from qiao.knowledge.operations import Facts, TextDraft, Wording, create_text, propose_article
from tests.world.canaries import World, marked


def add_knowledge(world: World) -> None:
    """A text of the unit, and a proposal for an article that waits."""
    agent, now, lake = world.company.agent, world.now, world.company.lake.pk
    draft = TextDraft("unit", {"en": marked("text")}, {"en": marked("body")}, "unit", lake)
    text = create_text(draft=draft, actor=agent, now=now)
    version = propose_article(
        wording=Wording({"en": marked("article")}, {"en": marked("words")}, "x", marked("reason")),
        facts=Facts("bills"),
        organisation_id=lake,
        actor=agent,
        now=now,
    )
    world.ids |= {"text_module": text.pk, "article": version.article_id}
