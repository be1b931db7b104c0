// `mark` is there when this phone was switched on: a hash of the subscription that the server has.
// `former` are those of the same person's sign-ins that ran out: this phone may be one of them.
export default function (card) {
  const { at, mark, former } = card.dataset;
  const steps = card.querySelector("[data-steps]");
  const offer = card.querySelector("[data-switch]");
  const say = (what) => {
    for (const note of card.querySelectorAll("[data-say]")) note.hidden = note.dataset.say !== what;
  };
  const answered = () => {
    if (!offer) return;
    const denied = Notification.permission === "denied";
    // Taken back by the phone or its owner while the server thinks it is on: asked once more.
    const again = mark && Notification.permission === "default";
    if (denied || again) say(denied ? "denied" : "again");
    else say();
    offer.hidden = denied || Boolean(mark && !again);
  };

  if (!("serviceWorker" in navigator && "PushManager" in window)) {
    offer?.remove();
    if (!isApple()) steps?.remove();
    else if (steps) steps.open = true;
    return say(isApple() ? "install" : "none");
  }
  steps?.remove();
  answered();
  // Back from the phone's settings, where it may have been allowed.
  document.addEventListener("visibilitychange", answered);
  if (Notification.permission === "granted" && (mark ?? former) !== undefined) {
    keep(at, mark, former).then((mended) => { if (mended && offer) location.reload() }, () => {});
  }

  card.querySelector("[data-subscribe]")?.addEventListener("click", async () => {
    say();
    // Asked first of all: Safari forgets that there was a tap as soon as anything else is waited for.
    if (await Notification.requestPermission() !== "granted") return answered();
    try {
      await connect(at, mark);
      location.reload();
    } catch {
      say("failed");
    }
  });
}

async function keep(at, mark, former) {
  const { pushManager } = await navigator.serviceWorker.ready;
  const there = await pushManager.getSubscription();
  const here = there ? await hash(there.endpoint) : "none";
  const connects = mark === undefined ? former.split(" ").includes(here) : here !== mark;
  if (connects) await connect(at, mark);
  return connects;
}

async function connect(at, mark) {
  const { key, token } = await (await fetch(at)).json();
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const leave = async () => (await pushManager.getSubscription())?.unsubscribe();
  // The push service ended it, and browsers go on handing out the dead one.
  if (mark === "") await leave();
  // One that was made with another key stands in the way.
  const subscription = await pushManager.subscribe(options)
    .catch(() => leave().then(() => pushManager.subscribe(options)));
  const { endpoint, keys } = subscription.toJSON();
  const told = await fetch(at, { method: "POST", body: new URLSearchParams({ endpoint, ...keys, csrf_token: token }) });
  if (!told.ok) throw new Error(told.status);
}

async function hash(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isApple() {
  // An iPad says it is a Mac; only one of them can be touched.
  return /iP(hone|ad|od)/.test(navigator.userAgent) || (/Mac/.test(navigator.platform) && navigator.maxTouchPoints > 1);
}
