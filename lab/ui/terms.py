"""The field's words, explained where they stand: a dotted line, a note under the pointer or the focus. Knows no component."""

from __future__ import annotations

import html

TERMS = {
    "accuracy": "In how many of the pairs the reply you preferred has become likelier than the other, compared with the base.",
    "adapter": "The small set of extra weights that learning changes; the model itself stays as it is. Also called LoRA.",
    "clipped": "Part of the tokens that moved as far as one step may take them (PPO's clip). Much above 30 % is too fast.",
    "context": "The longest conversation the model can look at at once. What is older falls out of its sight.",
    "dpo": "Direct preference optimization: learns from pairs, making the preferred reply likelier than the other.",
    "ended": "Part of the drawn replies that came to their own end instead of being cut off.",
    "gate": "The check of what a round made: damaged, worse on held-out opinions, repeating itself or unchanged is refused.",
    "held-out": "Opinions that are never trained on and only judge: a fifth of all first messages, chosen once for ever.",
    "ipo": "Identity preference optimization: like DPO, with a loss that stops pulling once the preferred reply leads by enough.",
    "kl": "How far replies have drifted from what the base would say, in nats a token. 0 is not at all; above 1 a round stops.",
    "kto": "Kahneman-Tversky optimization: learns from single thumbs, without pairs.",
    "length": "Mean length of the replies that were drawn in this step, in tokens.",
    "loss": "What training makes small: how wrong the model still is about your opinions, by the round's own measure.",
    "margin": "How much likelier the preferred reply has become, less the same for the other. It should rise.",
    "parameters": "The numbers a model consists of. More of them know more and need more memory and time.",
    "ppo": "Proximal policy optimization: draws replies, scores them by the reward model, and moves towards what scores well.",
    "quantization": "Weights kept in fewer bits, which saves memory and costs a little quality. What is learned is not.",
    "reward": "What the reward model thinks of the replies that were drawn, above the base's own. It should rise slowly.",
    "reward model": "A model that learned from your opinions to score replies; PPO and RLOO learn from its scores.",
    "rloo": "REINFORCE leave-one-out: like PPO without a critic; each reply is compared with its siblings to the same prompt.",
    "sft": "Supervised fine-tuning: imitates replies that were written or imported.",
    "token": "A piece of a word, as the model reads and writes text; an English word has about four thirds of one.",
    "value loss": "How far the critic's expectation is from the reward that came (PPO).",
    "version": "An adapter with its report. Every round makes one; the base is version 0.",
}


def term(name: str, shown: str | None = None) -> str:
    """HTML of a word with its explanation, reachable by pointer, keyboard and screen reader."""
    note = html.escape(TERMS[name], quote=True)
    words = html.escape(shown or name[:1].upper() + name[1:])
    return f'<span class="term" tabindex="0">{words}<span class="note" role="tooltip">{note}</span></span>'
