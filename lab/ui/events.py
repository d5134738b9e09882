"""The only wiring: which event calls which handler. How one is connected is in connect.py."""

from __future__ import annotations

from typing import Any

import gradio as gr

from lab.records import new_id
from lab.ui.connect import after, emptied, follow, listen, notice, run, stream, then
from lab.ui.exports import Exports, command_of
from lab.ui.lab import Lab
from lab.ui.page import Page, heading, taken_over
from lab.ui.panel import DRAWN
from lab.ui.tabs.branches import Branches
from lab.ui.tabs.chat import ChatHandlers
from lab.ui.tabs.compare import VERSIONS, CompareHandlers
from lab.ui.tabs.conversations import Conversations
from lab.ui.tabs.feedback_audit import AuditHandlers
from lab.ui.tabs.feedback_exchange import ExchangeHandlers
from lab.ui.tabs.feedback_forgetting import ForgettingHandlers
from lab.ui.tabs.feedback_opinions import OpinionsHandlers
from lab.ui.tabs.model import ModelHandlers
from lab.ui.tabs.offers import Offers
from lab.ui.tabs.opinions import Opinions
from lab.ui.tabs.training import TrainingHandlers
from lab.ui.tabs.versions import VersionsHandlers
from lab.ui.tabs.versions_lineage import LineageHandlers
from lab.ui.tabs.versions_replay import ReplayHandlers
from lab.ui.tabs.versions_save import SaveHandlers

Update = dict[Any, Any]
FOCUS = "() => window.hone.focus('{}')"
GIVE_BACK = "(text) => window.hone.giveBack('{}', text)"
RELEASE = "() => window.hone.release('{}', '{}')"
# a press says which pair was on screen, and for how many milliseconds
PRESSED = "(ballot, rater, wish, what) => [`${ballot} ${window.hone.onScreenFor()}`, rater, wish, what]"
ON_SCREEN = "() => window.hone.onScreen()"
VOTED = "() => window.hone.voted('compare-prompt')"
READY = "() => window.hone.ready('{}', '{}')"
REMEMBER = "(place) => window.hone.remember(place)"
REMEMBERED = "(_, rater) => [window.hone.remembered(), rater]"
SHOW = "() => window.hone.show('{}')"
END = "() => window.hone.end()"
SAVE = "(text) => window.hone.save('conversation.jsonl', text)"


def wire(lab: Lab, page: Page, blocks: gr.Blocks) -> None:
    """Connects everything. Must be called inside `blocks`, which holds `page`."""
    wire_chat(lab, page, blocks)
    wire_compare(lab, page)
    wire_versions(lab, page)
    wire_version_parts(lab, page, blocks)
    wire_feedback(lab, page)
    wire_training(lab, page, blocks)
    listen([page.trouble.change], told, [page.trouble], [], every_click=True)


def told(trouble: Any) -> None:
    """A notice, of an event that had no way to give one."""
    match trouble:
        case [str(words), str(title), _]:
            notice(words, title)


