// Keys, focus, and a side panel that starts closed on a phone. Everything else on the page is Gradio's.
(() => {
  const VOTES = {1: "vote-left", 2: "vote-right", 3: "vote-tie", 4: "vote-both_bad"};
  const STOPS = ["stop", "compare-stop"];

  const usable = (id) => {
    const button = document.getElementById(id);
    return button && !button.disabled && button.offsetParent !== null ? button : null;
  };
  const typing = (target) => target.closest("input, textarea, select, [contenteditable=true]") !== null;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (event.key === "Escape") {
      for (const id of STOPS) usable(id)?.click();
      return;
    }
    if (!(event.key in VOTES) || typing(event.target)) return;
    const button = usable(VOTES[event.key]);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });

  const boxOf = (id) => document.querySelector(`#${id} textarea`);
  // nobody is in the middle of something: nothing has the focus, or a button that was pressed
  const idle = () => !document.activeElement || document.activeElement.matches("body, button");

  window.hone = {
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
    release: (id) => {
      const box = boxOf(id);
      if (box && box === document.activeElement && box.value === "") box.blur();
    },
  };

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
