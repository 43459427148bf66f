// One phone: its screen is drawn from what the server says the person sees.

import { Board } from "/page/board.js";
import { clockOf, dayOf, make, messageNode } from "/page/message.js";
import { Notes } from "/page/note.js";
import { calm, Scroll } from "/page/scroll.js";

export class Phone {
  constructor(id) {
    this.id = id;
    this.node = document.getElementById("phone").content.firstElementChild.cloneNode(true);
    this.node.id = `hp-${id}`;
    this.part = (name) => this.node.querySelector(`.${name}`);
    this.drawn = new Map();
    this.answered = null;
    this.last = 0;
    this.text = this.node.querySelector("textarea");
    this.notes = new Notes(this.part);
    this.scroll = new Scroll(this.part);
    this.board = new Board(this.part, (button) => this.tapped(button), (command) => this.chosen(command));
    this.listen();
  }

  listen() {
    this.part("compose").onsubmit = (event) => { event.preventDefault(); this.submit(); };
    this.text.onkeydown = (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
      if (event.key === "Escape") this.board.showCommands(false);
    };
    this.text.oninput = () => this.typed();
    this.part("attach").onclick = () => this.do("photo");
    this.part("start").onclick = () => this.do("start");
    this.part("paper").onclick = () => this.copied();
    this.part("network").querySelector("input").onchange = (event) => this.do("network", { on: event.target.checked });
  }

