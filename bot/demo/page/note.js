// What the app itself says over the chat: questions that must be answered, and short notes.

import { make } from "/page/message.js";

const TOAST_SECONDS = 3.5;

export class Notes {
  constructor(part) {
    this.part = part;
  }

  // `choices` is a list of [label, function]; the last one is the usual answer.
  ask(title, text, choices) {
    const [veil, box] = [this.part("veil"), this.part("ask")];
    const asker = document.activeElement;
    const close = () => { veil.hidden = true; asker?.focus?.(); };
    box.setAttribute("aria-label", title || text);
    box.querySelector("h3").textContent = title;
    box.querySelector("p").textContent = text;
    const buttons = choices.map(([label, chosen]) => {
      const node = make("button", "", label);
      node.type = "button";
      node.onclick = () => { close(); chosen(); };
      return node;
    });
    box.querySelector("menu").replaceChildren(...buttons);
    veil.hidden = false;
    veil.onkeydown = (event) => {
      if (event.key === "Escape") close();
      if (event.key !== "Tab") return;
      event.preventDefault();
      const step = event.shiftKey ? buttons.length - 1 : 1;
      buttons[(buttons.indexOf(document.activeElement) + step) % buttons.length].focus();
    };
    buttons.at(-1).focus();
  }

  toast(text) {
    const note = this.part("toast");
    note.textContent = text;
    note.hidden = false;
    clearTimeout(this.toastEnds);
    this.toastEnds = setTimeout(() => { note.hidden = true; }, TOAST_SECONDS * 1000);
  }
}
