// The number that was tapped goes along in this tab's memory alone: it has no business in an address.
export default function (link) {
  link.addEventListener("click", () => {
    const { exercise, urge } = link.dataset;
    sessionStorage.setItem("practice", JSON.stringify({ exercise, started: Date.now(), samples: [[0, +urge]] }));
  });
}