def wire_chat(lab: Lab, page: Page, blocks: gr.Blocks) -> None:
    tab, panel = page.chat, page.panel
    do = ChatHandlers(lab, tab, panel)
    opinions, choices = Opinions(do), Offers(do)
    branches = Branches(do, opinions)
    here = [tab.place, tab.remembered]
    all_of_it = tab.outputs() | panel.managing()
    drawing = {*here, tab.drawn, tab.prompt, tab.offer.state, tab.edit.message, panel.rater, panel.drawn}
    settings = [*panel.drawing().values()]
    run([each.change for each in settings], DRAWN, settings, [panel.drawn])
    flow = tab.flowing()
    # where the page is comes with the first words: whoever reloads then finds the conversation
    growing = {tab.live, tab.offer.left, tab.offer.right, tab.remembered}
    say = stream([tab.prompt.submit, tab.send.click], do.say, drawing, flow, growing, recover=do.recover)
    again = stream([tab.again.click], do.regenerate, drawing, flow, growing, recover=do.recover)
    resend = stream([tab.edit.send.click], branches.resend, drawing | {tab.edit.text}, flow, growing, recover=branches.recover)
    sent = [tab.prompt.submit, tab.send.click, tab.again.click, tab.edit.send.click, panel.conversations.input]
    # who scrolled up and then sends something wants to see the answer
    run(sent, END)
    at_rest = [tab.place, tab.offer.state, tab.edit.message, panel.rater]
    for each in (say, again, resend):
        rest = emptied(do.rest, each.mail)
        then(follow(each.spoken, rest, at_rest, all_of_it), READY.format("prompt", "offer-left"))
    run([tab.unsent.change], GIVE_BACK.format("prompt"), tab.unsent)
    listen([tab.stop.click], do.stop, None, [])
    listen([tab.earlier.click], do.show_earlier, [*here, panel.rater], all_of_it)
    listen([panel.rater.blur], do.rate_as, [tab.place, panel.rater, tab.remembered], {tab.chat, tab.remembered})
    # a reply in flight is closed first, and kept as stopped
    flying = [each.spoken for each in (say, again, resend)]
    new = listen([panel.new_chat.click], do.start_anew, [panel.rater], all_of_it, cancels=flying)
    then(new, FOCUS.format("prompt"))
    chosen = [panel.conversations, panel.rater, panel.search]
    listen([panel.conversations.input], do.choose, chosen, all_of_it, cancels=flying)
    listen([blocks.load], do.open, [tab.remembered, panel.rater], all_of_it | {panel.rater}, script=REMEMBERED)
    run([tab.remembered.change], REMEMBER, tab.remembered)
    # a script wrote it, so there is no `input`
    listen([tab.pointed.change], branches.point, [tab.pointed, *here, panel.rater], all_of_it, every_click=True)
    listen([tab.edit.cancel.click], branches.cancel, None, tab.edit.outputs())
    for side, button in tab.offer.votes.items():
        voted = listen([button.click], choices.voter(side), [tab.offer.state, panel.rater], all_of_it, every_click=True)
        then(voted, FOCUS.format("prompt"))
    then(listen([tab.offer.skip.click], choices.skip, [tab.offer.state, panel.rater], all_of_it), FOCUS.format("prompt"))
    wire_opinions(page, opinions)
    wire_conversations(page, Conversations(do))


def wire_opinions(page: Page, do: Opinions) -> None:
    tab, about, rater = page.chat, page.chat.about, page.panel.rater
    here, outputs = [tab.place, tab.remembered], about.outputs()
    listen([tab.chat.like], do.thumb, [tab.chat, *here, rater], outputs, every_click=True)
    listen([about.close.click], do.close, None, outputs)
    listen([about.criterion.input], do.judge_by, [about.reply, about.criterion, rater], outputs)
    said = [about.reply, about.criterion, about.value, about.reasons, about.comment, *here, rater]
    listen([about.save.click, about.comment.submit], do.save, said, outputs | {tab.chat}, every_click=True)
    # text that is pasted fires `change` alone
    listen([about.better.change], do.compare, [about.reply, about.better], [about.diff], newest=True)
    written = [about.reply, about.better, about.criterion, rater]
    listen([about.better_save.click], do.save_better, written, outputs, every_click=True)


def wire_conversations(page: Page, do: Conversations) -> None:
    tab, panel = page.chat, page.panel
    here, outputs = [tab.place, tab.remembered], panel.managing()
    listen([panel.search.change], do.search, [panel.search, *here], [panel.conversations], newest=True)
    listen([panel.rename.click], do.ask_name, here, outputs)
    listen([panel.title_save.click, panel.title.submit], do.rename, [panel.title, panel.search, *here], outputs)
    listen([panel.hide.click], do.hide, [panel.search, *here], outputs)
    then(listen([panel.export.click], do.export, here, [panel.exported]), SAVE, panel.exported)
    listen([panel.delete.click], do.ask_delete, here, outputs)
    listen([panel.delete_not.click], do.keep, None, outputs)
    listen([panel.delete_sure.click], do.delete, [*here, panel.rater], tab.outputs() | outputs)


