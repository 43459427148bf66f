// Keeps the newest message in sight, unless the person reads further up.

export const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Scroll {
  constructor(part) {
    this.part = part;
    this.unread = 0;
    this.stuck = true;
    part("down").onclick = () => this.toBottom();
    part("log").onscroll = () => { if (this.atBottom()) this.read(); };
    new ResizeObserver(() => { if (this.stuck) this.toBottom(false); }).observe(part("log"));
  }

  atBottom() {
    const log = this.part("log");
    return log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  }

  toBottom(smooth = true) {
    const log = this.part("log");
    log.scrollTo({ top: log.scrollHeight, behavior: smooth && !calm.matches ? "smooth" : "instant" });
    this.read();
  }

  missed(count) {
    this.unread += count;
    this.stuck = false;
    const button = this.part("down");
    button.hidden = false;
    button.querySelector("b").hidden = false;
    button.querySelector("b").textContent = this.unread;
  }

  read() {
    this.unread = 0;
    this.stuck = true;
    this.part("down").hidden = true;
  }
}
