"""The rows of the ledger, one noun a file."""

from escalations.models.accounts import Account, AccountIdentifier
from escalations.models.backtests import Backtest, BacktestRow
from escalations.models.cases import Case
from escalations.models.deliveries import Delivery, Rejection
from escalations.models.destinations import Destination
from escalations.models.entries import Entry
from escalations.models.escalations import OPEN, CorrelationKey, Escalation
from escalations.models.handoffs import Handoff
from escalations.models.outbox import Attempt, Message
from escalations.models.people import Membership, Person, Team
from escalations.models.promises import Promise
from escalations.models.rotas import Absence, Rota, RotaLayer, RotaOverride
from escalations.models.signals import Signal
from escalations.models.sources import Source
from escalations.models.steps import Snapshot, StepAnswer, StepRun
from escalations.models.timers import Timer
from escalations.models.tokens import ReplayedRequest, Token
from escalations.models.watch import Canary, Lease

__all__ = [
    "OPEN",
    "Absence",
    "Account",
    "AccountIdentifier",
    "Attempt",
    "Backtest",
    "BacktestRow",
    "Canary",
    "Case",
    "CorrelationKey",
    "Delivery",
    "Destination",
    "Entry",
    "Escalation",
    "Handoff",
    "Lease",
    "Membership",
    "Message",
    "Person",
    "Promise",
    "Rejection",
    "ReplayedRequest",
    "Rota",
    "RotaLayer",
    "RotaOverride",
    "Signal",
    "Snapshot",
    "Source",
    "StepAnswer",
    "StepRun",
    "Team",
    "Timer",
    "Token",
]
