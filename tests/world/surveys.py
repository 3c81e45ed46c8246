"""Surveys of the lake branch: one that is answered behind a link, one that waits to be sent."""

from qiao.core.rules.links import hash_of
from qiao.customers.operations.care import record_consent
from qiao.feedback.models import Survey, SurveyCall, SurveyInvitation, SurveyWave
from qiao.feedback.operations.survey_answering import Given, answer_survey
from qiao.feedback.operations.survey_drawing import Draw, draw_wave
from qiao.feedback.operations.survey_sending import send_part, send_wave
from qiao.feedback.operations.surveys import Asked, Design, add_survey, save_question
from tests.world.canaries import World, marked

TOKEN = "aaaa-bbbb-cccc-dddd"


def _designed(world: World, text: str) -> Survey:
    """A survey with one question; `text` is all that it says."""
    agent = world.company.agent
    words = dict.fromkeys(("en", "zh-Hans", "zh-Hant"), text)
    design = Design(
        organisation_id=world.company.lake.pk,
        names=words,
        intros=words,
        owner_id=agent.person_id,
        every_months=3,
    )
    row = add_survey(design=design, actor=agent, now=world.now)
    save_question(survey_id=row.pk, key="", asked=Asked("overall", words), actor=agent)
    return row


def _drawn(world: World, row: Survey) -> SurveyWave:
    return draw_wave(survey_id=row.pk, draw=Draw(5, 1), actor=world.company.agent, now=world.now)


def add_surveys(world: World) -> None:
    """Both are drawn from the customer who agreed; the holder of a link sees what it asks."""
    agent = world.company.agent
    record_consent(
        actor=agent,
        now=world.now,
        customer_id=world.ids["customer"],
        purpose="survey",
        is_given=True,
        how="spoken",
    )
    answered, waiting = _designed(world, "How do you find us?"), _designed(world, marked("survey"))
    wave, drawn = _drawn(world, answered), _drawn(world, waiting)
    send_wave(wave_id=wave.pk, page_url="https://qiao.example/s/", actor=agent, now=world.now)
    while send_part(wave_id=wave.pk, now=world.now):
        pass
    SurveyInvitation.objects.filter(wave=wave, state="sent").update(token_hash=hash_of(TOKEN))
    answer_survey(token=TOKEN, given={"q1": Given(1)}, is_all=True, now=world.now)
    call = SurveyCall.objects.get(invitation__wave=wave)
    SurveyCall.objects.filter(pk=call.pk).update(note=marked("survey_call"))
    world.ids |= {
        "survey_call": call.pk,
        "survey": waiting.pk,
        "survey_wave": wave.pk,
        "survey_drawn": drawn.pk,
        "survey_answered": answered.pk,
        "survey_token": TOKEN,
    }
