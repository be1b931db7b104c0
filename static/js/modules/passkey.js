const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

// By hand: the browser's own ways to and from JSON came long after passkeys did.
function read(asked) {
  const listed = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    ...asked,
    challenge: bytes(asked.challenge),
    ...(asked.user && { user: { ...asked.user, id: bytes(asked.user.id) } }),
    allowCredentials: listed(asked.allowCredentials),
    excludeCredentials: listed(asked.excludeCredentials),
  };
}

function told({ id, type, response }) {
  const said = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  return JSON.stringify({ id, rawId: id, type, response: Object.fromEntries(said), clientExtensionResults: {} });
}

// A form that a passkey fills in; or a line that offers one, on a device that can have it.
export default async function (element) {
  const { passkey, field, inList } = element.dataset;
  if (!self.PublicKeyCredential) return;
  if (!field) {
    element.hidden = passkey !== location.hostname
      || !await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
    return;
  }
  const asked = JSON.parse(passkey);
  if (location.hostname !== (asked.rpId ?? asked.rp.id)) return;
  element.hidden = false;
  const say = element.querySelector("[data-failed]");
  let waiting;

  async function ask(mediation) {
    waiting?.abort();
    const { signal } = waiting = new AbortController();
    say.textContent = "";
    try {
      const options = { publicKey: read(asked), signal, ...(mediation && { mediation }) };
      const given = await (asked.rp ? navigator.credentials.create(options) : navigator.credentials.get(options));
      element.elements[field].value = told(given);
    } catch {
      // Canceled by whoever was asked, or nothing is there. The name field's list just stays empty.
      if (!signal.aborted && !mediation) say.textContent = say.dataset.failed;
      return;
    }
    const keeps = document.querySelector("[type=checkbox][name=own_phone]");
    if (keeps && element.elements.own_phone) element.elements.own_phone.value = keeps.checked ? "y" : "";
    element.submit();
  }

  element.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  if (inList !== undefined && await PublicKeyCredential.isConditionalMediationAvailable?.()) ask("conditional");
}
