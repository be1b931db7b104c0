// An urge as a wave: her taps draw it, and it moves with the minutes. Nothing is drawn ahead of now. A script runs when
// she touches it, and else every few seconds; in between, the water moves by styles alone.
const [pace, edge, columns] = [72, 28, 64]; // pixels a minute, pixels to the side, parts of a line
const [perCorrection, perTap] = [1 / 6, .01]; // minutes

export default function (area, changed) {
  const find = (what) => area.querySelector(what);
  const [front, crest, hand, taps, range, room, course, now] = [
    ".sea:not(.sea-2, .sea-3) .water", ".crest", ".hand", ".taps", "[type=range]", ".room", ".course", ".now"
  ].map(find);
  const waters = [front, find(".sea-2 .water"), find(".sea-3 .water")];
  const plain = ["(prefers-reduced-motion: reduce)", "(forced-colors: active)"].map((query) => matchMedia(query));
  let run, from, held, frame;

  const last = () => run.samples.at(-1);
  const level = () => held ?? last()[1];

  // In words alone: where stillness is asked for, in colors of one's own, and where letters need the room.
  function fit() {
    const letter = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const inWords = plain.some(({ matches }) => matches)
      || area.clientWidth < 17 * letter || area.clientHeight < 30 * letter;
    area.classList.toggle("in-words", inWords);
    draw();
  }

  function draw() {
    frame = undefined;
    if (!room.clientHeight) return;
    const width = area.clientWidth;
    const box = room.getBoundingClientRect();
    const [top, bottom] = [box.top + 50, box.bottom - (run.ended ? 64 : 50)];
    const until = run.ended ? last()[0] : gone(run);
    const there = run.ended && run.samples.length > 1 ? width - edge : width * .6;
    const fits = (there - edge) / Math.max(until, .01);
    const x = (minute) => there - (until - minute) * (run.ended ? fits : Math.min(pace, fits));
    const y = (strength) => bottom - (bottom - top) * strength / 10;
    const before = run.samples.map(([minute, strength]) => [x(minute), strength]).filter(([at]) => at < there - 1);
    const points = [...before, [there, level()]];
    const [first, begun] = points[0];
    // It rose somehow before she tapped. After now it is flat.
    const all = [[first - 275, begun * .27], [first - 175, begun * .49], ...points, [there + 90, level() * .95]];
    for (const [which, water] of waters.entries()) {
      const at = through(all.map(([at, strength]) => [at + which * 16, strength * (1 - which * .12)]));
      water.setAttribute("d", `${line(at, -60, width + 60, y)}V${area.scrollHeight}H-60Z`);
    }
    crest.setAttribute("d", before.length ? line(through(points), first, there, y) : "M0 0");
    while (taps.children.length > before.length) taps.lastChild.remove();
    for (const [which, [at, strength]] of before.entries()) {
      const tap = taps.children[which] ?? taps.appendChild(mark());
      move(tap, at, y(strength));
      // Numbers that stand too close to the next one are left out.
      tap.lastChild.textContent = points[which + 1][0] - at > 30 ? strength : "";
    }
    move(hand, there, y(level()));
    hand.querySelector("text").textContent = Math.round(level());
  }

  function tell() {
    const strengths = run.samples.map(([, strength]) => strength);
    range.value = now.querySelector("b").textContent = level();
    now.lastElementChild.textContent = was(now, strengths.slice(0, -1));
    course.textContent = was(course, strengths);
  }

  function set(strength) {
    if (run.ended) return;
    const minute = Math.max(gone(run), last()[0] + perTap);
    // A tap soon after the last one corrects it. The first is never written over.
    if (run.samples.length > 1 && minute - last()[0] < perCorrection) last()[1] = strength;
    else run.samples.push([Math.round(minute * 100) / 100, strength]);
    changed(strength);
    tell();
    draw();
  }

  const within = (strength) => Math.min(10, Math.max(0, strength));

  area.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-change]");
    if (button) set(within(last()[1] + +button.dataset.change));
  });
  range.addEventListener("change", () => set(+range.value));

  // Slid from wherever the finger is; a tap above or below is one step.
  room.addEventListener("pointerdown", (event) => {
    if (run.ended || !event.isPrimary) return;
    room.setPointerCapture(event.pointerId);
    from = { at: event.clientY, strength: last()[1] };
  });
  room.addEventListener("pointermove", ({ clientY }) => {
    if (!from || (held === undefined && Math.abs(clientY - from.at) < 8)) return;
    const before = Math.round(level());
    held = within(from.strength + (from.at - clientY) * 10 / (room.clientHeight - 100));
    area.classList.add("held");
    if (Math.round(held) !== before) changed(Math.round(held), true);
    frame ??= requestAnimationFrame(draw);
  });
  room.addEventListener("pointerup", ({ clientY }) => {
    const middle = hand.getBoundingClientRect();
    const step = Math.sign((middle.top + middle.bottom) / 2 - clientY);
    const strength = held === undefined ? within(from?.strength + step) : Math.round(held);
    const slid = from;
    letGo();
    if (slid) set(strength);
  });
  room.addEventListener("pointercancel", () => { letGo(); draw(); });

  function letGo() {
    from = held = undefined;
    area.classList.remove("held");
  }

  const again = () => { if (run && area.open) fit(); };
  addEventListener("resize", again);
  for (const query of plain) query.addEventListener("change", again);

  return {
    show(shown) {
      run = shown;
      from = held = undefined;
      tell();
      // In place at once: what moves, moves from there on.
      area.classList.add("held");
      fit();
      area.getBoundingClientRect();
      area.classList.remove("held");
    },
    draw
  };
}

const tenths = (pixels) => Math.round(pixels * 10) / 10;

const gone = ({ started }) => Math.max(0, Date.now() - started) / 60_000;

const was = ({ dataset }, strengths) => strengths.length
  ? dataset.was.replace("#", strengths.join(dataset.then)) : "";

function line(at, start, end, y) {
  const step = (end - start) / columns;
  const points = Array.from({ length: columns + 1 }, (_, column) => {
    const x = start + column * step;
    return `${tenths(x)} ${tenths(y(at(x)))}`;
  });
  return `M${points.join("L")}`;
}

// A smooth line through the points that never overshoots one (monotone cubic).
function through(points) {
  const slopes = points.slice(1).map(([x, y], which) => (y - points[which][1]) / (x - points[which][0]));
  const lean = points.map((_, which) => {
    const [left, right] = [slopes[which - 1] ?? slopes[which], slopes[which] ?? slopes[which - 1]];
    return left * right > 0 ? 2 * left * right / (left + right) : 0;
  });
  return (x) => {
    const which = points.findIndex(([at]) => at >= x);
    if (which < 1) return points.at(which)[1];
    const [[start, low], [end, high]] = [points[which - 1], points[which]];
    const [span, t] = [end - start, (x - start) / (end - start)];
    return low * (1 + 2 * t) * (1 - t) ** 2 + lean[which - 1] * span * t * (1 - t) ** 2
      + high * t ** 2 * (3 - 2 * t) + lean[which] * span * t ** 2 * (t - 1);
  };
}

function mark() {
  const [group, dot, number] = ["g", "circle", "text"].map(
    (name) => document.createElementNS("http://www.w3.org/2000/svg", name)
  );
  dot.setAttribute("r", 6);
  number.setAttribute("y", 27);
  group.append(dot, number);
  return group;
}

function move(group, x, y) {
  group.style.transform = `translate(${tenths(x)}px, ${tenths(y)}px)`;
}
