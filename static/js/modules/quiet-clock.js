// Minutes only, and no sound: a clock that counts seconds hurries whoever is speaking.
export default function (area) {
  const left = area.querySelector("[role=timer]");
  area.hidden = false;
  area.querySelector("[data-start]").addEventListener("click", (event) => {
    event.currentTarget.remove();
    navigator.wakeLock?.request("screen").catch(() => {});
    const ends = Date.now() + area.dataset.minutes * 60_000;
    const tell = () => {
      const minutes = Math.ceil((ends - Date.now()) / 60_000);
      left.textContent = minutes > 0 ? left.dataset.left.replace("#", minutes) : left.dataset.last;
      if (minutes > 0) setTimeout(tell, 5_000);
    };
    tell();
  });
}
