"""Hone: a chat lab in which a local model learns from the person who talks to it.

The folders are the loop, in its order:

    model/      what chatting and training share: the quantized base, the template, generation
    chat/       1  a reply is made
    feedback/   2  an opinion is kept           -> feedback_data/
    train/      3  a candidate is made          (a process of its own)
    registry/   4  a version is kept            -> adapters/
    loop/       5  the circle closes: plan, gate, publish, swap
    insight/    pure statistics over records and texts
    ui/         the page
    verbs/      the command line, a file for each group of verbs; cli.py lists them

Imports go one way only, and `tests/test_imports.py` holds it:

    cli, verbs, rehearse, notebook > ui > chat, train, loop > feedback, registry, model, insight > settings, records, errors

Peers never import each other. Gradio stays in ui/, SQL in feedback/, peft and bitsandbytes in model/, torch in
model/, chat/ and train/: whatever a user could lose is tested in seconds, without a tensor.
"""

__version__ = "0.1.0"
