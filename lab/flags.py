"""The flags that every verb has, and the lab they open. Loads no model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from lab.compose import Opened, on_disk

if TYPE_CHECKING:
    from lab.feedback.store import Store
    from lab.settings import Settings

HERE = Path(__file__).resolve().parents[1]
HOME = HERE if (HERE / "launch.py").is_file() else Path()  # beside launch.py, or where the user stands

HomeFlag = Annotated[Path, typer.Option(help="Folder of adapters/, feedback_data/ and lab.toml.", show_default="here")]
ModelFlag = Annotated[str | None, typer.Option(help="'starter', a Hub id, or a local folder.", show_default="starter")]
QuantizeFlag = Annotated[Literal["nf4", "int8", "none"] | None, typer.Option(help="How the base is kept.", show_default="nf4")]
DeviceFlag = Annotated[Literal["auto", "cpu", "cuda"] | None, typer.Option(help="Where the model runs.", show_default="auto")]
VersionFlag = Annotated[int | None, typer.Option(help="A version; 0 is the base.", show_default="the live one")]
VersionArgument = Annotated[int, typer.Argument(help="A version, as `versions` lists them.")]


def configure(home: Path, model: str | None, quantize: str | None, device: str | None) -> Settings:
    """Settings from flags and lab.toml; the home is made if it is new."""
    from lab.settings import load_settings

    settings = load_settings(home, {"model": model, "quantize": quantize, "device": device})
    settings.home.mkdir(parents=True, exist_ok=True)
    return settings


@contextmanager
def opened(home: Path, model: str | None, quantize: str | None, device: str | None) -> Iterator[Opened]:
    """The lab of a home, closed at the end."""
    with on_disk(configure(home, model, quantize, device)) as disk:
        yield disk


@contextmanager
def feedback_of(home: Path) -> Iterator[Store]:
    """The feedback alone: it needs no model."""
    from lab.feedback.store import Store

    store = Store(configure(home, None, None, None).feedback_data)
    try:
        yield store
    finally:
        store.close()