def wire_compare(lab: Lab, page: Page) -> None:
    tab, panel = page.compare, page.panel
    do = CompareHandlers(lab, tab, panel)
    inputs = {tab.prompt, tab.what, tab.first, tab.second, panel.drawn}
    # with the ballot: which pair is on screen is told together with its words
    growing = {tab.question, tab.left, tab.right, tab.ballot}
    asked = stream([tab.prompt.submit, tab.ask.click], do.compare, inputs, tab.outputs(), growing, recover=do.recover)
    run([tab.unsent.change], GIVE_BACK.format("compare-prompt"), tab.unsent)
    then(asked.told, RELEASE.format("compare-prompt", "vote-left"))  # so that keys vote
    listen([tab.stop.click], do.stop, None, [])
    listen([tab.what.input], do.choose_what, [tab.what], {tab.first, tab.second})
    surprise = [panel.rater, tab.wish, tab.what]
    for side, button in tab.votes.items():
        pressed = [tab.ballot, *surprise]
        voted = listen(
            [button.click], do.voter(side), pressed, tab.outputs(), every_click=True, script=PRESSED, quiet=True,
            trouble=page.trouble,
        )  # fmt: skip
        then(voted, VOTED)
    listen([tab.next.click, tab.surprise.click], do.next, surprise, tab.outputs(), every_click=True)
    stream([tab.due.change], do.draw, inputs | {tab.wish}, tab.outputs(), growing, recover=do.mend)
    listen([tab.undo.click], do.undo, None, tab.outputs(), every_click=True)
    run([tab.ballot.change], ON_SCREEN)
    listen([page.timer.tick], do.tick, None, {tab.pace}, quiet=True)


def wire_versions(lab: Lab, page: Page) -> None:
    tab = page.versions
    do = VersionsHandlers(lab, tab)
    listen([tab.tree.select, tab.lineage.found.select], do.pick, None, tab.outputs())
    listen([tab.chosen.input], do.look, [tab.chosen], tab.outputs())
    listen([tab.activate.click], do.activate, [tab.chosen, tab.seen], tab.outputs())
    listen([tab.rollback.click], do.rollback, [tab.seen], tab.outputs())
    listen([tab.undo.click], do.undo, [tab.undone, tab.seen], tab.outputs())
    listen([tab.delete.click], do.ask_delete, [tab.chosen], tab.outputs())
    listen([tab.delete_sure.click], do.delete, [tab.chosen, tab.seen], tab.outputs())
    listen([tab.keep.click], do.unasked, None, tab.outputs())


def wire_version_parts(lab: Lab, page: Page, blocks: gr.Blocks) -> None:
    """Below the tree: the replay, the search for where something went, and exports."""
    replay, lineage, save, compare = page.versions.replay, page.versions.lineage, page.versions.save, page.compare
    play = ReplayHandlers(lab, replay, page.panel.rater)
    chosen = {replay.before, replay.after, replay.count, replay.how, page.panel.rater}
    listen([replay.now.click], play.replay, chosen, replay.outputs(), recover=play.recover, draws=True)
    listen([replay.stop.click], play.stop, None, [])

    def vote_blind(values: Any) -> Any:
        """Both versions of the replay, chosen in Compare."""
        before, after = play.pair(values)
        offered = CompareHandlers(lab, compare, page.panel).choose_what(VERSIONS)
        both = {box: {**offered[box], "value": number} for box, number in ((compare.first, after), (compare.second, before))}
        return {page.tabs: gr.Tabs(selected="compare"), compare.what: VERSIONS, **both}

    listen([replay.blind.click], vote_blind, chosen, {page.tabs, compare.what, compare.first, compare.second})
    trace = LineageHandlers(lab, lineage).trace
    listen([lineage.search.click, lineage.sought.submit], trace, [lineage.sought], {lineage.found})
    keep = SaveHandlers(lab, save, Exports(lab.settings.home, command_of(lab.settings)))
    listen([save.now.click], keep.export, [page.versions.chosen, save.kind, save.name, save.seen], save.outputs())
    listen([save.stop.click], keep.stop, [save.seen], save.outputs())
    listen([save.timer.tick, blocks.load], keep.tick, [save.seen], save.outputs())


