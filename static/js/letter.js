// Small comforts for the signing form; everything works without them.
const form = document.querySelector(".sign-form");

// An error summary is what a screen reader should meet first.
document.getElementById("problem")?.focus();

if (form) {
  remember("");
  form.querySelectorAll("textarea[data-longest]").forEach(countCharacters);
  form.querySelectorAll("[data-choose]").forEach(chooseInPlace);
  form.addEventListener("submit", (event) => {
    remember(form.elements.email.value.trim());
    // A second press while the first is on its way would only send the same again.
    requestAnimationFrame(() => event.defaultPrevented || form.querySelectorAll("button").forEach((button) => (button.disabled = true)));
  });
  // Coming back with the browser's button must find them enabled.
  addEventListener("pageshow", () => form.querySelectorAll("button").forEach((button) => (button.disabled = false)));
}

// The page that follows shows the address back: it stays in this tab, and only until then.
function remember(address) {
  try {
    if (address) sessionStorage.setItem("signed-with", address);
    else sessionStorage.removeItem("signed-with");
  } catch {
    // A browser that keeps nothing for a page in a frame.
  }
}

// Ticks or clears the boxes of a group; without this the server does, and shows the form again.
function chooseInPlace(button) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    button.closest("[data-group]").querySelectorAll("[name=officials]").forEach((box) => (box.checked = Boolean(button.dataset.choose)));
    form.dispatchEvent(new Event("change"));
  });
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
    note.textContent = length > longest * 0.8 ? `${length.toLocaleString(document.documentElement.lang)} / ${longest.toLocaleString(document.documentElement.lang)}` : "";
    note.classList.toggle("field-error", length > longest);
  };
  area.addEventListener("input", update);
  area.addEventListener("change", update);
  update();
}
