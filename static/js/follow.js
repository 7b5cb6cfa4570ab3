// Follows what a worker is at: asks for the page again, and puts in place what has changed of it.
const PAUSE = 2_000;
// Five minutes: a page left open must not keep a login alive.
const MOST = 150;
let asked = 0;

async function follow() {
  const goesOn = asked < MOST && (await look());
  // Whoever is not followed any more is told to reload, as without this.
  for (const hint of document.querySelectorAll("[data-by-hand]")) hint.hidden = goesOn;
  if (goesOn && document.querySelector("[data-follow]")) setTimeout(follow, PAUSE);
}

async function look() {
  const places = document.querySelectorAll("[data-follow]");
  if (!asked++ || document.hidden || !places.length) return true;
  try {
    const answer = await fetch(location.href);
    // Whoever is logged out meanwhile is sent elsewhere.
    if (!answer.ok || answer.redirected) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const place of places) {
      const now = page.getElementById(place.id);
      // Nothing goes from under somebody’s finger.
      if (!now || place.contains(document.activeElement)) continue;
      place.toggleAttribute("data-follow", now.hasAttribute("data-follow"));
      if (now.innerHTML !== place.innerHTML) place.replaceChildren(...now.childNodes);
    }
    return true;
  } catch {
    return false;
  }
}

follow();
