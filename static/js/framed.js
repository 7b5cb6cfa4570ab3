// In a frame on another site: tells the page around it how high the form is, and nothing else. Any page may know
// that, and only those that the campaign allows can be around it.
const tell = () => parent.postMessage({ campaignHeight: document.documentElement.getBoundingClientRect().height }, "*");
if (parent !== window) {
  new ResizeObserver(tell).observe(document.documentElement);
  addEventListener("load", tell);
}
