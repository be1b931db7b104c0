import "../outbox.js";
import { mine, remember } from "./unsent.js";
import showWritten, { make } from "./written.js";

const day = 86_400_000;
const ours = /^(csrf_token|id|version|operation|for|part|asked|begun)$/;
const page = document.documentElement.dataset;
const filled = (form) => [...new FormData(form)];

// First onto this phone, sealed; then the page is sent as ever. What gets lost on the way is still here.
export default function (form) {
  const { kind, label, about = "", blank } = form.dataset;
  const mark = mine();
  // Without a kind, only what was begun is kept: the server says by this name that it was saved (unsent.js).
  const place = kind ? `${kind} ${about}` : about;
  const draft = (act, mode) => outbox.within("drafts", (store) => act(store, place), mode);
  const can = mark && self.crypto?.subtle && navigator.locks;
  let sealing;

  form.addEventListener("submit", async (event) => {
    if (!kind) form.append(make("input", { type: "hidden", name: "begun", value: about }));
    if (!kind || (!can && !blank)) return;
    event.preventDefault();
    if (!can) return tell(form, blank);
    if (sealing || (blank && !form.reportValidity())) return;
    sealing = true;
    const id = form.elements.id?.value || (kind === "take-back" ? about : crypto.randomUUID());
    const fields = filled(form).filter(([name]) => name !== "csrf_token" && name !== "operation");
    // Who isn't safe gets help next, as with a network.
    const next = form.querySelector("[data-stays]")?.checkVisibility() ? "/help-now" : "/today";
    try {
      await outbox.put({ id, kind, label, mark, at: new Date().toISOString(), fresh: !about }, { about, fields }, page.key);
      // From here on it is kept, whatever else goes wrong.
      await draft((store, place) => store.delete(place)).then(() => outbox.items(mark)).then(remember).catch(console.warn);
      event.submitter?.classList.remove("plain");
      if (form.dataset.leaves && form.checkValidity()) showWritten(form);
      if (blank) return location.assign(next);
      const sent = form.elements.operation ?? form.appendChild(make("input", { type: "hidden", name: "operation" }));
      sent.value = `${sent.value} ${id}`.trim();
    } catch (problem) {
      sealing = false;
      console.warn(problem);
      // A full disk, say: the words stay on the screen. The worker gives up only what names its operation.
      if (blank) return tell(form, blank);
      form.elements.operation?.remove();
    }
    const { name, value } = event.submitter ?? {};
    if (name) form.append(make("input", { type: "hidden", name, value }));
    form.submit();
  });
  addEventListener("pageshow", () => { sealing = false; });
  if (can && kind !== "take-back") keepDraft(form, draft, mark);
}

async function keepDraft(form, draft, mark) {
  let key, timer;
  const later = () => { clearTimeout(timer); timer = setTimeout(keep, 400); };
  const keep = async () => {
    // Typed before the key was there.
    if (!key) return later();
    const words = filled(form).filter(([name, value]) => value && !ours.test(name));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(words)));
    await draft((store, place) => (words.length ? store.put({ mark, iv, sealed, at: Date.now() }, place) : store.delete(place)));
  };
  form.addEventListener("input", later);
  form.addEventListener("submit", () => clearTimeout(timer));
  const begun = await draft((store, place) => store.get(place));
  key = await draft((store) => store.get("key"));
  if (!key) {
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await draft((store) => store.put(made, "key"));
    key = made;
  }
  // Came back with a mistake: the words are on the page again.
  if (page.done) keep();
  else if (begun?.mark === mark && Date.now() - begun.at < day) {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: begun.iv }, key, begun.sealed);
    fill(form, JSON.parse(new TextDecoder().decode(plain)));
    const again = make("button", { type: "button", className: "button quiet", textContent: form.dataset.anew });
    again.addEventListener("click", async () => {
      await draft((store, place) => store.delete(place));
      location.reload();
    });
    tell(form, form.dataset.begun).append(again);
  }
}

function fill(form, words) {
  for (const [name, value] of words) {
    const field = form.elements[name];
    const all = field instanceof RadioNodeList ? [...field] : field ? [field] : [];
    for (const one of all) {
      if (!/radio|checkbox/.test(one.type)) one.value = value;
      // The number that was tapped on the way here counts more than an older one.
      else if (one.value === value && !all.some((other) => other.defaultChecked)) one.checked = true;
      one.closest("details")?.setAttribute("open", "");
    }
  }
}

function tell(form, text) {
  const note = make("p", { className: "note", role: "status", textContent: text });
  form.prepend(note);
  note.scrollIntoView({ block: "nearest" });
  return note;
}
