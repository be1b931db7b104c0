// The position sorts what is listed here, and is sent and kept nowhere.
export default function (area) {
  const button = area.querySelector("button");
  const list = document.getElementById(button.getAttribute("aria-controls"));
  const status = area.querySelector("[role=status]");
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const far = [...list.children].map((item) => [item, miles(coords, item.dataset)]);
      far.sort(([, a], [, b]) => a - b || 0);
      for (const [item, distance] of far) {
        const place = item.querySelector(".miles");
        const said = distance.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
        if (distance < Infinity) place.textContent = status.dataset.miles.replace("0", said);
      }
      list.append(...far.map(([item]) => item));
      status.textContent = status.dataset.done;
    }, () => { status.textContent = status.dataset.failed; });
  });
}

function miles({ latitude, longitude }, { latitude: north, longitude: east }) {
  if (!north) return Infinity;
  const turn = Math.PI / 180;
  const half = Math.sin((north - latitude) * turn / 2) ** 2
    + Math.cos(latitude * turn) * Math.cos(north * turn) * Math.sin((east - longitude) * turn / 2) ** 2;
  return 7917.6 * Math.asin(Math.sqrt(half));
}
