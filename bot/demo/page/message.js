// One bubble: what was said, when, and the buttons below it.

import { formatted, safeLink } from "/page/text.js";

const CLOCK = new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("id-ID", { day: "numeric", month: "long" });

export const clockOf = (seconds) => CLOCK.format(new Date(seconds * 1000));
export const dayOf = (seconds) => {
  const day = DAY.format(new Date(seconds * 1000));
  return day === DAY.format(new Date()) ? "Hari ini" : day;
};

export function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

export function icon(name, className = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  svg.setAttribute("aria-hidden", "true");
  if (className) svg.setAttribute("class", className);
  svg.append(use);
  return svg;
}

function size(bytes = 0) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

// Opens in a tab of its own, where a small phone shows it large.
function opener(actions, file) {
  const link = make("a", "plain");
  return Object.assign(link, { href: actions.file(file), target: "_blank", rel: "noopener" });
}

function photo(message, actions) {
  const image = make("img", "photo");
  const largest = message.photo.at(-1);
  Object.assign(image, { src: actions.file(largest.file_id), alt: "Foto", loading: "lazy" });
  image.width = largest.width;
  image.height = largest.height;
  const link = opener(actions, largest.file_id);
  link.append(image);
  return link;
}

function card(symbol, title, detail, className = "") {
  const node = make("div", `card ${className}`);
  const badge = make("span", "badge");
  badge.append(icon(symbol));
  const words = make("span", "words");
  words.append(make("b", "", title), make("small", "", detail));
  node.append(badge, words);
  return node;
}

function documentCard(message, actions) {
  const { file_id, file_name, file_size } = message.document;
  const link = opener(actions, file_id);
  link.append(card("file", file_name || "berkas", size(file_size)));
  return link;
}

function attachment(message, actions) {
  if (message.photo) return photo(message, actions);
  if (message.document) return documentCard(message, actions);
  if (message.contact) return card("phone-card", message.contact.first_name, message.contact.phone_number);
  if (message.sticker) return make("div", "sticker", message.sticker.emoji || "🙂");
  if (message.voice) return card("send", "Pesan suara", `0:${String(message.voice.duration).padStart(2, "0")}`);
  if (message.location) return card("send", "Lokasi", `${message.location.latitude}, ${message.location.longitude}`);
  return null;
}

function summary(message) {
  if (message.text || message.caption) return message.text || message.caption;
  return message.photo ? "Foto" : message.document ? "Berkas" : message.contact ? "Kontak" : "Pesan";
}

function meta(message, waiting) {
  const node = make("span", "meta");
  if (message.has_protected_content) {
    node.append(icon("lock", "locked"), make("span", "unseen", "tidak bisa diteruskan"));
  }
  if (message.edited) node.append(make("i", "", "diedit"));
  const time = make("time", "", clockOf(message.date));
  time.dateTime = new Date(message.date * 1000).toISOString();
  node.append(time);
  if (message.out) {
    node.append(icon(waiting ? "wait" : "tick", "ticks"));
    node.append(make("span", "unseen", waiting ? "menunggu jaringan" : "terkirim"));
  }
  return node;
}

function bubble(message, actions, waiting) {
  const node = make("div", "bubble");
  if (message.forwarded) node.append(make("p", "forwarded", `Diteruskan dari ${message.forwarded}`));
  if (message.quoted) {
    const quote = make("p", "quoted");
    quote.append(make("b", "", actions.bot), make("span", "", summary(message.quoted)));
    node.append(quote);
  }
  const attached = attachment(message, actions);
  if (attached) node.append(attached);
  const text = message.text ?? message.caption;
  if (text) {
    const words = make("div", "text");
    words.append(formatted(text, message.entities ?? message.caption_entities, actions));
    node.append(words);
  }
  (node.querySelector(":scope > .text") ?? node).append(meta(message, waiting));
  return node;
}

function inlineButton(button, message, actions) {
  const node = make("button", "inline");
  node.type = "button";
  node.append(make("span", "", button.text));
  if (button.url) {
    node.classList.add("opens");
    node.onclick = () => { if (!actions.link(button.url)) window.open(safeLink(button.url), "_blank", "noopener"); };
    return node;
  }
  node.dataset.press = `${message.id} ${button.callback_data}`;
  node.onclick = () => actions.press(message.id, button.callback_data, node);
  return node;
}

function inlineKeyboard(message, actions) {
  const board = make("div", "rows");
  for (const row of message.reply_markup.inline_keyboard) {
    const line = make("div", "row");
    line.append(...row.map((button) => inlineButton(button, message, actions)));
    board.append(line);
  }
  return board;
}

// `actions` is {bot, file, press, command, link}; `waiting` is true for what has no network yet.
export function messageNode(message, actions, waiting = false) {
  const node = make("div", `message ${message.out ? "out" : "in"}`);
  node.dataset.id = message.id;
  if (message.photo && !message.text && !message.caption) node.classList.add("bare");
  if (message.photo) node.classList.add("pictured");
  if (message.sticker) node.classList.add("stuck");
  node.append(make("span", "unseen", message.out ? "Anda:" : `${actions.bot}:`));
  node.append(bubble(message, actions, waiting));
  if (message.reply_markup) node.append(inlineKeyboard(message, actions));
  return node;
}
