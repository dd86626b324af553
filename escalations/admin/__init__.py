"""The admin pages of the ledger, one noun a file."""

from escalations.admin import accounts as accounts
from escalations.admin import backtests as backtests
from escalations.admin import cases as cases
from escalations.admin import deliveries as deliveries
from escalations.admin import destinations as destinations
from escalations.admin import entries as entries
from escalations.admin import escalations as escalations
from escalations.admin import handoffs as handoffs
from escalations.admin import keys as keys
from escalations.admin import outbox as outbox
from escalations.admin import people as people
from escalations.admin import promises as promises
from escalations.admin import rejections as rejections
from escalations.admin import rotas as rotas
from escalations.admin import signals as signals
from escalations.admin import sources as sources
from escalations.admin import steps as steps
from escalations.admin import teams as teams
from escalations.admin import timers as timers
from escalations.admin import tokens as tokens
from escalations.admin import watch as watch
