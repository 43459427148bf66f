// The row of phones: asks the server for what changed, and adds new phones.

import { make } from "/page/message.js";
import { Phone } from "/page/phone.js";

const phones = new Map();
const row = document.getElementById("phones");
const tabs = document.getElementById("tabs");
const lost = document.getElementById("lost");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const inSight = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    const tab = tabs.querySelector(`[data-for="${target.id}"]`);
    tab?.setAttribute("aria-current", isIntersecting);
    if (isIntersecting) tab?.classList.remove("news");
  }
}, { root: row, threshold: 0.6 });

function add(screen) {
  const phone = new Phone(screen.id);
  const tab = make("button", "tab", screen.title);
  tab.type = "button";
  tab.dataset.for = phone.node.id;
  tab.onclick = () => phone.node.scrollIntoView({ inline: "center", block: "nearest" });
  tabs.append(tab);
  row.append(phone.node);
  inSight.observe(phone.node);
  phones.set(screen.id, phone);
  phone.tick();
  return phone;
}

function show(screens) {
  for (const screen of screens) {
    const phone = phones.get(screen.id) ?? add(screen);
    const tab = tabs.querySelector(`[data-for="${phone.node.id}"]`);
    const news = phone.update(screen);
    if (news && tab.getAttribute("aria-current") !== "true") tab.classList.add("news");
  }
}

function forget() {
  phones.clear();
  row.replaceChildren();
  tabs.replaceChildren();
}

async function listen() {
  let [run, version] = ["", 0];
  for (;;) {
    try {
      const answer = await fetch(`/phones?run=${run}&since=${version}`);
      if (!answer.ok) throw new Error(answer.statusText);
      const news = await answer.json();
      if (run && news.run !== run) forget();
      [run, version] = [news.run, news.version];
      lost.hidden = true;
      show(news.phones);
    } catch (trouble) {
      console.warn(trouble);
      lost.hidden = false;
      await pause(1500);
    }
  }
}

function newPhone() {
  const dialog = document.getElementById("new");
  const form = dialog.querySelector("form");
  document.getElementById("add").onclick = () => {
    form.reset();
    dialog.returnValue = "";
    dialog.showModal();
  };
  document.getElementById("cancel").onclick = () => dialog.close();
  dialog.onclose = async () => {
    if (dialog.returnValue !== "add") return;
    const asked = Object.fromEntries(new FormData(form));
    asked.payload = asked.payload.trim().replace(/^.*[?&]start=/, "");
    const answer = await fetch("/phones", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(asked),
    });
    const { id } = await answer.json();
    for (let tries = 0; tries < 40 && !phones.has(id); tries++) await pause(50);
    phones.get(id)?.node.scrollIntoView({ inline: "center", block: "nearest" });
  };
}

newPhone();
listen();
setInterval(() => phones.forEach((phone) => phone.tick()), 10_000);
