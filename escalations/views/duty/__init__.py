"""Who is on duty: two weeks of every rota at a glance, and what changes them."""
