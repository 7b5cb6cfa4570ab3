// Keeps the number of people fresh, ever more seldom, until an answer fails; aloud every two minutes.
const SHORTEST = 20_000;
const LONGEST = 300_000;
const ALOUD = 120_000;
const places = document.querySelectorAll("[data-count]");
const aloud = document.querySelector("[data-count-aloud]");
let signed = Number(places[0]?.querySelector("[data-count-line]").dataset.countLine);
let wait = SHORTEST;
let asked = Date.now();
let spoke = Date.now();
let timer;

function plan() {
  clearTimeout(timer);
  if (!document.hidden && wait) timer = setTimeout(ask, Math.max(0, asked + wait - Date.now()));
}

async function ask() {
  asked = Date.now();
  try {
    const answer = await fetch(places[0].dataset.count);
    if (!answer.ok) throw new Error();
    const news = await answer.json();
    wait = news.people === signed ? Math.min(wait * 1.5, LONGEST) : SHORTEST;
    if (news.people && news.people !== signed) show(news);
  } catch {
    wait = 0;
  }
  plan();
}

function show(news) {
  signed = news.people;
  for (const place of places) {
    const number = document.createElement("b");
    number.className = "count-number";
    number.textContent = news.number;
    const line = place.querySelector("[data-count-line]");
    line.replaceChildren(number, ` ${news.words}`);
    line.parentElement.hidden = false;
    place.querySelector(".count-first")?.remove();
    const bar = place.querySelector("progress");
    if (bar) bar.value = Math.min(signed, bar.max);
  }
  if (aloud && Date.now() - spoke > ALOUD) {
    spoke = Date.now();
    aloud.textContent = `${news.number} ${news.words}`;
  }
}

if (places.length) {
  document.addEventListener("visibilitychange", plan);
  plan();
}
