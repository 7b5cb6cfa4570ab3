// Follows what a worker is making: asks for the page again, and puts in place what has changed of it.
const PAUSE = 2_000;
const MOST = 150;
let asked = 0;

async function follow() {
  const places = [...document.querySelectorAll("[data-follow]")];
  if (!places.length || asked === MOST) return;
  if (!document.hidden) {
    asked += 1;
    try {
      const answer = await fetch(location.href);
      // Whoever is logged out meanwhile is sent elsewhere.
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const place of places) {
        const now = page.getElementById(place.id);
        // Nothing goes from under somebody’s finger.
        if (!now || place.contains(document.activeElement)) continue;
        place.toggleAttribute("data-follow", now.hasAttribute("data-follow"));
        if (now.innerHTML !== place.innerHTML) place.replaceChildren(...now.childNodes);
      }
    } catch {
      return;
    }
  }
  setTimeout(follow, PAUSE);
}

setTimeout(follow, PAUSE);
