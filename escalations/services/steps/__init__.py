"""How each kind of step is done: one small file a kind, one table here."""

from escalations.services.steps.asking import ASK, TASK
from escalations.services.steps.assigning import ASSIGN
from escalations.services.steps.base import Doing
from escalations.services.steps.checking import CHECK, CLOSE
from escalations.services.steps.flowing import BRANCH, RUN
from escalations.services.steps.paging import PAGE
from escalations.services.steps.sending import CALL_WEBHOOK, WAR_ROOM
from escalations.services.steps.setting import SET_FIELD
from escalations.services.steps.snapping import SNAPSHOT
from escalations.services.steps.telling import NOTIFY
from escalations.services.steps.waiting import ACKNOWLEDGEMENT, RESOLUTION

DO: dict[str, Doing] = {
    "assign": ASSIGN,
    "notify": NOTIFY,
    "page": PAGE,
    "wait_for_acknowledgement": ACKNOWLEDGEMENT,
    "wait_for_resolution": RESOLUTION,
    "ask_approval": ASK,
    "ask_person": ASK,
    "set_field": SET_FIELD,
    "snapshot": SNAPSHOT,
    "open_task": TASK,
    "war_room": WAR_ROOM,
    "call_webhook": CALL_WEBHOOK,
    "run": RUN,
    "branch": BRANCH,
    "check": CHECK,
    "close": CLOSE,
}
