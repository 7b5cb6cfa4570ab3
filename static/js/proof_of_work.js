// Solves the form's proof of work while people write. Where that fails, the form goes without.
// Sending waits so long for it, in milliseconds, and no longer.
const LONGEST_WAIT = 15_000;

class ProofOfWork extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    const begin = () => this.begin();
    if (this.getAttribute("auto") === "onload") begin();
    // The first touch; a browser that fills the form in gives it no focus.
    for (const touch of ["focusin", "input", "change"]) this.form.addEventListener(touch, begin);
    this.form.addEventListener("submit", (event) => this.hold(event));
    // A solution is good for one form: whoever comes back needs a new one.
    addEventListener("pageshow", (event) => event.persisted && this.reset());
  }

  // Begin once, and promise to be done, one way or the other.
  begin() {
    this.done ??= this.solve()
      .catch(() => {})
      .then(() => (this.isDone = true));
    return this.done;
  }

  async solve() {
    const address = this.getAttribute("challenge");
    const answer = await fetch(address, { cache: "no-store" });
    if (!answer.ok) return;
    const { algorithm, challenge, salt, signature, maxnumber } = await answer.json();
    const number = await this.search({ challenge, salt, maxnumber });
    if (number === undefined) return;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "altcha";
    field.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    this.field?.remove();
    this.field = field;
    this.form.append(field);
  }

  search(task) {
    this.worker = new Worker(new URL("./proof_worker.js", import.meta.url));
    return new Promise((found, failed) => {
      this.worker.onmessage = ({ data }) => found(data);
      this.worker.onerror = failed;
      this.worker.postMessage(task);
    }).finally(() => this.worker.terminate());
  }

  // Keep a form back that is sent before the solution is there, and send it as soon as it is.
  hold(event) {
    const button = event.submitter;
    // A button that leads elsewhere sends nothing in, and takes the place of one that does.
    if (button?.hasAttribute("formaction")) this.isHolding = false;
    else if (!this.isDone) this.wait(event, button);
  }

  async wait(event, button) {
    event.preventDefault();
    if (this.isHolding) return;
    this.isHolding = true;
    this.textContent = this.dataset.wait;
    this.scrollIntoView({ block: "nearest" });
    await Promise.race([this.begin(), new Promise((end) => setTimeout(end, LONGEST_WAIT))]);
    this.textContent = "";
    if (!this.isHolding) return;
    this.isHolding = false;
    this.isDone = true;
    if (this.form.requestSubmit) this.form.requestSubmit(button);
    else this.form.submit();
  }

  reset() {
    this.textContent = "";
    this.worker?.terminate();
    this.field?.remove();
    this.field = this.done = undefined;
    this.isDone = this.isHolding = false;
  }
}

customElements.define("altcha-widget", ProofOfWork);
