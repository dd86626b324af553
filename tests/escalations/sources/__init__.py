"""Signatures and bodies, as vendors and attackers send them."""
