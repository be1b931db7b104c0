const isOld = ({ at }) => Date.now() - Date.parse(at) > 86_400_000;

// What is on this phone: which kind and since when. The words themselves are sealed.
export default function (card) {
  const list = card.querySelector("ul");
  const line = card.querySelector("template").content.firstElementChild;
  const said = (name, on) => { card.querySelector(`[data-when=${name}]`).hidden = !on; };
  addEventListener("outbox", ({ detail }) => {
    list.replaceChildren(...detail.map((item) => {
      const one = line.cloneNode(true);
      const [what, when, state] = one.querySelectorAll("b, small, span");
      what.textContent = item.label;
      when.textContent = new Date(item.at).toLocaleString("en", { weekday: "long", hour: "numeric", minute: "2-digit" });
      state.textContent = card.dataset[item.held ? "held" : isOld(item) ? "old" : "waits"];
      return one;
    }));
    card.hidden = !detail.length;
    said("old", detail.some(isOld));
    said("take-back", detail.some(({ kind }) => kind === "take-back"));
  });
}
