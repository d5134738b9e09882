"""The switches of insight/care.py: what lab.toml says, until the page or the command line says otherwise.

They live in the store, so that chat, command line and every trainer see the same. A job carries what they came to when it was
planned: a round does not change under way, and does the same again from its checkpoint.
"""

from __future__ import annotations

import json

from lab.errors import SettingsError
from lab.feedback.store import Store
from lab.insight.care import RULES, Asked, Care, care
from lab.settings import Settings

FLAG = "care"


def switches(store: Store, settings: Settings) -> dict[str, bool]:
    return settings.care.model_dump() | changed(store)


def changed(store: Store) -> dict[str, bool]:
    """The switches that no longer stand as lab.toml has them."""
    found = json.loads(store.signals.flag(FLAG) or "{}")
    return {name: bool(on) for name, on in found.items() if name in RULES}


def switch(store: Store, name: str, on: bool) -> None:
    if name not in RULES:
        raise SettingsError(f"there is no switch {name!r}; use one of {', '.join(RULES)}")
    store.signals.set_flag(FLAG, json.dumps(changed(store) | {name: on}))


def reset(store: Store) -> None:
    """As lab.toml has them."""
    store.signals.set_flag(FLAG, None)


def asked_of(store: Store) -> Asked:
    votes, every = store.votes(), store.every_vote()
    return Asked(votes, every, store.spoken({reply for vote in every for reply in (vote.a, vote.b)}))


def care_of(store: Store, settings: Settings) -> Care:
    """What the next round would leave out, and count for less."""
    on = [name for name, stands in switches(store, settings).items() if stands]
    return care(on, asked_of(store)) if on else Care()
