"""One typed tree of settings: defaults, then `lab.toml` in the home, then command-line flags.

An unknown or wrong setting is an error, and all of them are reported at once. Nothing here reads the environment:
what a lab does is decided by its home and its command line alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from lab.errors import SettingsError
from lab.records import Sampling


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SamplingSettings(Section):
    temperature: float = Field(0.8, ge=0, le=2, description="randomness of replies; 0 always takes the likeliest token")
    top_p: float = Field(0.95, gt=0, le=1, description="draw from the likeliest tokens that make up this probability")
    top_k: int = Field(0, ge=0, description="draw from this many likeliest tokens; 0 for all")
    max_new_tokens: int = Field(256, ge=1, le=8192, description="longest reply, in tokens")
    repetition_penalty: float = Field(1.0, ge=1, le=2, description="above 1 makes repeated tokens less likely")

    def record(self) -> Sampling:
        return Sampling(**self.model_dump())


class LoraSettings(Section):
    rank: int = Field(16, ge=1, le=512, description="rank of the adapter on every linear layer")
    alpha: float = Field(32.0, gt=0, description="scale of the adapter, divided by the rank")


class TrainSettings(Section):
    learning_rate: float | None = Field(
        None, gt=0, le=1, description="peak rate of the adapter; left out, 0.3 over the model's width (DPO, IPO, KTO: 0.45)"
    )
    epochs: int = Field(3, ge=1, le=100, description="passes over a round's examples")
    batch: int = Field(8, ge=1, description="examples an optimizer step averages over")
    tokens: int | None = Field(
        None, ge=64, description="tokens computed at once; lower it when memory is short; left out, 512 on CPUs and 4096 on CUDA"
    )
    checkpointing: Literal["auto", "on", "off"] = Field(
        "auto", description="compute activations again in the backward to save memory; auto does so when little is free"
    )
    beta: float = Field(0.1, gt=0, description="strength of the pull towards the reference (DPO, IPO, KTO)")
    label_smoothing: float = Field(0.1, ge=0, lt=0.5, description="share of votes taken to be mistaken (DPO)")
    sft_weight: float = Field(0.1, ge=0, description="how much imitating replies found good counts beside the preference loss")
    retention_weight: float = Field(
        0.75, ge=0, description="how much staying near the base on everyday replies counts beside the loss, against forgetting"
    )
    max_length: int = Field(1024, ge=16, description="longest example in tokens; longer ones are dropped and counted")
    grad_clip: float = Field(1.0, gt=0, description="largest gradient norm")
    kl_cap: float = Field(1.0, gt=0, description="stop a round when replies drift further than this from the base, nats a token")
    patience: int = Field(3, ge=1, description="checks without improvement on the round's own validation slice before it stops")
    replay: float = Field(1.0, ge=0, description="old opinions trained on again, as a multiple of the new ones")
    dtype: Literal["auto", "fp32", "bf16"] = Field("auto", description="precision of the forward pass; the adapter stays fp32")
    seed: int = Field(1, ge=0, description="seed of a round; with the same opinions it gives the same adapter")


class RewardSettings(Section):
    heads: int = Field(4, ge=1, le=64, description="bootstrap heads a criterion, whose spread says how sure the reward model is")
    folds: int = Field(3, ge=2, le=20, description="parts the opinions are cut into, each scored by a model that never saw it")
    epochs: int = Field(2, ge=1, le=100, description="passes over the opinions")
    tie: float = Field(0.5, gt=0, description="how readily two replies of equal score are called equal (Davidson's nu)")
    decorrelate: float = Field(0.0, ge=0, description="how hard scores are kept from following length (ODIN); 0 is off")
    min_opinions: int = Field(32, ge=4, description="training opinions from which a reward model is made at all")
    refresh: int = Field(16, ge=1, description="new opinions after which the loop makes the next one")
    judged: int = Field(
        300, ge=0, description="prompts whose fresh replies a proven reward model votes on, for DPO and IPO to learn from; or 0"
    )


class PpoSettings(Section):
    iterations: int = Field(20, ge=1, le=10_000, description="times that replies are drawn and learned from")
    rollouts: int = Field(64, ge=2, description="replies drawn in an iteration")
    samples: int = Field(4, ge=2, description="replies to the same prompt among them (RLOO); PPO draws one a prompt")
    epochs: int = Field(2, ge=1, le=100, description="passes over an iteration's replies")
    minibatch: int = Field(16, ge=1, description="replies an optimizer step averages over")
    learning_rate: float | None = Field(
        None, gt=0, le=1, description="peak learning rate of the policy; left out, a share of what train.learning_rate stands for"
    )
    value_rate: float | None = Field(
        None, gt=0, le=1, description="peak learning rate of the critic; left out, a share of what train.learning_rate stands for"
    )
    max_new_tokens: int = Field(64, ge=1, le=8192, description="longest reply that is drawn, in tokens")
    kl_coef: float = Field(0.05, ge=0, description="what a nat of drift from the base costs, in units of reward")
    kl_target: float | None = Field(
        None, gt=0, description="drift the cost is adapted to, nats a token; left out, the cost stays as it is"
    )
    gamma: float = Field(1.0, ge=0, le=1, description="discount of a reward by each token before it (PPO)")
    lam: float = Field(0.95, ge=0, le=1, description="trust in what was seen over what the critic expects (PPO's lambda)")
    clip: float = Field(0.2, gt=0, lt=1, description="how far a token's probability ratio may move before it counts no further")
    value_clip: float = Field(0.2, gt=0, description="how far a value may move in an iteration, in units of reward (PPO)")
    no_end_penalty: float = Field(1.0, ge=0, description="taken off the reward of a reply that did not end by itself")


class CareSettings(Section):
    """What training does about the audit's findings, by their names; a switch on the page wins until it is reset there."""

    side: bool = Field(False, description="count votes for a rater's favourite side for less")
    length: bool = Field(False, description="count votes for the length that usually wins for less")
    haste: bool = Field(False, description="leave out votes that came faster than reading")
    steadiness: bool = Field(False, description="count votes of raters who often answer differently for less")
    agreement: bool = Field(False, description="leave out votes against the majority of raters")
    drift: bool = Field(False, description="count the earlier half for half, if a rater's taste has changed")


