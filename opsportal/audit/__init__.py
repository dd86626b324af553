"""Who did what, when, why and through which door: history, acting scope, sealing."""
