// Small comforts for forms; everything works without them.
const form = document.querySelector(".sign-form");

// What a screen reader should meet first.
document.getElementById("problem")?.focus();

if (form) {
  const disable = (is) => form.querySelectorAll("button").forEach((button) => (button.disabled = is));
  remember("");
  form.querySelectorAll("textarea[data-longest]").forEach(countCharacters);
  // Ticks or clears a group in place; without this the server does.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    if (!button) return;
    event.preventDefault();
    for (const box of button.closest("[data-group]").querySelectorAll("input")) box.checked = button.dataset.choose;
    form.dispatchEvent(new Event("change"));
  });
  form.addEventListener("submit", (event) => {
    remember(form.elements.email.value.trim());
    // A second press would only send the same again.
    requestAnimationFrame(() => event.defaultPrevented || disable(true));
  });
  // Coming back with the browser's button must find them enabled.
  addEventListener("pageshow", () => disable(false));
}

// The page that follows shows the address back: it stays in this tab, and only until then.
function remember(address) {
  try {
    if (address) sessionStorage.setItem("signed-with", address);
    else sessionStorage.removeItem("signed-with");
  } catch {
    // Nothing is kept in a frame.
  }
}

// Says how many characters are left once that matters.
function countCharacters(area) {
  const note = document.createElement("p");
  note.className = "field-hint";
  note.setAttribute("aria-live", "polite");
  area.after(note);
  const update = () => {
    const longest = Number(area.dataset.longest);
    const length = [...area.value].length;
    // Only when needed: the first takes a phone 0.1 s.
    const words = () => [length, longest].map((number) => number.toLocaleString(document.documentElement.lang));
    note.textContent = length > longest * 0.8 ? words().join(" / ") : "";
    note.classList.toggle("field-error", length > longest);
  };
  area.addEventListener("input", update);
  area.addEventListener("change", update);
  update();
}
