// Goes by the wall clock, not by counted ticks: a locked screen, a hidden page and a reload change nothing.
// In this tab only, until it is written down or the tab is closed.
const place = "practice";
const lasts = 7_200_000;
const kept = () => {
  const run = JSON.parse(sessionStorage.getItem(place));
  return run && Date.now() - run.started < lasts ? run : null;
};

export default function (area) {
  if (area.matches("form")) return fill(area);
  const find = (what) => area.querySelector(what);
  const chosen = (name) => find(`[name=${name}]:checked`)?.value;
  const [setup, going, end, now, left] = ["setup", "run", "end", "now", "left"].map((name) => find(`[data-${name}]`));
  const guide = find("[data-rhythm]");
  let run, steps, shown, minute, sound, lock;

  const keep = () => sessionStorage.setItem(place, JSON.stringify(run));
  const show = (part) => {
    for (const section of [setup, going, end]) section.hidden = section !== part;
    part.focus();
    scrollTo(0, 0);
  };

  function begin() {
    for (const name of ["minutes", "way"]) check(area, name, run[name]);
    steps = [...find("ol").children].filter((step) => step.getClientRects().length).map((step) => step.innerText);
    show(going);
    shown = minute = undefined;
    if (guide) move(guide, run);
    draw();
    stayAwake();
    tick();
  }

  function tick() {
    if (!run || run.ended) return;
    const gone = Math.max(0, Date.now() - run.started) / 1000;
    const whole = run.minutes * 60;
    if (gone >= whole) return finish();
    say(now, steps[Math.floor(gone / whole * steps.length)]);
    if (shown !== (shown = now.textContent) && gone > 1) signal();
    const rest = Math.ceil((whole - gone) / 60);
    say(left, rest > 1 ? left.dataset.left.replace("#", rest) : left.dataset.last);
    if (guide) say(guide.querySelector("p"), phase(guide, run, gone));
    if (minute !== (minute = Math.floor(gone / 60))) check(area, "strength", run.samples[minute]);
    setTimeout(tick, 250);
  }

  function finish() {
    run.ended = Math.min(Date.now(), run.started + run.minutes * 60_000);
    keep();
    signal();
    lock?.release();
    show(end);
  }

  function signal() {
    if (run.signal === "buzz") navigator.vibrate?.(80);
    if (sound) ring(sound);
  }

  async function stayAwake() {
    lock = await navigator.wakeLock?.request("screen").catch(() => {});
  }

  function draw() {
    const points = taken(run).map(([at, value]) => `${26 + 286 * at / run.minutes},${100 - 8.8 * value}`);
    // A single point is drawn as a dot when it is there twice.
    find("polyline")?.setAttribute("points", [...points, ...points.slice(-1)].join(" "));
  }

  area.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.matches("[data-start]")) {
      const before = chosen("before");
      run = {
        exercise: area.dataset.exercise,
        minutes: +chosen("minutes"),
        way: chosen("way"),
        signal: chosen("signal"),
        before,
        samples: before ? [before] : [],
        started: Date.now()
      };
      keep();
      begin();
    }
    if (button?.matches("[data-stop]")) finish();
    if (button?.matches("[data-again]")) show(setup);
    // Only after a tap may a page sound, also after a reload.
    if (run?.signal === "tone") sound ??= new AudioContext();
  });
  area.addEventListener("change", ({ target: { name, value } }) => {
    if (name !== "strength") return;
    run.samples[minute] = value;
    keep();
    draw();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && run && !run.ended) stayAwake();
  });

  find("[data-start]").disabled = false;
  if (!navigator.vibrate) find("#signal-buzz").parentElement.remove();
  run = kept();
  if (run?.exercise === area.dataset.exercise && !run.ended) begin();
}

function fill(form) {
  const run = kept();
  if (!run?.ended || new URLSearchParams(location.search).get("exercise") !== run.exercise) return;
  const samples = taken(run);
  check(form, "exercise", run.exercise);
  check(form, "before", run.before ?? samples[0]?.[1]);
  if (samples.length > 1) check(form, "after", samples.at(-1)[1]);
  form.elements.minutes.value = Math.max(1, Math.round((run.ended - run.started) / 60_000));
  form.elements.samples.value = samples.map((sample) => sample.join(":")).join(" ");
  form.addEventListener("submit", () => sessionStorage.removeItem(place));
}

function taken({ samples }) {
  return Object.entries(samples).filter(([, value]) => value != null);
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
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
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
