// A passkey as the second step of a login: made, or asked for. Without this there are codes of an app.
const form = document.querySelector("[data-passkey]");
const able = window.PublicKeyCredential?.parseRequestOptionsFromJSON;

if (form && able) {
  const part = form.querySelector("[data-passkey-part]");
  part.hidden = false;
  form.querySelector("[data-passkey-without]")?.remove();
  part.querySelector("button").addEventListener("click", async () => {
    const options = JSON.parse(form.dataset.passkey);
    try {
      const key = options.rp
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.passkey.value = JSON.stringify(key);
      form.submit();
    } catch {
      part.querySelector("[role=alert]").hidden = false;
    }
  });
}
