// Sharing by what the device offers: its share sheet, else the clipboard, else an email.
const status = document.querySelector("[data-copy-status]");

for (const one of document.querySelectorAll("[data-share]")) {
  const { share: url, title, text, copied } = one.dataset;
  if (navigator.share) one.hidden = false;
  else if (one.hidden || !navigator.clipboard) continue;
  one.addEventListener("click", async (event) => {
    event.preventDefault();
    if (navigator.share) {
      // Closing the sheet is no failure.
      return navigator.share({ title, text, url }).catch(() => {});
    }
    await navigator.clipboard.writeText(url);
    const label = one.textContent;
    one.textContent = copied;
    if (status) status.textContent = copied;
    setTimeout(() => (one.textContent = label), 3000);
  });
}
