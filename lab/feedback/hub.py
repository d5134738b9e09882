"""Rows of a dataset on the Hugging Face Hub, read as a stream: nothing of it is kept on this disk."""

from __future__ import annotations

from collections.abc import Iterator

from lab.errors import StoreError

PREFIX = "hub:"


def hub_rows(name: str) -> Iterator[tuple[int, object]]:
    """(number, row) of "OWNER/NAME" or "OWNER/NAME:SPLIT"; the split is train unless named.

    Raises StoreError when the Hub cannot be reached or has no such dataset or split. No code of a dataset is run.
    """
    from datasets import load_dataset
    from datasets.exceptions import DatasetsError
    from huggingface_hub.errors import HfHubHTTPError

    repository, _, split = name.partition(":")
    try:
        yield from enumerate(load_dataset(repository, split=split or "train", streaming=True), 1)
    except (DatasetsError, HfHubHTTPError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise StoreError(
            f"the dataset {repository!r} cannot be read: {reason}; check its name and split, and that the Hub can be reached"
        ) from None
