// Shows back the address that this tab's form was sent with; the page itself is the same for everybody.
const line = document.querySelector("[data-sent-to]");
const fields = document.querySelectorAll("input[name=email]");
let address = null;

try {
  address = sessionStorage.getItem("signed-with");
  sessionStorage.removeItem("signed-with");
} catch {
  // A browser that keeps nothing for a page in a frame: the fields stay empty.
}

if (address) {
  line.querySelector("bdi").textContent = address;
  line.hidden = false;
  const filled = [...fields].filter((field) => !field.value);
  filled.forEach((field) => (field.value = address));
  // Whoever comes back to this page, or sits down at this machine, finds nothing.
  addEventListener("pagehide", () => {
    line.querySelector("bdi").textContent = "";
    line.hidden = true;
    filled.forEach((field) => (field.value = ""));
  });
}
