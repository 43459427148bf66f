// Texts with entities, drawn without ever reading them as HTML.

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const FOUND = /(?<![\w/@.<])\/[a-z0-9_]{1,32}(?![\w/])|https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]|(?<![\w/.@])t\.me\/[\w?=&%+-]+|(?<![\w/@.])(?:[a-z0-9-]+\.)+(?:id|org|com|net)(?:\/[^\s<>"']*[^\s<>"'.,;:!?)])?(?![\w@])/gi;

export function safeLink(address) {
  const full = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
  try {
    return ["https:", "http:", "tg:", "tel:", "mailto:"].includes(new URL(full).protocol) ? full : "";
  } catch {
    return "";
  }
}

// Commands and addresses in plain text can be tapped although the bot did not mark them.
function withFound(text, entities) {
  const marked = [...entities].filter((entity) => entity.type !== "bot_command" && entity.type !== "url");
  const closed = marked.filter((entity) => ["code", "pre", "text_link"].includes(entity.type));
  for (const match of text.matchAll(FOUND)) {
    const [offset, end] = [match.index, match.index + match[0].length];
    if (closed.some((entity) => offset < entity.offset + entity.length && end > entity.offset)) continue;
    const type = match[0].startsWith("/") ? "bot_command" : "url";
    marked.push({ type, offset, length: end - offset });
  }
  return marked.sort((a, b) => a.offset - b.offset || b.length - a.length);
}

function element(entity, text, tapped) {
  const link = entity.type === "url" ? text.slice(entity.offset, entity.offset + entity.length) : entity.url;
  if (entity.type === "bot_command") {
    const command = text.slice(entity.offset, entity.offset + entity.length);
    const node = document.createElement("a");
    node.href = "#";
    node.onclick = (event) => { event.preventDefault(); tapped.command(command); };
    return node;
  }
  if (link && safeLink(link)) {
    const node = document.createElement("a");
    Object.assign(node, { href: safeLink(link), target: "_blank", rel: "noopener noreferrer" });
    node.onclick = (event) => { if (tapped.link(node.href)) event.preventDefault(); };
    return node;
  }
  if (entity.type === "spoiler") {
    const node = document.createElement("span");
    Object.assign(node, { className: "spoiler", tabIndex: 0 });
    node.onclick = () => node.classList.add("open");
    return node;
  }
  return document.createElement(TAGS[entity.type] ?? "span");
}

// `tapped` is {command(text), link(address) -> true when it was handled here}.
export function formatted(text, entities = [], tapped) {
  const marked = withFound(text, entities);
  const edges = new Set([0, text.length]);
  for (const entity of marked) edges.add(entity.offset).add(entity.offset + entity.length);
  const places = [...edges].sort((a, b) => a - b);
  const root = document.createDocumentFragment();
  let open = [{ node: root, end: Infinity }];
  for (let i = 0; i + 1 < places.length; i++) {
    const [start, end] = [places[i], places[i + 1]];
    open = open.filter((layer) => layer.end > start);
    for (const entity of marked.filter((each) => each.offset === start)) {
      const node = element(entity, text, tapped);
      open.at(-1).node.append(node);
      open.push({ node, end: entity.offset + entity.length });
    }
    open.at(-1).node.append(text.slice(start, end));
  }
  return root;
}
