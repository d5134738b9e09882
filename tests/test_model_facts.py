"""What is loaded, in numbers: the same model counts the same parameters however few bits they take."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.model import adapters
from lab.model.base import load_base
from lab.model.facts import count_words, facts_of, licence_of, process_bytes, size_words


@pytest.mark.parametrize("quantize", ["none", "nf4", "int8"])
def test_parameters_are_the_models_own_and_bytes_are_what_they_take(tiny_model: Path, quantize: str):
    plain = load_base(str(tiny_model), "none", "cpu")
    own = sum(parameter.numel() for parameter in plain.model.parameters())
    found = facts_of(load_base(str(tiny_model), quantize, "cpu"), str(tiny_model))  # type: ignore[arg-type]
    assert found.parameters == own
    assert found.weights == 4 * own if quantize == "none" else found.weights < 3 * own
    assert (found.layers, found.width, found.context, found.precision) == (2, 64, 512, "fp32")
    assert found.device.startswith("CPU") and found.folder == str(tiny_model)


def test_adapters_are_no_part_of_the_model(tiny_model: Path):
    base = load_base(str(tiny_model), "none", "cpu")
    before = facts_of(base, str(tiny_model))
    adapters.create(base, "a", 4, 8.0, seed=1)
    assert facts_of(base, str(tiny_model)) == before


def test_a_card_names_its_licence_in_its_front_matter_or_in_a_line():
    assert licence_of("---\nlicense: apache-2.0\nlanguage: en\n---\n# A model") == "apache-2.0"
    assert licence_of("# A model\n\n**Licence**: MIT\n") == "MIT"
    assert licence_of("# A model") == ""


def test_sizes_as_people_read_them():
    assert [size_words(size) for size in (2.4e6, 23e6, 1.54e9)] == ["2.4 MB", "23 MB", "1.5 GB"]
    assert [count_words(count) for count in (320, 11_400_000, 596_000_000, 7_600_000_000)] == [
        "320", "11.4 million", "596 million", "7.6 billion",
    ]  # fmt: skip
    assert process_bytes() > 1e7
