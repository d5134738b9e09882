"""Measurements of the lab against the world outside it. Nothing under lab/ imports them."""
