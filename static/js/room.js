// What the first frame has room for, so that nothing moves later. It is the end of app.js (core/web/static.py joins
// them); on a first visit it stands in the page besides, and app.js comes when it can.
{
  const page = document.documentElement.dataset;

  // What was still on this phone when a page last looked: the first frame has room for it, so nothing moves later.
  const { mark = localStorage.getItem("mark"), done = "" } = page;
  self.waits = JSON.parse(localStorage.getItem("waits") ?? "[]")
    .filter((item) => item.mark === mark && !done.includes(item.id));
  const notice = waits.length && document.querySelector(".unsent");
  if (notice) {
    notice.textContent = notice.dataset.many.replace("#", waits.length);
    notice.hidden = false;
  }

  // What only the phone of one person has, its module fills in: the first frame has room for that, too. Not after Hide.
  if (localStorage.getItem("mark") && !("hid" in localStorage))
    for (const element of document.querySelectorAll("[data-own]")) element.hidden = false;

  // Whoever travels reads the program's times by the program's clock, and is told so.
  const clock = document.querySelector("[data-clock]");
  // One moment for both: a second that passes between them would look like another clock.
  const now = Date.now();
  const wall = (weeks, timeZone) => new Date(now + weeks * 6048e5).toLocaleString("sv", { timeZone });
  const isElsewhere = (zone) => [0, 13, 26, 39].some((weeks) => wall(weeks, zone) !== wall(weeks));
  try { if (clock) clock.hidden = !isElsewhere(clock.dataset.clock); } catch { clock.hidden = false; }
}
