import { leave } from "../app.js";

// Asks again who is there: without a touch for as long as the server waits, and, where a phone locks at once, as soon
// as it is left. What is for everybody is never covered, unless somebody types there: help above all.
export default function ({ dataset }) {
  const { mark, typed: seal, idle = mark === undefined ? localStorage.getItem("idle") : undefined } = dataset;
  if (!idle) return localStorage.removeItem("idle");
  localStorage.setItem("idle", idle);
  // An exercise takes minutes without a touch.
  if (document.querySelector("[data-module~=exercise]")) return;
  const [seconds, left] = idle.split(" ");
  const limit = seconds * 1_000;
  const hides = mark !== undefined || document.querySelector("form[data-kind]");
  let told = Date.now(), gone, going, covered;
  // Fetched as soon as somebody types: without a network it couldn't be, then.
  let typed;
  const load = () => { typed ??= import("./typed.js"); };
  if (seal) addEventListener("input", load, { once: true });
  if (seal && Object.keys(sessionStorage).some((name) => name.startsWith("typed "))) {
    load();
    typed.then(({ bring }) => bring()).catch(console.warn);
  }
  // One clock for all tabs: of a phone that slept, timers know nothing.
  const unused = () => Date.now() - (localStorage.getItem("used") ?? told);
  const use = () => localStorage.setItem("used", Date.now());
  const show = (on) => { document.body.style.visibility = on ? "" : "hidden"; covered = !on; };
  const door = () => location.replace(`/lock?next=${encodeURIComponent(location.pathname + location.search)}`);

  // The server knows whether this page may still be seen. Without a network nobody's is.
  async function ask() {
    show(false);
    told = Date.now();
    const answer = await fetch("/lock/here", { redirect: "manual" }).catch(() => {});
    if (answer?.status !== 204) {
      await typed?.then(({ keep }) => keep()).catch(console.warn);
      return door();
    }
    use();
    show(true);
  }

  function touch() {
    if (gone || covered) return;
    if (hides && unused() > limit) return ask();
    use();
    if (Date.now() - told < limit / 5) return;
    told = Date.now();
    fetch("/lock/here", { redirect: "manual" }).catch(() => {});
  }

  function wait() {
    const rest = limit - unused();
    if (rest < 0) return ask();
    setTimeout(wait, rest + 1_000);
  }

  for (const name of ["pointerdown", "keydown", "input", "wheel"]) addEventListener(name, touch, { passive: true });
  // A page that is left for another of ours says so first; whoever leaves the app doesn't.
  addEventListener("pagehide", () => { going = true; });
  addEventListener("pageshow", ({ persisted }) => {
    going = false;
    if (persisted && hides && unused() > limit) ask();
  });
  document.addEventListener("visibilitychange", () => {
    if (going) return;
    if (document.hidden) {
      if (hides) show(false);
      if (!left || gone) return;
      gone = true;
      leave({ action: "/lock/now" }, true);
    } else if (!hides) gone = false;
    else if (gone) door();
    else if (unused() > limit) ask();
    else show(true);
  });
  // This page may have been fetched ahead, or kept by the browser, before the phone was left.
  if (hides && unused() > limit) ask().then(wait);
  else use(), hides && wait();
}
