"""What browsers and senders reach: each view loads, calls one verb, answers."""
