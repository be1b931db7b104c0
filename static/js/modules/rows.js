// What isn't sent yet stands in the list where its row will be; the server draws that row. A script of the page's own,
// and not one that app.js fetches: it has to be there for the first frame, or the other rows would move.
for (const section of document.querySelectorAll(".arriving")) receive(section);

function receive(section) {
  const { kind, waits, sent, zone: timeZone } = section.dataset;
  const line = section.querySelector("template").content.firstElementChild;
  const rows = new Map();
  const say = (row, state) => { row.lastElementChild.textContent = `${row.dataset.at} · ${state}`; };
  const show = (items) => {
    const anew = items.filter((item) => item.kind === kind && item.fresh && !rows.has(item.id));
    for (const { id, label, at } of anew.reverse()) {
      const row = line.cloneNode(true);
      row.firstElementChild.textContent = label;
      row.dataset.at = new Date(at).toLocaleString(
        document.documentElement.lang, { hour: "numeric", minute: "2-digit", timeZone }
      );
      say(row, waits);
      rows.set(id, row);
      section.append(row);
    }
    if (rows.size) section.hidden = false;
  };
  show(self.waits ?? []);
  addEventListener("outbox", async ({ detail }) => {
    show(detail);
    const gone = [...rows].filter(([id]) => !detail.some((item) => item.id === id));
    if (!gone.length) return;
    for (const [id, row] of gone) rows.delete(id), say(row, sent);
    const there = addresses(document).map((link) => link.href);
    const fresh = addresses(await page()).filter((link) => !there.includes(link.href));
    // None left: it had arrived before, and stands there already.
    for (const [, row] of gone) row.replaceWith(...fresh.splice(0, 1));
    section.hidden = !section.querySelector(".entry-row");
  });
}

function addresses(root) {
  return [...root.querySelectorAll("a.entry-row")];
}

// Asked in a way that answers with a document: Trusted Types leave no other way from text to a page.
function page() {
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    asked.onerror = reject;
    asked.onload = () => resolve(asked.response);
    asked.open("GET", location.href);
    asked.responseType = "document";
    asked.send();
  });
}
