"""The demo's logins: one a role, all with one password. They exist only while settings.DEMO holds."""

LOGINS = ("operator", "lead", "author", "approver", "auditor", "integrator", "admin")
PASSWORD = "demo"  # noqa: S105 - said on every page of a demo, and made by seed_demo only
