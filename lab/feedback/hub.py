"""Rows of a dataset on the Hugging Face Hub, read as a stream: of its rows nothing is kept on this disk.

Only its card goes where everything of the Hub goes, into the Hub's own cache.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from lab.errors import StoreError

PREFIX = "hub:"
PATIENCE = 10.0  # seconds for the Hub's first answer


def hub_rows(name: str) -> Iterator[tuple[int, object]]:
    """(number, row) of "OWNER/NAME" or "OWNER/NAME:SPLIT"; the split is train unless named. A folder may stand for the name.

    Raises StoreError when the Hub cannot be reached or has no such dataset or split. No code of a dataset is run.
    """
    from datasets import config, disable_progress_bars, load_dataset
    from datasets.exceptions import DatasetsError
    from datasets.utils import logging
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HTTPError  # the client's own, whichever client it is: a stream may break anywhere

    config.HF_UPDATE_DOWNLOAD_COUNTS = False  # it would tell a counter
    disable_progress_bars()
    logging.set_verbosity(logging.CRITICAL)  # what it logs of an error, the error says as well
    repository, _, split = name.partition(":")
    if not repository:
        raise StoreError(f"{PREFIX} needs the name of a dataset; give {PREFIX}OWNER/NAME")
    try:
        if not Path(repository).is_dir():
            HfApi().dataset_info(repository, timeout=PATIENCE)  # says no at once; load_dataset tries for half a minute
        with TemporaryDirectory() as locks:  # it locks even what it only streams
            yield from enumerate(load_dataset(repository, split=split or "train", streaming=True, cache_dir=locks), 1)
    except (DatasetsError, HTTPError, OSError, EOFError, zlib.error, ValueError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise StoreError(
            f"the dataset {repository!r} cannot be read: {reason}; check its name and split, and that the Hub can be reached"
        ) from None
