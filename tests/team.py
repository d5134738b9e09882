"""One process of a fit that several do together: `python -m tests.team MODEL FOLDER`. Writes the adapter it ends with."""

from __future__ import annotations

import sys
from pathlib import Path

from lab.model import adapters
from lab.model.base import load_base
from lab.train.dpo import Preference
from lab.train.fit import fit
from lab.train.hooks import Hooks
from tests.test_train_fit import SETTINGS, rows_of


def main(model: str, folder: Path) -> None:
    base = load_base(model, "none", "cpu", training=True)
    adapters.create(base, "c", rank=4, alpha=8, seed=0)
    from accelerate import PartialState

    team = PartialState(cpu=True)
    fit(base, "c", rows_of(base, 7), Preference(SETTINGS), SETTINGS, folder, Hooks())
    adapters.save(base, "c", folder / f"made-{team.process_index}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
