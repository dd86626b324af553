"""A5 through the line: in whatever order sources disagree, one case a record and field, and the same facts."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from escalations import clockwork
from escalations.models import Case, Escalation
from escalations.services import cases, sources
from escalations.services.errors import Stale
from tests.escalations.views.casework import World, arrive, world

pytestmark = pytest.mark.django_db
SAYS = {"Crm": "starter", "Billing": "enterprise", "Helpdesk": "business"}


def heard(here: World, name: str, problem: str, **said: str) -> None:
    found, _ = sources.connect(kind="generic", slug=name.lower(), name=name, unsigned=True)
    speaking = World(here.omar, here.lena, here.reader, found, here.account)
    arrive(speaking, account="Tessel Bank", title=problem, severity="high", problem=problem, **said)


def test_every_order_of_arrival_makes_one_case_and_the_same_facts() -> None:
    here = world()
    settled = []
    for number, order in enumerate(permutations(SAYS)):
        for name in order:
            heard(here, name, f"trouble {chr(97 + number)}", tier=SAYS[name])
        record = Escalation.objects.latest("pk")
        case = Case.objects.get(escalation=record, field="tier")
        assert (case.reason, case.state) == ("sources_disagree", "open")
        says = {one["source"]: one["value"] for one in case.known["says"]}
        assert says.items() >= SAYS.items(), "what a source said is lost"
        assert all(one["at"] for one in case.known["says"] if one["source"] in SAYS)
        settled.append((record.facts["tier"]["value"], record.tier, sorted(says.items())))
    assert Escalation.objects.count() == 6
    assert all(one == settled[0] for one in settled)


def test_what_was_decided_stays_decided_whoever_repeats_it() -> None:
    here = world()
    for name, tier in SAYS.items():
        heard(here, name, "trouble", tier=tier)
    case = Case.objects.get(field="tier")
    now = timezone.now()
    cases.decide(case_id=case.pk, by=here.omar, answer={"tier": "starter"}, reason="the contract says so", now=now)
    clockwork.sweep(now=now + cases.UNDO + timedelta(seconds=1))
    heard(here, "Pager", "trouble", tier="starter")
    heard(here, "Billing", "trouble", tier="enterprise")
    record = Escalation.objects.get()
    assert record.facts["tier"]["value"] == "starter"
    assert Case.objects.filter(field="tier").count() == 1


def test_what_nobody_had_said_when_it_was_decided_is_asked_once() -> None:
    """A new value opens one more case; the decision stands meanwhile, and saying it again opens nothing."""
    here = world()
    heard(here, "Crm", "trouble", tier="starter")
    heard(here, "Billing", "trouble", tier="enterprise")
    now = timezone.now()
    first = Case.objects.get(field="tier", state="open")
    cases.decide(case_id=first.pk, by=here.omar, answer={"tier": "enterprise"}, reason="the contract", now=now)
    clockwork.sweep(now=now + cases.UNDO + timedelta(seconds=1))
    for _ in range(2):
        heard(here, "Pager", "trouble", tier="business")
        record = Escalation.objects.get()
        assert (record.facts["tier"]["value"], record.tier) == ("enterprise", "enterprise")
        assert Case.objects.filter(field="tier").count() == 2
        assert Case.objects.filter(field="tier", state="open").count() == 1


def test_whoever_decides_on_an_older_question_is_told() -> None:
    """A third source speaks while the case is open on a screen: that answer was to another question."""
    here = world()
    heard(here, "Crm", "trouble", tier="starter")
    heard(here, "Billing", "trouble", tier="enterprise")
    seen = Case.objects.get(field="tier").version
    heard(here, "Helpdesk", "trouble", tier="business")
    case, now = Case.objects.get(field="tier"), timezone.now()
    with pytest.raises(Stale):
        cases.decide(
            case_id=case.pk, by=here.omar, answer={"tier": "starter"}, reason="as seen", now=now, seen_version=seen
        )
    heard(here, "Helpdesk", "trouble", tier="business")
    assert Case.objects.get(field="tier").version == case.version
