"""Messages to token ids, the same way for chatting and for training. Knows the tokenizer and nothing of the model."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from jinja2.exceptions import TemplateError
from transformers import PreTrainedTokenizerBase

from lab.errors import ModelError
from lab.records import Message

PLAIN = (
    "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}{{ eos }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant:{% endif %}"
)  # for base models that bring no template of their own
MARK = "\u2063mark\u2063"
BLANK = " \t\n\r▁"


class ChatTemplate:
    """A tokenizer and its chat template, seen as three functions.

    `end_ids` are the ids that end a reply (end of turn, end of text, and what else the model calls an end);
    `end_of_turn` is the one put after a reply that was given as text.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, ends: Collection[int] = ()) -> None:
        self.tokenizer = tokenizer
        self.source = None if tokenizer.chat_template else PLAIN.replace("{{ eos }}", tokenizer.eos_token or "")
        if tokenizer.eos_token_id is None:
            raise ModelError("this model's tokenizer names no end-of-text token, so its replies would never end; choose another")
        self.end_of_turn = self._find_end_of_turn()
        self.end_ids = frozenset({self.end_of_turn, int(tokenizer.eos_token_id), *ends})
        self.specials = self._find_specials()

    def encode_prompt(self, messages: Sequence[Message]) -> list[int]:
        """Ids of the conversation so far, up to where the assistant's words begin."""
        return self._ids(self._render([{**m, "content": self._defused(m["content"])} for m in messages], prompt=True))

    def encode_reply(self, text: str) -> list[int]:
        """Ids of a reply given as text, end of turn included. Never merged with the prompt's last token."""
        return [*self._ids(self._defused(text)), self.end_of_turn]

    def decode(self, ids: Sequence[int]) -> str:
        """The words of a reply; special tokens and ends are dropped."""
        said = [token for token in ids if token not in self.end_ids]
        return str(self.tokenizer.decode(said, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _render(self, messages: Sequence[Message], prompt: bool) -> str:
        try:
            return self._apply(messages, prompt)
        except TemplateError as error:
            if messages[0]["role"] != "system" or len(messages) < 2:
                raise ModelError(f"this model's chat template refuses the conversation: {error}; start a new one") from error
        # a template without a system role (early Gemma): its words go before the first user turn's
        system, first, *rest = messages
        merged = Message(role=first["role"], content=f"{system['content']}\n\n{first['content']}")
        try:
            return self._apply([merged, *rest], prompt)
        except TemplateError as error:
            raise ModelError(f"this model's chat template refuses the conversation: {error}; start a new one") from error

    def _apply(self, messages: Sequence[Message], prompt: bool) -> str:
        turns: Any = [dict(m) for m in messages]
        rendered = self.tokenizer.apply_chat_template(
            turns, chat_template=self.source, tokenize=False, add_generation_prompt=prompt, enable_thinking=False
        )
        return str(rendered)

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _defused(self, text: str) -> str:
        """Text in which no special token is spelled: typed text must not be able to end a turn or open another."""
        for special in self.specials:
            if special in text:
                text = text.replace(special, f"{special[0]}\u200b{special[1:]}")
        return text

    def _find_specials(self) -> list[str]:
        """Tokens that typed text must not spell, longest first; some models' turns are marked by tokens not called special."""
        marks = self.end_ids.union(self._ids(self._render([Message(role="user", content="hi")], prompt=False)))
        added = self.tokenizer.added_tokens_decoder
        found = {token.content for number, token in added.items() if token.special or (number in marks and self._is_mark(number))}
        return sorted(found, key=len, reverse=True)

    def _is_mark(self, number: int) -> bool:
        """Whether a token may mark a turn: an added one, and not white space, of which Gemma adds runs that are ordinary text."""
        token = self.tokenizer.added_tokens_decoder.get(number)
        return number in self.tokenizer.all_special_ids or (token is not None and bool(token.content.strip(BLANK)))

    def _find_end_of_turn(self) -> int:
        rendered = self._render([Message(role="user", content="hi"), Message(role="assistant", content=MARK)], prompt=False)
        for token in self._ids(rendered.rpartition(MARK)[2]):
            if self._is_mark(token):
                return token
        return int(self.tokenizer.eos_token_id)
