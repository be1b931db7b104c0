import { mine } from "./unsent.js";

// Goes by the wall clock, not by counted ticks: a locked screen, a hidden page and a reload change nothing.
// In this tab only, until it is kept or the tab is closed.
const place = "practice";
const lasts = 7_200_000;
const longest = 10;
const kept = () => {
  const run = JSON.parse(sessionStorage.getItem(place));
  return run && run.mark === (mine() ?? "") && Date.now() - run.started < lasts ? run : null;
};
const stills = matchMedia("(prefers-reduced-motion: reduce)");

export default async function (area) {
  if (area.matches("form")) return fill(area);
  const find = (what) => area.querySelector(what);
  const chosen = (name) => find(`[name=${name}]:checked`)?.value;
  const [screen, now, left, buzz, asks] = ["run", "now", "left", "buzz", "asks"].map((name) => find(`[data-${name}]`));
  const [guide, form, sum] = ["[data-rhythm]", "form", ".sum"].map(find);
  const wave = find(".sea") && (await import("./wave.js")).default(screen, changed);
  let run, steps, shown, minute, timer, sound, lock;

  const keep = () => sessionStorage.setItem(place, JSON.stringify(run));
  // Also when it was kept and Back brings this page up again: it isn't kept twice.
  const drop = () => {
    run = null;
    sessionStorage.removeItem(place);
    screen.close();
  };

  function show(state) {
    screen.dataset.state = state;
    for (const part of screen.querySelectorAll("[data-on]")) part.hidden = part.dataset.on !== state;
    if (!screen.open) screen.showModal();
    (state === "end" ? sum : now).focus();
    screen.scrollTo(0, 0);
    wave?.show(run);
  }

  function begin() {
    for (const name of ["minutes", "way"]) check(area, name, run[name]);
    steps = [...find("ol").children].filter((step) => step.checkVisibility()).map((step) => step.innerText);
    shown = minute = undefined;
    show("going");
    if (guide) move(guide, run);
    stayAwake();
    tick();
  }

  // Nothing runs while nobody looks.
  function tick() {
    clearTimeout(timer);
    if (!run || run.ended || document.hidden) return;
    const gone = Math.max(0, Date.now() - run.started) / 1000;
    const whole = (run.minutes ?? longest) * 60;
    if (gone >= whole) return finish();
    // A wave takes its time: its words come sooner at first, when it is highest.
    say(now, steps[Math.floor((gone / whole) ** (wave ? 2 / 3 : 1) * steps.length)]);
    if (shown !== (shown = now.textContent) && gone > 1) signal();
    if (wave) ride(gone);
    else {
      const rest = Math.ceil((whole - gone) / 60);
      say(left, rest > 1 ? left.dataset.left.replace("#", rest) : left.dataset.last);
    }
    if (guide) say(guide.querySelector("p"), phase(guide, run, gone));
    timer = setTimeout(tick, wave ? 1000 - gone * 1000 % 1000 : 250);
  }

  function ride(gone) {
    const whole = Math.floor(gone);
    say(left, `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, 0)}`);
    if (minute !== (minute = Math.floor(whole / 60)) && minute) say(asks, asks.dataset.asks.replace("#", minute));
    if (whole % 5 === 0) wave.draw();
  }

  function finish() {
    run.ended = Math.min(Date.now(), run.started + (run.minutes ?? longest) * 60_000);
    keep();
    signal();
    lock?.release();
    end();
  }

  function end() {
    const strengths = run.samples.map(([, strength]) => strength);
    const [first, last] = [strengths[0], strengths.at(-1)];
    write(form, run);
    if (wave) {
      const title = sum.querySelector("h2");
      say(title, strengths.length > 1 ? title.dataset.sum.replace("#", first).replace("#", last)
        : title.dataset.tapped.replace("#", first));
      const lasted = find("[data-lasted]");
      say(lasted, lasted.dataset.lasted.replace("#", Math.max(1, Math.round(run.samples.at(-1)[0]))));
      find("[data-strong]").hidden = last < 8;
    }
    // On a phone of others nothing is kept: there it is written down on a page of its own.
    form.hidden = !(mine() && self.crypto?.subtle && navigator.locks);
    find("[data-log]").hidden = !form.hidden;
    show("end");
  }

  function signal() {
    if (run.signal === "buzz") navigator.vibrate?.(80);
    if (sound) ring(sound);
  }

  async function stayAwake() {
    lock = await navigator.wakeLock?.request("screen").catch(() => {});
  }

  // One soft touch at each whole number, where the phone has it; off for whoever wants things still, or says so.
  const buzzes = () => !stills.matches && localStorage.getItem("haptics") !== "off";
  function changed(_strength, isHeld) {
    if (buzzes()) navigator.vibrate?.(10);
    if (!isHeld) keep();
  }
  function tellBuzz() {
    say(buzz.lastElementChild, buzzes() ? buzz.dataset.going : buzz.dataset.off);
  }
  if (buzz && navigator.vibrate && !stills.matches) {
    buzz.hidden = false;
    tellBuzz();
  }

  area.addEventListener("click", ({ target }) => {
    const button = target.closest("button, a");
    if (button?.matches("[data-start]")) {
      const before = wave ? button.value : chosen("before");
      run = {
        mark: mine() ?? "", // whose it is: nobody else in this tab sees it, or keeps it
        exercise: area.dataset.exercise,
        minutes: wave ? longest : +chosen("minutes"),
        way: chosen("way"),
        signal: chosen("signal"),
        before,
        samples: wave ? [[0, +before]] : [],
        started: Date.now()
      };
      keep();
      begin();
    }
    if (button?.matches("[data-stop]")) finish();
    if (button?.matches("[data-buzz]")) {
      localStorage.setItem("haptics", buzzes() ? "off" : "on");
      tellBuzz();
      changed(0, true);
    }
    if (button?.matches("[data-away]")) drop();
    if (button?.matches("[data-again]")) {
      drop();
      find("[data-setup]").focus();
    }
    // Only after a tap may a page sound, also after a reload.
    if (run?.signal === "tone") sound ??= new AudioContext();
  });
  // Escape is no way to lose what was tapped.
  screen.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (run && !run.ended) finish();
  });
  // A browser lets a second one in a row close it all the same.
  screen.addEventListener("close", () => { if (run) show(run.ended ? "end" : "going"); });
  form.addEventListener("submit", () => addEventListener("pagehide", drop));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !run || run.ended) return;
    stayAwake();
    tick();
  });

  for (const start of area.querySelectorAll("[data-start]")) start.disabled = false;
  if (!navigator.vibrate) find("#signal-buzz")?.parentElement.remove();
  run = kept();
  if (run?.exercise !== area.dataset.exercise) run = null;
  if (run) run.ended ? end() : begin();
}

