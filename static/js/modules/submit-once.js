const pause = 3_000;

// The button is not disabled: its name and value must be sent, and focus must stay where it was.
export default function (form) {
  let sentAt = -pause;
  form.addEventListener("submit", (event) => {
    if (event.timeStamp - sentAt < pause) event.preventDefault();
    else sentAt = event.timeStamp;
  });
  // A page that comes back from the browser's memory may be sent again at once.
  addEventListener("pageshow", () => { sentAt = -pause; });
}
