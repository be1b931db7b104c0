// The number that was tapped goes along in this tab's memory alone: it has no business in an address.
import { mine } from "./unsent.js";

export default function (link) {
  link.addEventListener("click", () => {
    const { exercise, urge } = link.dataset;
    sessionStorage.setItem("practice", JSON.stringify({
      mark: mine() ?? "", exercise, started: Date.now(), samples: [[0, +urge]]
    }));
  });
}
