// A draft stays in this tab until the server says that it was sent. Sealed as typed.js seals, it opens for nobody else.
const { typed: seal, done = "" } = document.documentElement.dataset;
for (const name of done.split(" ")) sessionStorage.removeItem(name);

export async function draft(name) {
  const kept = seal && sessionStorage.getItem(name);
  const words = kept && await (await import("./typed.js")).unlock(kept);
  if (kept && !words) sessionStorage.removeItem(name);
  return words;
}

export default async function (form) {
  const { words, entry, goal, begun } = form.elements;

  // Ctrl+Enter sends as the button would, Escape leaves the box: what is in it stays.
  words.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
    const before = form.previousElementSibling;
    if (event.key === "Escape") (before.querySelector(":scope > a") ?? before).focus();
  });

  if (!seal || !entry || !self.crypto?.subtle) return;
  const name = ["reply", entry.value, goal?.value].filter(Boolean).join("/");
  // With a reaction, the words aren't sent.
  form.addEventListener("submit", ({ submitter }) => { begun.value = submitter?.name ? "" : name; });
  const { lock } = await import("./typed.js");
  words.addEventListener("input", async () => {
    const { value } = words;
    const sealed = await lock(value);
    if (value === words.value) value ? sessionStorage.setItem(name, sealed) : sessionStorage.removeItem(name);
  });
  const earlier = await draft(name);
  if (!earlier) return;
  words.value ||= earlier;
  form.closest("details")?.setAttribute("open", "");
}
