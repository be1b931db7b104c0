// What was written here and isn't sent yet. A module for pages, a plain script for the worker.
{
const curve = { name: "ECDH", namedCurve: "P-256" };
const bytes = (text) => new TextEncoder().encode(text);
const toText = (buffers) => btoa(
  buffers.flatMap((buffer) => Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte))).join("")
);
const fromText = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
// Characters in one request.
const LONGEST = 400_000;

const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open("groundwork", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("outbox", { keyPath: "id" });
    asked.result.createObjectStore("drafts");
  };
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
opened.catch(() => {});

async function within(store, act, mode = "readwrite") {
  const database = await opened;
  return new Promise((resolve, reject) => {
    const change = database.transaction(store, mode, { durability: "strict" });
    const asked = act(change.objectStore(store));
    change.oncomplete = () => resolve(asked?.result);
    change.onabort = () => reject(change.error);
  });
}

const items = async (mark) => (await within("outbox", (store) => store.getAll(), "readonly"))
  .filter((item) => item.mark === mark)
  .sort((a, b) => (b.kind === "take-back") - (a.kind === "take-back") || (a.at < b.at ? -1 : 1));

const drop = (id) => within("outbox", (store) => store.delete(id));

// The key for this one is forgotten here: what is in the box can't be read on this phone again.
async function seal(item, inside, key) {
  const [id, point] = key.split(".");
  const server = await crypto.subtle.importKey("raw", fromText(point), curve, false, []);
  const own = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const salt = await crypto.subtle.exportKey("raw", own.publicKey);
  const agreed = await crypto.subtle.deriveBits({ name: "ECDH", public: server }, own.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", agreed, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt, info: bytes("groundwork outbox") };
  const once = await crypto.subtle.deriveKey(hkdf, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const additionalData = bytes([item.id, item.kind, item.mark, item.at].join("|"));
  const box = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: new Uint8Array(12), additionalData }, once, bytes(JSON.stringify(inside))
  );
  return { ...item, key: id, box: toText([salt, box]) };
}

async function put(...written) {
  const sealed = await seal(...written);
  // More than any request may bring would stand before all the others for ever.
  if (sealed.box.length > 2 * LONGEST) throw new RangeError("too long");
  await within("outbox", (store) => store.put(sealed));
}

const post = (address, sent) => fetch(address, {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-Groundwork": "outbox" },
  body: JSON.stringify(sent),
  redirect: "error",
  signal: AbortSignal.timeout(20_000),
});

// One tab at a time. Resolves to the status that stopped it, or to nothing.
const send = (mark) => navigator.locks.request("outbox", { ifAvailable: true }, async (lock) => {
  const waiting = lock ? (await items(mark)).filter((item) => !item.held) : [];
  let most = 100;
  while (waiting.length) {
    let room = LONGEST;
    const some = waiting.filter((item, at) => (room -= item.box.length) > 0 && at < most || !at);
    waiting.splice(0, some.length);
    const answer = await post("/sync", { now: new Date(), operations: some });
    if (answer.status === 413) {
      // Too long together: one by one. Too long for any request: it comes back by itself, and what was written
      // after it is sent.
      if (some.length === 1) await settle(some[0], { answer: "rejected" });
      else waiting.unshift(...some);
      most = 1;
      continue;
    }
    if (!answer.ok) return answer.status;
    const { answers } = await answer.json();
    for (const [at, item] of some.entries()) await settle(item, answers[at]);
  }
});

const settle = (item, { answer }) => within("outbox", (store) => {
  store.get(item.id).onsuccess = ({ target: { result } }) => {
    // Written anew meanwhile.
    if (result?.box !== item.box) return;
    if (answer === "saved" || answer === "already") store.delete(item.id);
    else if (answer === "later") store.put({ ...item, later: true });
    else if (answer !== "not yours") store.put({ ...item, held: answer });
  };
});

self.outbox = { within, items, drop, seal, put, post, send, bytes, fromText };
}
