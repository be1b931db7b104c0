// Asks, once what was typed is safe on this phone: nothing is stored of it, and nobody else hears of it. The pattern is
// the server's (webapp/helping/dark_words.py), where the words are folded the same way.
export default function (card) {
  const form = document.querySelector("form[data-kind]");
  const { pattern, fields } = card.dataset;
  form?.addEventListener("kept", ({ detail: holds }) => {
    // The server asks where no script did.
    const asked = document.createElement("input");
    Object.assign(asked, { type: "hidden", name: "asked", value: "1" });
    form.append(asked);
    const texts = fields.split(" ").map((name) => form.elements[name]?.value ?? "");
    if (texts.some((text) => isDark(text, pattern))) holds.push(ask(card, form));
  });
}

export const isDark = (text, pattern) => [...words(text).matchAll(new RegExp(pattern, "g"))].some(([, not]) => !not);

const words = (text) => text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").replace(/['’‘‛ʼʹ′´`]/g, "")
  .replace(/[.,;:!?\n]+/g, " . ").replace(/[^a-z0-9.]+/g, " ")
  .replace(/\b(do|did) not\b/g, "$1nt").trim();

// Whoever calls, or opens the plan, has left nothing behind: the next page sends what was typed.
function ask(card, form) {
  form.hidden = true;
  card.hidden = false;
  card.focus();
  card.scrollIntoView({ block: "center" });
  return new Promise((resolve) => card.querySelector("button").addEventListener("click", resolve, { once: true }));
}
