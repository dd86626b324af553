"""Kills the running portal at random while signals stream in, and looks at what was lost, doubled or missed."""
