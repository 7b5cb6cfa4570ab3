// Tells how much of a message is its writer's own while they write, and keeps to what the chosen offices take.
const form = document.querySelector(".sign-form");
const meter = document.querySelector("[data-own-words]");
const box = form?.querySelector("#field-message");

if (box && meter) {
  const says = meter.querySelector("[data-own-words-says]");
  let timer, request, measured;

  const measure = async () => {
    const words = box.value.trim();
    if (words === measured) return;
    request?.abort();
    request = new AbortController();
    try {
      const answer = await fetch(meter.dataset.ownWords, {
        method: "POST",
        body: new URLSearchParams({ csrf_token: form.elements.csrf_token.value, message: words }),
        signal: request.signal,
      });
      if (!answer.ok) return;
      const { own_words, sentence } = await answer.json();
      meter.querySelector("meter").value = own_words;
      if (says.textContent !== sentence) says.textContent = sentence;
      measured = words;
    } catch {
      // Out of reach, or overtaken by the next one: the preview tells it too.
    }
  };
  const soon = () => {
    meter.hidden = !box.value.trim();
    clearTimeout(timer);
    if (!meter.hidden) timer = setTimeout(measure, 900);
  };
  box.addEventListener("input", soon);
  addEventListener("pageshow", soon);
}

if (form) {
  const choose = () => {
    const chosen = [...form.querySelectorAll("[name=officials]:checked")].map((one) => Number(one.dataset.longest || Infinity));
    if (box) box.dataset.longest = Math.min(box.dataset.most, ...chosen);
    box?.dispatchEvent(new Event("change"));
  };
  form.addEventListener("change", (event) => event.target !== box && choose());
  // The browser's back button brings a draft back, but closes what it stands in.
  const open = () => {
    for (const box of form.querySelectorAll("details.more")) {
      if ([...box.querySelectorAll("textarea, select, [type=checkbox]")].some((one) => (one.type === "checkbox" ? one.checked : one.value))) box.open = true;
    }
  };
  addEventListener("pageshow", () => {
    choose();
    open();
  });
}
