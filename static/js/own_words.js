// Tells how much of a message is its writer's own, and keeps to what the chosen offices take.
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
      // Out of reach, or overtaken.
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
    const limits = [...form.querySelectorAll("[name=officials]:checked")].map((one) => one.dataset.longest || Infinity);
    if (box) box.dataset.longest = Math.min(box.dataset.most, ...limits);
    box?.dispatchEvent(new Event("change"));
  };
  form.addEventListener("change", (event) => event.target !== box && choose());
  // The browser's back button brings a draft back, but closes what it stands in.
  addEventListener("pageshow", () => {
    choose();
    for (const one of form.querySelectorAll("details :is(input, textarea, select):not([type=radio])")) {
      const isFilled = one.type === "checkbox" ? one.checked : one.value !== (one.defaultValue ?? "");
      for (let fold = isFilled && one.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    }
  });
}
