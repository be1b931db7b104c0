// What was being typed as a page covered itself: in this tab alone, under a key that only a page of the same sign-in
// brings, so it opens for nobody else. Drafts (keep.js) have a place of their own, on a phone that stays signed in.
const { typed: seal } = document.documentElement.dataset;
const aes = "AES-GCM", place = `typed ${location.pathname}${location.search}`;
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const key = () => crypto.subtle.importKey("raw", bytes(seal), aes, false, ["encrypt", "decrypt"]);

export async function lock(value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const words = new TextEncoder().encode(JSON.stringify(value));
  return JSON.stringify([iv, await crypto.subtle.encrypt({ name: aes, iv }, await key(), words)].map(text));
}

// Nothing of another sign-in's.
export async function unlock(kept) {
  const [iv, sealed] = JSON.parse(kept).map(bytes);
  const words = await crypto.subtle.decrypt({ name: aes, iv }, await key(), sealed).catch(() => {});
  return words && JSON.parse(new TextDecoder().decode(words));
}

const ours = /^(csrf_token|id|version|operation|begun)$/;
const isBox = ({ type }) => /radio|checkbox/.test(type);
// Of a page's many forms for the same thing, which one it is.
const which = (form) => [form.action, ...[...form.elements].filter(
  ({ type, name }) => type === "hidden" && !ours.test(name)
).map(({ name, value }) => `${name}=${value}`)].join(" ");

function changed(form) {
  return [...form.elements].filter((field) => field.name && (
    isBox(field) ? field.checked !== field.defaultChecked :
    /textarea|text|time|date|number|tel|url|email/.test(field.type) && field.value !== field.defaultValue
  )).map(({ name, value, checked }) => [name, value, checked]);
}

export async function keep() {
  const typed = [...document.forms].map((form) => [which(form), changed(form)]).filter(([, fields]) => fields.length);
  if (typed.length && crypto.subtle) sessionStorage.setItem(place, await lock(typed));
}

export async function bring() {
  const kept = sessionStorage.getItem(place);
  if (!kept) return;
  sessionStorage.removeItem(place);
  for (const [name, fields] of await unlock(kept) ?? []) {
    const form = [...document.forms].find((form) => which(form) === name);
    for (const [name, value, checked] of form ? fields : []) fill(form, name, value, checked);
  }
}

function fill(form, name, value, checked) {
  for (const field of form.elements) {
    if (field.name !== name || (isBox(field) && field.value !== value)) continue;
    if (isBox(field)) field.checked = checked;
    else field.value = value;
    field.closest("details")?.setAttribute("open", "");
  }
}
