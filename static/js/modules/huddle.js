const typing = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

export default function (people) {
  const find = document.querySelector("[data-find]");
  const keys = document.querySelector("[data-keys]");
  const persons = () => [...people.querySelectorAll(".person:not([hidden])")];
  const current = () => people.querySelector(".person[aria-current]:not([hidden])");

  const actions = {
    j: () => step(1),
    k: () => step(-1),
    r: () => answer(current()),
    "/": () => find?.focus(),
    p: () => print(),
    "?": () => document.getElementById("keys")?.showModal(),
  };

  function mark(person) {
    // Also from one that the search hides.
    people.querySelector("[aria-current]")?.removeAttribute("aria-current");
    person.setAttribute("aria-current", "true");
  }

  function step(by) {
    const all = persons();
    const next = all[Math.min(Math.max(all.indexOf(current()) + by, 0), all.length - 1)];
    if (next) go(next);
  }

  function go(person) {
    mark(person);
    person.focus({ preventScroll: true });
    person.scrollIntoView({ block: "nearest" });
  }

  function answer(person) {
    const field = person?.querySelector("textarea, input:not([type=hidden])");
    const details = field?.closest("details");
    if (details) details.open = true;
    field?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest(typing) || document.querySelector("dialog[open]")) return;
    if ((keys && !keys.checked) || !Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  });

  people.addEventListener("focusin", (event) => {
    const person = event.target.closest(".person");
    if (person) mark(person);
  });

  find?.addEventListener("input", () => filter(people, find.value));
  find?.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { find.value = ""; filter(people, ""); find.blur(); }
    if (event.key === "Enter") { event.preventDefault(); step(0); }
  });

  if (keys) remember(keys);

  // Back from a reply, the keys go on from the same person; a reload later on doesn't go back there.
  const replied = document.getElementById(location.hash.slice(1));
  if (replied?.matches(".person")) {
    go(replied);
    history.replaceState(null, "", location.pathname + location.search);
  }
}

function filter(people, words) {
  const wanted = folded(words.trim());
  for (const person of people.querySelectorAll(".person")) {
    person.hidden = !folded(person.textContent).includes(wanted);
  }
}

// As core/folding.py does it: without case, accents and kinds of apostrophes.
function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[‘’ʼ´\u0060]/g, "'").toLocaleLowerCase();
}

function remember(keys) {
  keys.checked = localStorage.getItem("keys") !== "off";
  keys.addEventListener("change", () => localStorage.setItem("keys", keys.checked ? "on" : "off"));
}
