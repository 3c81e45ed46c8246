"""How drafts of voice menus end and begin again: published, put away, taken up."""

import copy
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qiao.staff.tests.cast import Company
from qiao.telephony.models import VoiceMenu, VoiceMenuDraft
from qiao.telephony.operations import menu_drafts as drafts
from qiao.telephony.rules.menu_edit import MENU
from qiao.telephony.tests.test_menu_pages import (
    HTMX,
    KEY,
    NOW,
    at,
    chief,
    company,
    draft,
    post,
    stands,
    text,
)

__all__ = ["chief", "company", "draft"]
pytestmark = pytest.mark.django_db


def test_a_draft_of_another_version_of_the_program_leads_to_where_it_is_put_away(
    chief: Client, draft: VoiceMenuDraft, company: Company
) -> None:
    page_of_menu = reverse("telephony:menu", args=[KEY])
    draft.data = copy.deepcopy(draft.data) | {"colour": "red"}
    draft.save()
    for name in ("draft", "step", "try", "publish", "sound"):
        assert chief.get(at(name))["Location"] == page_of_menu, name
        assert chief.get(at(name), headers=HTMX)["HX-Redirect"] == page_of_menu, name
    for name in ("step", "add", "remove", "move", "publish"):
        body = {"kind": "say", "step": "bye", "revision": "1"}
        assert chief.post(at(name), body)["Location"] == page_of_menu, name
    page = text(chief.get(f"{at('compare')}?after=draft"))
    assert "they cannot be compared" in page
    assert "No difference" not in page
    body = form_to_drop(chief)
    assert chief.post(at("drop"), body)["Location"] == page_of_menu
    draft.refresh_from_db()
    assert draft.state == "dropped"
    answer = chief.post(at("restore"), {"draft": str(draft.pk)}, follow=True)
    assert "written by another version of the program" in text(answer)
    draft.refresh_from_db()
    assert draft.state == "dropped"
    assert drafts.begin_menu_draft(key=KEY, version=1, actor=company.chief, now=NOW).pk != draft.pk


def form_to_drop(client: Client) -> dict[str, str]:
    page = text(client.get(reverse("telephony:menu", args=[KEY])))
    assert "It can be put away" in page
    form = page.partition(f'action="{at("drop")}"')[2].partition("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_what_is_shown_before_publishing_is_what_comes_into_service(
    chief: Client, draft: VoiceMenuDraft
) -> None:
    post(chief, "bye", **{"more-prompts": "+"})
    (made,) = set(stands().data["texts"]) - set(draft.data["texts"])
    post(chief, "bye", **{f"text-{made}-en": "Aside.", f"drop-prompts-{made}": "on"})
    assert made in stands().data["texts"]  # nothing says it any more
    for page in (at("publish"), f"{at('compare')}?after=draft"):
        shown = text(chief.get(page))
        assert "Aside." not in shown
        assert "No difference" in shown


def test_an_old_version_comes_back_as_a_draft_and_what_says_the_same_is_not_published(
    company: Company, chief: Client, draft: VoiceMenuDraft
) -> None:
    told: dict[str, Any] = {"actor": company.chief, "now": NOW}
    with pytest.raises(drafts.MenuUnchanged):
        drafts.publish_menu_draft(key=KEY, seen=1, reason="", **told)
    post(chief, "bye", **{"text-bye-en": "So long."})
    drafts.publish_menu_draft(key=KEY, seen=2, reason="", **told)
    assert chief.post(at("begin"), {"version": "1"})["Location"] == at("draft")
    assert chief.post(at("begin"), {"version": "2"})["Location"] != at("draft")  # one is open
    assert stands().based_on.version == 1
    assert "another one came into service since" in text(chief.get(at("draft")))
    drafts.publish_menu_draft(key=KEY, seen=1, reason="back", **told)
    versions = {each.version: each for each in VoiceMenu.objects.filter(key=KEY)}
    assert versions[3].digest == versions[1].digest


def test_a_draft_is_put_away_and_taken_up_again(chief: Client, draft: VoiceMenuDraft) -> None:
    assert chief.post(at("drop"), {"revision": "7"})["Location"] == at("draft", MENU)
    chief.post(at("drop"), {"revision": "1"})
    assert chief.get(at("draft")).status_code == 404
    assert "put away" in text(chief.get(reverse("telephony:menu", args=[KEY])))
    assert chief.post(at("restore"), {"draft": str(draft.pk)})["Location"] == at("draft")
    assert stands().pk == draft.pk
    assert chief.post(at("restore"), {"draft": "0"}).status_code == 404


def test_who_takes_a_draft_up_that_was_published_meanwhile_is_told(
    chief: Client, draft: VoiceMenuDraft, company: Company
) -> None:
    VoiceMenuDraft.objects.update(state="dropped")
    page = chief.get(reverse("telephony:menu", args=[KEY]))
    assert f'name="draft" value="{draft.pk}"' in text(page)
    VoiceMenuDraft.objects.update(state="open")
    post(chief, "bye", **{"text-bye-en": "So long."})
    drafts.publish_menu_draft(key=KEY, seen=2, reason="", actor=company.chief, now=NOW)
    with pytest.raises(drafts.NoOpenDraft):
        drafts.restore_menu_draft(draft_id=draft.pk, actor=company.chief, now=NOW)
    assert chief.post(at("restore"), {"draft": str(draft.pk)}).status_code == 404
