import "../outbox.js";
import { mine, remember } from "./unsent.js";
import showWritten, { make } from "./written.js";

const day = 86_400_000;
const ours = /^(csrf_token|id|version|operation|for|part|asked|begun)$/;
const hard = `:is([name=acted], [name=used])[value=yes]:checked,
  :is([name=urge], [name=craving]):is([value="8"], [value="9"], [value="10"]):checked`;
const page = document.documentElement.dataset;
const filled = (form) => [...new FormData(form)];
const said = (form) => filled(form).filter(([name, value]) => value && !ours.test(name));

// First onto this phone, sealed; then the page is sent as ever. What gets lost on the way is still here.
export default function (form) {
  const { kind, label, about = "", blank, seal } = form.dataset;
  const mark = mine();
  // Without a kind, only what was begun is kept: the server says by this name that it was saved (unsent.js).
  // What came back has a place of its own: a draft of the same kind is other words.
  const which = kind ? [kind, form.elements.operation?.value || about] : [about];
  const place = [mark, ...which].join(" ");
  const can = mark && self.crypto?.subtle && navigator.locks;
  // A box that can't be opened here is never written over by another page's.
  const box = can && blank && crypto.randomUUID();
  const own = box ? `${place}|${box}` : place;
  let sealing;

  form.addEventListener("submit", async (event) => {
    if (!kind) form.append(make("input", { type: "hidden", name: "begun", value: about }));
    if (!kind || (!can && !blank)) return;
    event.preventDefault();
    if (!can) return tell(form, blank);
    if (sealing || (blank && !form.reportValidity())) return;
    if (blank && !said(form).length) return tell(form, form.dataset.empty);
    sealing = true;
    const id = form.elements.id?.value || (kind === "take-back" ? about : crypto.randomUUID());
    const fields = filled(form).filter(([name]) => name !== "csrf_token" && name !== "operation");
    // Who isn't safe, used, or tapped 8 and more gets help next, as with a network.
    const isHard = form.querySelector("[data-stays]")?.checkVisibility() || form.querySelector(hard);
    const next = isHard ? "/help-now" : "/today";
    try {
      await outbox.put(
        { id, kind, label, mark, at: new Date().toISOString(), fresh: !about }, { about, fields }, page.key
      );
      // From here on it is kept, whatever else goes wrong. A full phone doesn't clear it away; Firefox would ask
      // a question about that, in whatever moment this is, so it isn't asked.
      if ("onbeforeinstallprompt" in self || navigator.standalone) navigator.storage?.persist?.().catch(() => {});
      await drafts((store) => store.delete(own)).then(() => outbox.items(mark)).then(remember).catch(console.warn);
      event.submitter?.classList.remove("plain");
      if (form.dataset.leaves && form.checkValidity()) showWritten(form);
      // Whoever has something to ask does it now that the words are safe.
      const holds = [];
      form.dispatchEvent(new CustomEvent("kept", { detail: holds }));
      await Promise.all(holds);
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
  // What ends an exercise is kept by its button, or not at all.
  const hasDraft = can && (seal || blank) && !form.closest("dialog");
  if (hasDraft) return keepDraft(form, place, own, box && { id: box, kind: "draft", mark });
}

// No key to a draft is on this phone: a page for somebody brings one, in its memory alone. A page for everybody has
// none, and seals to the server, which opens the box for its author on the next page that brings a key.
async function keepDraft(form, place, own, box) {
  const { about, seal, later: comesLater, begun, anew } = form.dataset;
  let keep, timer, leaving;
  const later = () => { leaving = clearTimeout(timer); timer = setTimeout(() => (keep ?? later)(), 400); };
  form.addEventListener("input", later);
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });

  const key = seal && await crypto.subtle.importKey("raw", outbox.fromText(seal), aes, false, ["encrypt", "decrypt"]);
  const there = (await drafts((store) => store.getAll(place), "readonly")).filter(young);
  const boxes = IDBKeyRange.bound(`${place}|`, `${place}|~`);
  const sealed = (await drafts((store) => store.getAll(boxes), "readonly")).filter(young);
  keep = async (gone) => {
    const words = said(form);
    // What stood there when it was begun: changed elsewhere meanwhile, both are shown.
    if (words.length && about) words.push(...filled(form).filter(([name]) => name === "version"));
    const at = new Date().toISOString();
    const made = words.length && await (
      key ? lock(words, at) : outbox.seal({ ...box, at }, { fields: words }, page.key)
    );
    await drafts((store) => {
      if (gone) store.delete(gone);
      return words.length ? store.put(made, own) : store.delete(own);
    });
  };
  // Came back with a mistake: the words are on the page again.
  if ("posted" in page && new URL(form.action).pathname === location.pathname) return keep();
  if (!there.length && !sealed.length) return;
  if (!key) return void tell(form, comesLater);
  // Under the key of a sign-in that was ended, it is nobody's any more.
  const former = await Promise.all(there.map(open)).catch(() => []);
  fill(form, former.flat());
  const answer = sealed.length && await outbox.post("/sync/drafts", { drafts: sealed }).catch(() => {});
  if (leaving) return;
  // Without an answer they stay where they are.
  if (answer?.ok) {
    former.push((await answer.json()).words);
    fill(form, former.at(-1));
    await keep(boxes);
  }
  if (!former.length) return;
  const again = make("button", { type: "button", className: "button quiet", textContent: anew });
  again.addEventListener("click", async () => {
    await drafts((store) => store.delete(own));
    location.reload();
  });
  tell(form, begun).append(again);

  async function lock(words, at) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { at, iv, sealed: await crypto.subtle.encrypt({ name: aes, iv }, key, outbox.bytes(JSON.stringify(words))) };
  }

  async function open({ iv, sealed }) {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: aes, iv }, key, sealed)));
  }
}

const aes = "AES-GCM";
const drafts = (act, mode) => outbox.within("drafts", act, mode);
const young = (draft) => draft && Date.now() - new Date(draft.at) < day;

function fill(form, words) {
  for (const [name, value] of words) {
    const field = form.elements[name];
    const all = field instanceof RadioNodeList ? [...field] : field ? [field] : [];
    for (const control of all) {
      if (control.type === "textarea") add(control, value);
      else if (!/radio|checkbox/.test(control.type)) control.value = value;
      // The number that was tapped on the way here counts more than an older one.
      else if (control.value === value && !all.some((other) => other.defaultChecked)) control.checked = true;
      control.closest("details")?.setAttribute("open", "");
    }
  }
}

// What was begun twice, or is being typed while the server is asked, is there whole, and the caret where it was.
function add(area, begun) {
  const { value, defaultValue } = area;
  if (value === defaultValue) area.value = begun;
  else if (!value.includes(begun)) area.setRangeText(`\n\n${begun}`, value.length, value.length, "preserve");
}

function tell(form, text) {
  const note = make("p", { className: "note", role: "status", textContent: text });
  form.prepend(note);
  note.scrollIntoView({ block: "nearest" });
  return note;
}
