// Starts the deck when its formulas are drawn, and sets the type of a long slide smaller until it fits.
(() => {
  const ROOM = 720;
  const SMALLEST = 0.4;

  function fit(slide) {
    const inner = slide?.querySelector(".fit");
    if (!inner || inner.dataset.fits) return;
    const high = () => inner.getBoundingClientRect().height / Reveal.getScale();
    const wide = () => [...inner.querySelectorAll("mjx-container, table, pre")].some((e) => e.scrollWidth > inner.clientWidth + 1);
    const bars = parseFloat(getComputedStyle(slide).paddingTop) + parseFloat(getComputedStyle(slide).paddingBottom);
    let size = 1;
    while ((high() > ROOM - bars || wide()) && size > SMALLEST) {
      size -= 0.05;
      inner.style.fontSize = `${size}em`;
      inner.querySelectorAll("figure svg").forEach((svg) => { svg.style.maxHeight = `${500 * size}px`; });
    }
    inner.dataset.fits = high() <= ROOM - bars + 1 && !wide();
  }

  const start = () => {
    Reveal.on("ready", (event) => fit(event.currentSlide));
    Reveal.on("slidechanged", (event) => fit(event.currentSlide));
    return Reveal.initialize({ width: 1280, height: ROOM, margin: 0.02, center: false, hash: true, slideNumber: "c/t", transition: "none" });
  };
  MathJax.startup.promise.then(start);
})();