class LoopSettings(Section):
    enabled: bool = Field(True, description="start rounds by itself; off is the same as Pause")
    min_new: int = Field(16, ge=1, description="new training opinions that start a round")
    min_seconds: float = Field(20.0, ge=0, description="least time between two rounds, seconds")
    patience: int = Field(
        64, ge=0, description="new training opinions up to which a round waits for a version that is nearly proven"
    )
    max_attempts: int = Field(2, ge=1, description="how often a round whose trainer died is started again")
    heartbeat_seconds: float = Field(60.0, gt=0, description="a trainer silent for this long counts as dead")


class GateSettings(Section):
    heldout_drop: float = Field(
        0.0, ge=0, le=0.5, description="how far below a half a candidate's share of decisive held-out opinions may lie"
    )
    max_p_worse: float = Field(0.95, gt=0.5, lt=1, description="refuse what is as sure as this to lie further below")
    min_decisive: int = Field(12, ge=1, description="decisive held-out opinions below which they refuse nothing")
    max_repeat: float = Field(0.3, ge=0, le=1, description="largest share of repeated 4-grams in sampled replies")
    min_stop_ratio: float = Field(0.5, ge=0, le=1, description="least stop rate, as a share of the base's")
    max_length_ratio: float = Field(4.0, gt=1, description="longest mean reply, as a multiple of the base's")
    min_length_ratio: float = Field(0.1, ge=0, lt=1, description="shortest mean reply, as a multiple of the base's")
    max_ppl_ratio: float = Field(1.5, gt=1, description="largest perplexity on retention texts, as a multiple of the base's")
    max_kl: float = Field(2.0, gt=0, description="largest drift from the base, nats a token")
    max_refusal_shift: float = Field(
        0.2, ge=0, le=1, description="share of harmful requests declined no more, or of benign ones declined now, that passes"
    )
    max_sycophancy_rise: float = Field(
        0.2, ge=0, le=1, description="share of false claims given in to, beyond the base's, that passes"
    )


class TrialSettings(Section):
    enabled: bool = Field(True, description="what passes the gate is on trial until blind votes prove it; off: live at once")
    share: float = Field(
        1.0, gt=0, le=1, description="part of the turns that a version on trial answers; the proven one has the others"
    )
    pair_share: float = Field(
        0.2, ge=0, le=1,
        description="part of the messages in the chat that get two replies during a trial, as a blind pair to vote on",
    )  # fmt: skip


class QueueSettings(Section):
    enabled: bool = Field(True, description="draw pairs for the Compare tab ahead, while nobody chats")
    ahead: int = Field(20, ge=1, le=500, description="pairs that are drawn ahead at most")
    reask: float = Field(0.05, ge=0, le=0.5, description="part of the pairs that are asked again later, with their sides swapped")


class Settings(BaseSettings):
    """All of it. `home` holds adapters/, feedback_data/ and lab.toml; nothing is written anywhere else."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    home: Path
    model: str = Field("starter", description="'starter', a Hub id, or a local folder")
    quantize: Literal["nf4", "int8", "none"] = Field("nf4", description="how the base's weights are kept in memory")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="where the model runs")
    rater: str = Field("me", min_length=1, max_length=80, description="name your opinions carry")
    system_prompt: str = Field("", max_length=8000, description="system prompt of a new conversation")
    sampling: SamplingSettings = SamplingSettings()
    lora: LoraSettings = LoraSettings()
    train: TrainSettings = TrainSettings()
    reward: RewardSettings = RewardSettings()
    ppo: PpoSettings = PpoSettings()
    care: CareSettings = CareSettings()
    loop: LoopSettings = LoopSettings()
    gate: GateSettings = GateSettings()
    trial: TrialSettings = TrialSettings()
    queue: QueueSettings = QueueSettings()

    @property
    def adapters(self) -> Path:
        return self.home / "adapters"

    @property
    def feedback_data(self) -> Path:
        return self.home / "feedback_data"

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        # pydantic-settings offers the environment too; a lab is decided by its home and its flags alone
        home = Path(init_settings()["home"])
        return (init_settings, TomlConfigSettingsSource(settings_cls, home / "lab.toml"))


def load_settings(home: Path, flags: dict[str, Any] | None = None) -> Settings:
    """Settings of a home. `flags` maps names to values; None means "not given"; nested dicts reach into sections.

    Raises SettingsError naming every problem, its value and where to mend it.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    try:
        return Settings(home=home.expanduser().resolve(), **given)
    except ValidationError as error:
        problems = [f"{'.'.join(str(part) for part in e['loc'])} = {e.get('input')!r}: {e['msg']}" for e in error.errors()]
        words = "; ".join(problems)
        raise SettingsError(f"settings of {home} (lab.toml and flags) have {len(problems)} problem(s): {words}") from None
    except ValueError as error:  # broken TOML
        raise SettingsError(f"{home / 'lab.toml'} is not valid TOML: {error}; mend or delete it") from None