function fill(form) {
  const run = kept();
  if (!run?.ended || new URLSearchParams(location.search).get("exercise") !== run.exercise) return;
  write(form, run);
  form.addEventListener("submit", () => sessionStorage.removeItem(place));
}

// What a run says, into a form that keeps it.
function write(form, { exercise, before, samples, started, ended }) {
  const { elements } = form;
  for (const [name, value] of [
    ["exercise", exercise],
    ["before", before ?? samples[0]?.[1]],
    ["after", samples.length > 1 ? samples.at(-1)[1] : undefined]
  ]) {
    if (elements[name]?.type === "hidden") elements[name].value = value ?? "";
    else check(form, name, value);
  }
  elements.minutes.value = Math.max(1, Math.round((ended - started) / 60_000));
  elements.samples.value = samples.map(
    ([minute, strength]) => `${Math.round(minute * 100) / 100}:${strength}`
  ).join(" ");
}

function check(area, name, value) {
  for (const radio of area.querySelectorAll(`[name=${name}]`))
    radio.checked = radio.defaultChecked = radio.value === value?.toString();
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const seconds = (guide) => guide.dataset.rhythm.split(" ").map(Number);

function phase(guide, { way }, gone) {
  const all = seconds(guide);
  let at = gone % all.reduce((sum, span) => sum + span);
  const which = all.findIndex((span) => (at -= span) < 0);
  return guide.dataset[way].split("|")[which];
}

// Whoever wants less motion gets the words alone.
function move(guide, { started }) {
  const circle = guide.querySelector(".breath-part");
  for (const animation of circle.getAnimations()) animation.cancel();
  if (stills.matches) return;
  const all = seconds(guide);
  const whole = all.reduce((sum, span) => sum + span);
  let at = 0;
  const sizes = all.length > 2 ? [0.4, 1, 1, 0.4, 0.4] : [0.4, 1, 0.4];
  const frames = sizes.map((size, index) => ({
    transform: `scale(${size})`,
    easing: "ease-in-out",
    offset: (at += all[index - 1] ?? 0) / whole
  }));
  circle.animate(frames, { duration: whole * 1000, iterations: Infinity }).currentTime = Date.now() - started;
}

function ring(sound) {
  const tone = sound.createOscillator();
  const volume = sound.createGain();
  const at = sound.currentTime;
  tone.frequency.value = 330;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.08, at + 0.08);
  volume.gain.linearRampToValueAtTime(0, at + 1.4);
  tone.connect(volume).connect(sound.destination);
  tone.start();
  tone.stop(at + 1.5);
}
