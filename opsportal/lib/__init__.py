"""Tools that know neither "escalation" nor "template"."""
