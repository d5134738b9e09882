// Keys, focus, and a side panel that starts closed on a phone. Everything else on the page is Gradio's.
(() => {
  const SIDES = {1: "left", 2: "right", 3: "tie", 4: "both_bad"};
  const VOTES = ["vote", "offer"]; // in the Compare tab, and in the middle of a chat
  const STOPS = ["stop", "compare-stop"];
  const MORE = {" ": "next", u: "undo", U: "undo"};

  const usable = (id) => {
    const button = document.getElementById(id);
    return button && !button.disabled && button.offsetParent !== null ? button : null;
  };
  const TEXT = "input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable=true]";
  const typing = (target) => target.closest(TEXT) !== null;
  // who goes through the page by Tab presses its buttons by space
  const pressing = (target) => target.matches("button:focus-visible, input:focus-visible") && target.role !== "tab";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (event.key === "Escape") {
      for (const id of STOPS) usable(id)?.click();
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      // Gradio moves its cell and tells nobody; the row it is in is then chosen as by a click
      setTimeout(() => document.activeElement?.closest("#opinions [role=gridcell]")?.click(), 30);
      return;
    }
    if (typing(event.target) || (event.key === " " && pressing(event.target))) return;
    const side = SIDES[event.key];
    const ids = side ? VOTES.map((where) => `${where}-${side}`) : [MORE[event.key]];
    const button = ids.map(usable).find(Boolean);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });
  // after a click on a vote, space means the next pair and not the same vote once more
  document.addEventListener("click", (event) => {
    if (event.detail > 0 && event.target.closest("#votes, #what, #wish")) document.activeElement?.blur();
  });

  let since = null; // when the pair that is up for a vote came on screen

  const boxOf = (id) => document.querySelector(`#${id} textarea`);
  // nobody is in the middle of something: nothing has the focus, or a button that was pressed
  const idle = () => !document.activeElement || document.activeElement.matches("body, button");

  // Gradio copies a message as it is written for the page; what is copied is what was said, without the line below it
  const clipboard = navigator.clipboard;
  if (clipboard) {
    const write = clipboard.writeText.bind(clipboard);
    clipboard.writeText = (text) => {
      const said = text.split(/\n\n<span class="(?:by|tools)">/)[0];
      return write(said === text ? text : said.replaceAll("&lt;", "<"));
    };
  }

  // a link under a message: the server is told which one, in a hidden box; the number makes each click a new text
  let clicks = 0;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#chat .by a, #chat .tools a");
    const box = link && boxOf("pointed");
    if (!box) return;
    event.preventDefault();
    box.value = `${link.getAttribute("href")} ${++clicks}`;
    box.dispatchEvent(new Event("input", {bubbles: true}));
  });

  // one of the openers that an empty chat offers is sent as if it had been typed
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#chat .placeholder-content a");
    const box = link && boxOf("prompt");
    if (!box) return;
    event.preventDefault();
    if (box.value !== "" || !usable("send")) return; // what is being typed, or was sent this moment, is not taken away
    box.value = link.textContent;
    box.dispatchEvent(new Event("input", {bubbles: true}));
    setTimeout(() => usable("send")?.click(), 60);
  });

  window.hone = {
    onScreen: () => requestAnimationFrame(() => (since = performance.now())),
    onScreenFor: () => (since === null ? "" : Math.round(performance.now() - since)),
    // the next prompt, unless the next pair is there or on its way
    voted: (id) => {
      const left = document.getElementById("left")?.innerText ?? ""; // empty while the next pair is on its way
      if (!usable("vote-left") && usable("ask") && left.trim()) window.hone.focus(id);
    },
    // after a reply: keys vote if there is a choice to make, else the next message can be typed
    ready: (id, vote) => {
      // the buttons come to life a moment after the reply
      setTimeout(() => (usable(vote) ? window.hone.release(id) : window.hone.focus(id)), 60);
    },
    // the end of the conversation comes into sight; its scroll position counts from there
    end: () => {
      const talk = document.getElementById("talk");
      if (talk) talk.scrollTop = 0;
    },
    // what was asked for comes into sight, as little as it takes
    show: (id) => setTimeout(() => document.getElementById(id)?.scrollIntoView({block: "nearest"}), 60),
    // where this page is, so that a reload or the next visit goes on there; a page that is still empty is nowhere
    remember: (place) => {
      if (place?.rater !== undefined) localStorage.setItem("hone-page", JSON.stringify(place));
    },
    remembered: () => {
      try {
        return JSON.parse(localStorage.getItem("hone-page")) ?? {};
      } catch {
        return {};
      }
    },
    save: (name, text) => {
      if (!text) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], {type: "application/jsonl"}));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    },
    // a phone's keyboard would cover the reply, so only where there is a real one
    focus: (id) => {
      const box = boxOf(id);
      if (box && idle() && box.offsetParent !== null && matchMedia("(pointer: fine)").matches) box.focus();
    },
    // a message that was not sent comes back, unless another one is being written
    giveBack: (id, text) => {
      const box = boxOf(id);
      if (!box || !text || box.value !== "") return;
      box.value = text;
      box.dispatchEvent(new Event("input", {bubbles: true}));
    },
    // keys vote from now on, unless the next prompt is being written: its digits would vote
    // with a button given: once it can be pressed
    release: (id, button) => {
      if (button !== undefined) {
        setTimeout(() => usable(button) && window.hone.release(id), 60);
        return;
      }
      const box = boxOf(id);
      if (box && box === document.activeElement && box.value === "") box.blur();
    },
  };

  // the chat fills what the header leaves of the window, so that the message box is never below its edge
  const head = new ResizeObserver(([{target}]) => document.documentElement.style.setProperty("--header", `${target.offsetHeight}px`));
  const headed = setInterval(() => {
    const header = document.getElementById("header");
    if (!header) return;
    head.observe(header);
    clearInterval(headed);
  }, 100);

  // a word in a sentence that opens a tab
  document.addEventListener("click", (event) => {
    const name = event.target.closest("[data-tab]")?.dataset.tab;
    if (!name) return;
    const tabs = [...document.querySelectorAll("[role=tab]")];
    tabs.find((tab) => tab.textContent.trim() === name)?.click();
  });

  // the lab starts anew with another model: wait until another one answers here, then begin from the start
  let waiting = false;
  setInterval(() => {
    if (waiting || !document.getElementById("restarting")) return;
    waiting = true;
    const known = window.gradio_config?.app_id;
    const look = async () => {
      try {
        const answer = await fetch("config", {cache: "no-store"});
        if (answer.status === 401 || (answer.ok && (await answer.json()).app_id !== known)) return location.reload();
      } catch {
        // it is not there yet
      }
      return setTimeout(look, 1000);
    };
    setTimeout(look, 1000);
  }, 500);

  // Gradio opens its side panel over the whole screen of a phone; close it once, when it first appears
  if (matchMedia("(max-width: 768px)").matches) {
    // a click before the page is alive does nothing, so click until it has closed
    let seen = false;
    const timer = setInterval(() => {
      const panel = document.getElementById("panel");
      if (panel?.classList.contains("open")) panel.querySelector(".toggle-button")?.click();
      else if (seen) clearInterval(timer);
      seen ||= panel !== null;
    }, 200);
  }
})();
