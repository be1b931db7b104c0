// A page that answered a post: going back to it, or a reload, would ask whether to send that again.
export default function ({ dataset }) {
  history.replaceState(null, "", dataset.address);
}
