"""Evidence for and against two customers being one, weighed without a database."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.customers.rules.duplicates import (
    MOST_HOLDERS,
    Crowd,
    Record,
    Verdict,
    near_numbers,
    weigh,
)
from qiao.customers.rules.likeness import (
    Door,
    NameLevel,
    PlaceLevel,
    compare_doors,
    compare_firms,
    compare_people,
)

MILLION = Crowd(1_000_000)
HOME = Door(1, "339102", "柳荫路", "88号", "翠湖花园", "6幢", "滨湖区柳荫路88号翠湖花园6幢1203室")
MOBILE, OTHER = "+8613805712264", "+8613905710000"


def person(pk: int, name: str, **more: object) -> Record:
    return Record(pk, "person", name, **more)  # type: ignore[arg-type]


def verdict(one: Record, other: Record, crowd: Crowd = MILLION) -> Verdict:
    found = weigh(one, other, crowd)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("陈慧敏", "陈慧敏", NameLevel.SAME),
        ("阿依古丽·买买提", "阿依古丽买买提", NameLevel.SAME),
        ("陈 慧敏", "陈慧敏", NameLevel.SAME),
        ("陈慧敏", "陳慧敏", NameLevel.VARIANT),
        ("陈慧敏", "陈惠敏", NameLevel.SOUND),
        ("陈慧敏", "陳惠敏", NameLevel.SOUND),
        ("陈慧敏", "Huimin Chen", NameLevel.ORDER),
        ("陈慧敏", "慧敏陈", NameLevel.ORDER),
        ("John Smith", "Smith, John", NameLevel.ORDER),
        ("陈慧敏", "慧敏", NameLevel.GIVEN),
        ("陈慧敏", "敏敏", NameLevel.NICK),
        ("王建国", "王建军", NameLevel.ONE_APART),
        ("王伟", "王刚", NameLevel.SURNAME),
        ("王伟", "李芳", NameLevel.DIFFERENT),
        ("王伟", "王先生", NameLevel.NONE),
        ("张丽", "张丽之子", NameLevel.NONE),
        ("业主", "业主", NameLevel.NONE),
    ],
)
def test_names_agree_in_levels(one: str, other: str, level: NameLevel) -> None:
    assert compare_people(one, other) is level
    assert compare_people(other, one) is level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("临江精工机械有限公司", "临江精工机械", NameLevel.FIRM),
        ("临江精工机械有限公司", "临江精工机械有限责任公司", NameLevel.FIRM),
        ("临江市精工机械厂", "精工机械", NameLevel.FIRM),
        ("恒通便利店（总店）", "恒通便利店", NameLevel.FIRM),
        ("恒通便利店", "恆通便利店", NameLevel.VARIANT),
        ("恒通便利店", "百味面馆", NameLevel.DIFFERENT),
    ],
)
def test_firms_agree_without_their_legal_form(one: str, other: str, level: NameLevel) -> None:
    assert compare_firms(one, other) is level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("翠湖花园6-1203", PlaceLevel.ALIKE),
        ("滨湖区柳荫路翠湖花园6栋1203", PlaceLevel.ALIKE),
        ("翠湖花園6號樓1203室", PlaceLevel.ALIKE),
        ("翠湖花园6幢2单元1203室", PlaceLevel.ALIKE),
        ("滨湖区柳荫路88号翠湖花园7幢1203室", PlaceLevel.DIFFERENT),
        ("滨湖区香樟路88号金桂苑6幢1203室", PlaceLevel.DIFFERENT),
        ("滨湖区柳荫路88号翠湖花园6幢1204室", PlaceLevel.DIFFERENT),
    ],
)
def test_a_door_is_known_in_another_writing(text: str, level: PlaceLevel) -> None:
    assert compare_doors(HOME, Door(2, "339102", text=text)) is level


def test_a_road_with_the_same_house_number_is_not_another_road() -> None:
    here = Door(1, "339102", "创新路", "404号", text="滨湖区创新路404号")
    there = Door(2, "339102", "同德路", "404号", text="滨湖区同德路404号")
    assert compare_doors(here, there) is PlaceLevel.DIFFERENT


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("+8613805712264", "+8613805712246", True),  # the last two swapped
        ("+8613805712264", "+8613805702264", True),
        ("+8613805712264", "+8613805712265", False),  # bought together
        ("+8613805712264", "+8613805713364", False),
        ("+8613805712264", "+861380571226", False),
    ],
)
def test_a_number_is_near_by_one_slip(one: str, other: str, near: bool) -> None:
    assert near_numbers(one, other) is near


def test_a_rare_name_weighs_far_more_than_a_common_one() -> None:
    crowd = Crowd(1_000_000, names={"王伟": 290, "欧阳靖雯": 2})
    common, rare = (
        verdict(person(1, name, phones=frozenset({MOBILE}), doors=(HOME,)),
                person(2, name, phones=frozenset({OTHER}), doors=(Door(9, "339102"),)), crowd)
        for name in ("王伟", "欧阳靖雯")
    )  # fmt: skip
    weights = [each.evidence[1].weight for each in (common, rare)]
    assert weights[1] > weights[0] + 5


def test_a_number_that_many_hold_is_no_evidence() -> None:
    crowd = Crowd(1_000_000, phones={MOBILE: MOST_HOLDERS + 1})
    found = verdict(
        person(1, "欧阳靖雯", phones=frozenset({MOBILE})),
        person(2, "欧阳靖雯", phones=frozenset({MOBILE})), crowd,
    )  # fmt: skip
    assert ("phone_shared_by_many", 0) in [(each.key, each.weight) for each in found.evidence]
    assert not found.is_proposed


_family = st.fixed_dictionaries(
    {
        "surname": st.sampled_from("王李张刘陈杨"),
        "given": st.lists(
            st.sampled_from(["建国", "建军", "伟", "芳", "思雨", "思涵", "国强", "丽娟"]),
            min_size=2, max_size=2, unique=True,
        ),
        "phone": st.booleans(),
        "genders": st.tuples(st.sampled_from("fm"), st.sampled_from("fm")),
        "size": st.sampled_from([3_000, 50_000, 1_000_000]),
    }
)  # fmt: skip


@given(family=_family)
def test_people_of_one_household_are_never_proposed(family: dict[str, object]) -> None:
    surname, genders = str(family["surname"]), family["genders"]
    numbers = (MOBILE, MOBILE) if family["phone"] else (MOBILE, OTHER)
    one, other = (
        person(n, surname + given, gender=gender, phones=frozenset({number}), doors=(HOME,))
        for n, (given, gender, number) in enumerate(
            zip(family["given"], genders, numbers, strict=True)  # type: ignore[call-overload]
        )
    )
    assert not verdict(one, other, Crowd(int(str(family["size"])))).is_proposed


def test_two_identity_cards_are_two_people_even_at_one_door_with_one_number() -> None:
    one = person(
        1, "陈思雨", gender="f", phones=frozenset({MOBILE}), doors=(HOME,),
        documents={"id_card": frozenset({"a"})},
    )  # fmt: skip
    other = replace(one, customer_id=2, documents={"id_card": frozenset({"b"})})
    assert not verdict(one, other).is_proposed
    assert verdict(one, replace(other, documents={})).is_proposed


def test_one_card_is_one_person_only_with_another_sign() -> None:
    card = {"id_card": frozenset({"a"})}
    husband = person(1, "王伟", gender="m", documents=card)
    wife = person(2, "李芳", gender="f", documents=card)
    assert not verdict(husband, wife).is_proposed
    assert verdict(husband, person(3, "王玮", documents=card)).is_proposed


def test_a_person_is_never_an_organisation() -> None:
    assert weigh(person(1, "王伟"), Record(2, "organisation", "王伟"), MILLION) is None


@given(
    name=st.sampled_from(["王伟", "欧阳靖雯", "陈慧敏"]), size=st.integers(100, 2_000_000),
    count=st.integers(2, 5_000),
)  # fmt: skip
def test_nothing_is_proposed_on_one_key_alone(name: str, size: int, count: int) -> None:
    crowd = Crowd(size, names={name: min(count, size)})
    assert not verdict(person(1, name), person(2, name), crowd).is_proposed
    phone = {"phones": frozenset({MOBILE})}
    assert not verdict(person(1, "王伟", **phone), person(2, "李芳", **phone), crowd).is_proposed
    door = {"doors": (HOME,)}
    assert not verdict(person(1, "王伟", **door), person(2, "李芳", **door), crowd).is_proposed


_doors = st.lists(
    st.sampled_from(
        [
            HOME,
            Door(2, "339102", "柳荫路", "88号", "翠湖花园", "7幢", "柳荫路88号翠湖花园7幢1203室"),
            Door(3, "339102", text="翠湖花园6-1203"),
            Door(4, "339104", "创新路", "404号", text="江北区创新路404号"),
        ]
    ),
    max_size=3, unique=True,
)  # fmt: skip
_records = st.builds(
    Record,
    customer_id=st.integers(1, 9),
    kind=st.just("person"),
    name=st.sampled_from(
        ["陈慧敏", "陳慧敏", "陈惠敏", "敏敏", "慧敏", "王先生", "Huimin Chen", "陈刚"]
    ),
    gender=st.sampled_from(["", "f", "m"]),
    phones=st.frozensets(
        st.sampled_from([MOBILE, OTHER, "+8613805712246", "+8657188880000"]), max_size=3
    ),
    documents=st.dictionaries(
        st.sampled_from(["id_card", "passport"]), st.frozensets(st.sampled_from("ab"), min_size=1)
    ),
    doors=_doors.map(tuple),
)


@given(one=_records, other=_records)
def test_it_does_not_matter_who_is_compared_with_whom(one: Record, other: Record) -> None:
    assert verdict(one, other) == verdict(other, one)


def test_of_two_shared_numbers_the_mobile_speaks() -> None:
    both = frozenset({MOBILE, "+8657188880000"})
    found = verdict(person(1, "陈慧敏", phones=both), person(2, "陈慧敏", phones=both))
    assert [(each.key, each.what) for each in found.evidence if each.key.startswith("phone")] == [
        ("phone_mobile", MOBILE)
    ]


def test_the_score_is_the_sum_of_what_is_told() -> None:
    found = verdict(
        person(1, "陈慧敏", phones=frozenset({MOBILE}), doors=(HOME,)),
        person(2, "陳慧敏", phones=frozenset({MOBILE}), doors=(HOME,)),
    )
    assert found.is_proposed
    assert found.score == pytest.approx(found.prior + sum(e.weight for e in found.evidence))
    assert 0.9 < found.chance < 1
