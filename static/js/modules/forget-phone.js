// Whoever leaves this phone takes their reminders along; the server has forgotten it anyway.
export default function (form) {
  form.addEventListener("submit", async () => {
    const registration = await navigator.serviceWorker?.getRegistration();
    const subscription = await registration?.pushManager?.getSubscription();
    subscription?.unsubscribe();
  });
}
