"""Who is on call, over the wire."""

from datetime import UTC, datetime, time
from urllib.parse import quote

import pytest

from escalations.services import rotas
from tests.escalations.api.test_api import Caller
from tests.stories import world

pytestmark = pytest.mark.django_db


def test_who_is_on_call_at_any_moment() -> None:
    world.build()
    rota = rotas.save_rota(key="platform", name="Platform", time_zone="UTC")
    start = datetime(2026, 11, 2, 9, tzinfo=UTC)
    people = [world.person("ada"), None]
    rotas.add_layer(rota=rota, name="Week", people=people, starts_on=start.date(), hand_over_at=time(9))
    reader = Caller("ada")
    status, body = _ask(reader, "/on-call/?at=2026-11-03T12:00:00Z")
    assert status == 200
    assert body == [
        {
            "rota": "platform",
            "name": "Platform",
            "at": "2026-11-03T12:00:00Z",
            "person": "ada",
            "until": "2026-11-09T09:00:00Z",
            "then": None,
            "gaps": [{"start": "2026-11-09T09:00:00Z", "end": "2026-11-16T09:00:00Z"}],
        }
    ]
    assert _ask(reader, f"/on-call/?at={quote('2026-11-10T12:00:00+01:00')}")[1][0]["person"] is None
    assert _ask(reader, "/on-call/")[0] == 200
    for wrong in ("soon", "2026-13-01T00:00:00Z", "1999-01-01T00:00:00Z"):
        status, problem = _ask(reader, f"/on-call/?at={wrong}")
        assert status == 400
        assert "at" in str(problem)


def _ask(caller: Caller, path: str) -> tuple[int, list[dict[str, object]]]:
    answer = caller("GET", path)
    return answer.status_code, answer.json()
