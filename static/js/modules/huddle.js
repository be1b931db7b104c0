import reply, { draft } from "./reply.js";

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

  // The entry whose *Reply* has the focus, else the first.
  function answer(person) {
    const { activeElement: focused } = document;
    const link = focused.matches(".says > a") ? focused : person?.querySelector(".says > a");
    if (link) open(link).elements.words.focus();
  }

  // Each entry's own copy of the page's one form.
  function open(link) {
    const there = link.parentElement.nextElementSibling;
    if (there?.matches("form")) return there;
    const form = document.getElementById("reply").content.firstElementChild.cloneNode(true);
    const { entry, back } = form.elements;
    entry.value = link.hash.slice(2);
    back.value = location.pathname + link.hash;
    form.querySelector("[data-entry]").href = link.href;
    link.parentElement.after(form);
    reply(form);
    return form;
  }

  const replyAt = (entry) => people.querySelector(`.says > a[href$="#e${entry}"]`);

  people.addEventListener("click", (event) => {
    const link = event.target.closest(".says > a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link).elements.words.focus();
  });

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

  Object.keys(sessionStorage).forEach(async (name) => {
    const link = name.startsWith("reply/") && replyAt(name.slice(6));
    if (link && await draft(name)) open(link);
  });

  // Back from a reply, the keys go on from the same entry; a reload later on doesn't go back there.
  const replied = /^#e[\w-]{36}$/.test(location.hash) && replyAt(location.hash.slice(2));
  if (replied) {
    replied.focus({ preventScroll: true });
    replied.scrollIntoView({ block: "center" });
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
