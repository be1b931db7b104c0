// What is on this phone: which kind and since when. The words themselves are sealed. What was sent stays to be seen.
// A script of the page's own, and not one that app.js fetches, so that the first frame has room for it.
const card = document.querySelector(".waiting");
const list = card.querySelector("ul");
const line = card.querySelector("template").content.firstElementChild;
const { lang } = document.documentElement;
// By the clock that this page names, wherever the phone is.
const { clock: timeZone } = document.querySelector("[data-clock]").dataset;
const hour = { weekday: "short", hour: "numeric", minute: "2-digit", timeZone };
const all = new Map();
const isOld = ({ at }) => Date.now() - Date.parse(at) > 86_400_000;
const said = (name, on) => { card.querySelector(`[data-when=${name}]`).hidden = !on; };

show(self.waits ?? []);
const next = localStorage.getItem("next");
if (Date.parse(next) > Date.now()) {
  const line = document.querySelector("[data-when=next]");
  line.querySelector("b").textContent = new Date(next).toLocaleString(lang, hour);
  line.hidden = false;
}
addEventListener("outbox", ({ detail }) => show(detail));

function show(items) {
  for (const item of all.values()) item.sent = true;
  for (const item of items) all.set(item.id, { ...item });
  list.replaceChildren(...[...all.values()].map((item) => {
    const copy = line.cloneNode(true);
    const [what, when, state] = copy.querySelectorAll("b, small, span");
    what.textContent = item.label;
    when.textContent = new Date(item.at).toLocaleString(lang, hour);
    state.textContent = card.dataset[
      item.sent ? "sent" : item.held ? "held" : item.later ? "later" : isOld(item) ? "old" : "waits"
    ];
    return copy;
  }));
  card.hidden = !all.size;
  // Whatever was here has gone out, so there is a network. The line keeps its room: nothing moves under a finger.
  document.querySelector("[data-when=offline]").style.visibility = all.size && !items.length ? "hidden" : "";
  said("old", items.some(isOld));
  said("iphone", items.length && navigator.standalone === false);
  said("take-back", items.some(({ kind }) => kind === "take-back"));
}
