"""Fakes with behaviour, shared by tests."""