  async do(deed, body = {}) {
    // Whoever acts wants to see what comes of it, also when reading further up.
    this.following = true;
    const answer = await fetch(`/phones/${this.id}/${deed}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) this.notes.toast("Tidak bisa sekarang.");
  }

  submit() {
    const text = this.text.value.trim();
    if (!text) return;
    this.text.value = "";
    this.typed();
    this.scroll.toBottom();
    this.do("send", { text });
  }

  // What stands on the paper beside the phone, written into the text field.
  copied() {
    this.text.value = this.screen.note;
    this.typed();
    this.text.focus();
  }

  typed() {
    const { value } = this.text;
    this.part("compose").classList.toggle("filled", value.trim() !== "");
    this.board.showCommands(/^\/\w*$/.test(value), value);
  }

  // Drawing.

  update(screen) {
    const before = this.last;
    this.screen = screen;
    this.part("title").textContent = screen.title;
    this.part("paper").hidden = !screen.note;
    this.part("paper").querySelector("b").textContent = screen.note;
    this.part("bot").textContent = screen.bot.name;
    this.part("avatar").textContent = screen.bot.name.slice(0, 1).toUpperCase();
    this.node.classList.toggle("offline", screen.offline);
    this.part("network").querySelector("input").checked = !screen.offline;
    this.subtitle();
    this.draw();
    this.foot();
    this.board.commands = screen.bot.commands;
    this.board.draw(screen.keyboard);
    this.answers();
    const newest = screen.messages.filter((message) => !message.out).at(-1)?.id ?? 0;
    this.last = Math.max(before, newest);
    return this.last > before && before > 0;
  }

  subtitle() {
    const { offline, typing, blocked } = this.screen;
    clearTimeout(this.typingEnds);
    if (typing) this.typingEnds = setTimeout(() => { this.screen.typing = 0; this.subtitle(); }, typing * 1000);
    const line = this.part("subtitle");
    line.classList.toggle("busy", Boolean(offline || typing));
    line.textContent = offline ? "menunggu jaringan" : typing ? "sedang mengetik" : blocked ? "diblokir" : "bot";
  }

  draw() {
    const { messages, queued, started } = this.screen;
    const stay = this.scroll.atBottom() || this.following || !this.drawn.size;
    const known = this.drawn;
    this.drawn = new Map();
    const wanted = started || messages.length ? [] : [this.intro()];
    let day = "";
    for (const message of messages) {
      if (dayOf(message.date) !== day) wanted.push(this.dayLabel(known, (day = dayOf(message.date))));
      wanted.push(this.nodeFor(known, message.id, message, false));
    }
    queued.forEach((message, place) => wanted.push(this.nodeFor(known, `q${place}`, message, true)));
    this.place(wanted);
    this.tails(wanted);
    this.busy();
    const fresh = messages.filter((message) => message.id > this.last && !message.out).length;
    if (fresh) this.following = false;
    if (stay || queued.length) this.scroll.toBottom(known.size > 0);
    else if (fresh) this.scroll.missed(fresh);
  }

  nodeFor(known, key, message, waiting) {
    const shape = JSON.stringify([message, waiting]);
    const old = known.get(key);
    const entry = old?.shape === shape ? old : { shape, node: messageNode(message, this.actions(), waiting) };
    if (!old && known.size) entry.node.classList.add("fresh");
    this.drawn.set(key, entry);
    return entry.node;
  }

  dayLabel(known, day) {
    const entry = known.get(day) ?? { node: make("p", "day", day) };
    this.drawn.set(day, entry);
    return entry.node;
  }

  intro() {
    const { bot, payload } = this.screen;
    const card = make("div", "intro");
    card.append(make("b", "", "Apa yang bisa dilakukan bot ini?"));
    card.append(make("p", "", bot.description || "Ketuk Mulai untuk bercakap dengan bot ini."));
    if (payload) {
      const link = make("a", "", `t.me/${bot.username}?start=${payload}`);
      link.href = "#";
      link.onclick = (event) => { event.preventDefault(); this.do("start"); };
      const line = make("p", "tapped", "Anda mengetuk tautan ");
      line.append(link);
      card.append(line);
    }
    return card;
  }

  place(wanted) {
    const log = this.part("log");
    let cursor = log.firstChild;
    for (const node of wanted) {
      while (cursor?.classList.contains("gone")) cursor = cursor.nextSibling;
      if (node === cursor) cursor = cursor.nextSibling;
      else log.insertBefore(node, cursor);
    }
    const stale = [...log.children].filter((node) => !wanted.includes(node) && !node.classList.contains("gone"));
    for (const node of stale) this.vanish(node, wanted);
  }

  vanish(node, wanted) {
    const redrawn = wanted.some((other) => other.dataset.id === node.dataset.id);
    if (calm.matches || redrawn || !node.dataset.id) return node.remove();
    node.classList.add("gone");
    node.inert = true;
    setTimeout(() => node.remove(), 300);
  }

  tails(wanted) {
    const side = (node) => (node?.classList.contains("message") ? node.classList.contains("out") : null);
    wanted.forEach((node, place) => {
      if (side(node) !== null) node.classList.toggle("tail", side(node) !== side(wanted[place + 1]));
    });
  }

  busy() {
    const pressed = new Set(this.screen.pressed.map(([id, data]) => `${id} ${data}`));
    for (const button of this.node.querySelectorAll("button.inline[data-press]")) {
      button.classList.toggle("busy", pressed.has(button.dataset.press));
      button.toggleAttribute("aria-busy", pressed.has(button.dataset.press));
    }
  }

  foot() {
    const { started, blocked, messages, keyboard } = this.screen;
    const begin = blocked || (!started && !messages.length);
    this.part("start").hidden = !begin;
    this.part("start").textContent = blocked ? "Mulai ulang" : "Mulai";
    this.part("compose").hidden = begin;
    this.part("menu").hidden = !this.screen.bot.commands.length;
    this.text.placeholder = keyboard?.placeholder || "Pesan";
  }

  // What a tap in a bubble does.

  actions() {
    return {
      bot: this.screen.bot.name,
      file: (id) => `/phones/${this.id}/files/${id}`,
      command: (text) => this.do("send", { text }),
      link: (address) => this.follow(address),
      press: (message_id, data, button) => {
        if (this.screen.offline) return this.notes.toast("Tidak ada jaringan.");
        button.classList.add("busy");
        return this.do("press", { message_id, data });
      },
    };
  }

  // A link to this bot starts it with the link's code, as the app does; others open elsewhere.
  follow(address) {
    const found = address.match(/^(?:https?:\/\/)?t\.me\/(\w+)\?start=([\w-]+)/i);
    if (!found || found[1].toLowerCase() !== this.screen.bot.username.toLowerCase()) return false;
    this.do("start", { payload: found[2] });
    return true;
  }

  // Questions and short notes of the app itself.

  tapped(button) {
    const tap = () => this.do("tap", { text: button.text });
    if (!button.request_contact) return tap();
    const about = `${this.screen.bot.name} akan mengetahui nomor telepon Anda, ${this.screen.number}.`;
    return this.notes.ask("Bagikan nomor Anda?", about, [["Batal", () => {}], ["Bagikan", tap]]);
  }

  chosen(command) {
    this.text.value = "";
    this.typed();
    this.do("send", { text: command });
  }

  answers() {
    const fresh = this.answered && this.screen.answers.filter(({ id }) => !this.answered.has(id));
    this.answered = new Set(this.screen.answers.map(({ id }) => id));
    for (const { text, show_alert } of fresh ?? []) {
      if (show_alert) this.notes.ask(this.screen.bot.name, text, [["OK", () => {}]]);
      else this.notes.toast(text);
    }
  }

  tick() {
    this.part("clock").textContent = clockOf(Date.now() / 1000);
  }
}
