// Below the text field: the reply keyboard that the bot sent, and the menu of commands.

import { icon, make } from "/page/message.js";

export class Board {
  // `tapped(button)` and `chosen(command)` are called for what the person picks.
  constructor(part, tapped, chosen) {
    Object.assign(this, { part, tapped, chosen, board: "", commands: [] });
    part("menu").onclick = () => this.showCommands(part("commands").hidden);
    part("keys").onclick = () => this.showKeyboard(part("keyboard").hidden);
  }

  draw(keyboard) {
    const board = JSON.stringify(keyboard);
    if (board === this.board) return;
    this.board = board;
    const rows = (keyboard?.rows ?? []).map((buttons) => {
      const row = make("div", "row");
      row.append(...buttons.map((button) => this.key(button)));
      return row;
    });
    this.part("keyboard").replaceChildren(...rows);
    this.part("keys").hidden = !keyboard;
    this.showKeyboard(Boolean(keyboard));
  }

  key(button) {
    const node = make("button", "key");
    node.type = "button";
    if (button.request_contact) node.append(icon("phone-card"));
    node.append(make("span", "", button.text));
    node.onclick = () => this.tapped(button);
    return node;
  }

  showKeyboard(open) {
    this.part("keyboard").hidden = !open;
    this.part("keys").setAttribute("aria-expanded", open);
  }

  showCommands(open, typed = "/") {
    const fitting = this.commands.filter(({ command }) => `/${command}`.startsWith(typed));
    const items = fitting.map(({ command, description }) => {
      const button = make("button");
      button.type = "button";
      button.append(make("span", "", description), make("b", "", `/${command}`));
      button.onclick = () => {
        this.chosen(`/${command}`);
      };
      const item = make("li");
      item.append(button);
      return item;
    });
    this.part("commands").replaceChildren(...items);
    this.part("commands").hidden = !open || !items.length;
    this.part("menu").setAttribute("aria-expanded", open && items.length > 0);
  }
}