def wire_feedback(lab: Lab, page: Page) -> None:
    tab, rater = page.feedback, page.panel.rater
    rows, audit, files, gone = tab.opinions, tab.audit, tab.exchange, tab.forgetting
    browse, look = OpinionsHandlers(lab, rows), AuditHandlers(lab, audit)
    move, forget = ExchangeHandlers(lab, files), ForgettingHandlers(lab, gone)
    listing = rows.filters() | {rows.start, rows.chosen}
    everything = rows.outputs() | {rows.rater, rows.version}
    listen([page.feedback_tab.select], browse.open, listing, everything)
    lists = [each.input for each in (rows.kind, rows.state, rows.choice, rows.rater, rows.criterion, rows.version)]
    typed = [rows.text.submit, rows.since.submit, rows.until.submit]  # not blur: that is also the click on a row
    listen([*lists, *typed], browse.find, listing, rows.outputs(), every_click=True)
    listen([rows.clear.click], browse.clear, None, rows.outputs() | rows.filters())
    listen([rows.newer.click], browse.newer, listing, rows.outputs())
    listen([rows.older.click], browse.older, listing, rows.outputs())
    picked = listen([rows.table.select], browse.pick, [rows.shown], rows.outputs(), every_click=True)
    then(picked, SHOW.format("opinion"))  # it opens below the list, which may be below the edge of the window
    after(picked, forget.prefill, [rows.chosen], gone.outputs())
    listen([rows.withdraw.click], browse.withdraw, listing, rows.outputs())
    listen([rows.restore.click], browse.restore, listing, rows.outputs())

    listen([tab.audit_tab.select], look.enter, None, audit.outputs())
    listen([audit.reset.click], look.reset, None, audit.outputs())
    for name, box in audit.switches.items():
        listen([box.input], look.switcher(name), [box], audit.outputs(), every_click=True)

    listen([files.file.upload], move.look, [files.file, files.pending, rater], files.imports(), recover=move.forget_upload)
    listen([files.file.clear, files.drop.click], move.drop, [files.pending], files.imports())
    taken = listen([files.take.click], move.take, [files.pending, rater], files.imports())
    after(taken, browse.open, listing, everything)
    listen([files.export.click], move.exporting, [files.shape], {files.export, files.ready}, recover=move.rested)

    listen([tab.forgetting_tab.select], forget.open, [gone.conversation, gone.rater], {gone.conversation, gone.rater})
    listen([gone.ask_conversation.click], forget.ask_conversation, [gone.conversation], gone.outputs())
    listen([gone.ask_rater.click], forget.ask_rater, [gone.rater], gone.outputs())
    listen([gone.keep.click], forget.keep, None, gone.outputs())
    done = listen([gone.sure.click], forget.forget, [gone.asked], gone.outputs())
    after(done, browse.open, listing, everything)


def wire_training(lab: Lab, page: Page, blocks: gr.Blocks) -> None:
    tab = page.training
    do = TrainingHandlers(lab, tab)
    versions = VersionsHandlers(lab, page.versions)
    model = ModelHandlers(lab, page.model)
    outputs = tab.outputs()
    listen([tab.now.click], do.train_now, [tab.algorithm, tab.seen], outputs)
    listen([tab.pause.click], do.pause, [tab.seen], outputs)
    listen([tab.resume.click], do.resume, [tab.seen], outputs)
    listen([tab.stop.click], do.stop_round, [tab.seen], outputs)

    def changed(headed: str, seen_training: Any, seen_versions: Any, seen_model: Any, chosen: int | None = None) -> Update:
        """What changes by itself and has changed since this page last looked."""
        going_to = lab.switcher.chosen() if lab.switcher else None
        live, on_trial = lab.engine.live, lab.engine.trial() is not None
        head = heading(
            lab.settings.model, live, lab.worker.status().reason, on_trial,
            going_to.model if going_to else "", not lab.store.conversations(1, source="chat"),
        )  # fmt: skip
        update = {} if head == headed else {page.header: head, page.headed: head, page.spoke: live}
        return {**update, **do.tick(seen_training), **versions.tick(seen_versions, chosen), **model.tick(seen_model)}

    def glance(*seen: Any) -> str | None:
        """Whether there is anything to show: asked every other second, so it has one output for the eighty of `look`."""
        try:
            return new_id() if changed(*seen) else None
        except Exception:  # noqa: BLE001  (border: `look` meets the same trouble and tells of it)
            return new_id()

    def look(spoke: int | None, *seen: Any) -> Update:
        if news := taken_over(spoke, lab.engine.live, lab.engine.trial() is not None):
            gr.Info(news, duration=8)
        return changed(*seen)

    other = page.model
    listen([other.switch.click], model.switch, [other.model, other.quantize, other.seen], other.outputs())
    listen([other.cancel.click], model.cancel, [other.seen], other.outputs())
    everything = outputs | page.versions.outputs() | other.outputs() | {page.header, page.headed, page.spoke}
    # not the version that is chosen: it may be one that was deleted a moment ago, which Gradio refuses to take
    seen = [page.headed, tab.seen, page.versions.seen, other.seen]
    listen([page.timer.tick], glance, seen, [page.news], quiet=True)
    listen([page.news.change, blocks.load], look, [page.spoke, *seen, page.versions.chosen], everything)
