// Runs in a measured page before anything of its own. TARGET says how that page's choices are found and when it is ready.
(() => {
  const probe = (window.probe = { painted: null }); // beside it two promises: usable, tapped
  const choices = () => [...document.querySelectorAll(TARGET.choice)];
  const touched = (choice) => TARGET.touched?.(choice) ?? choice.closest("label") ?? choice;
  const isChosen = TARGET.isChosen ?? ((choice) => choice.checked);
  const frame = () => new Promise(requestAnimationFrame);
  const task = () => {
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => ((port1.onmessage = resolve), port2.postMessage(0)));
  };

  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") probe.painted = startTime;
  }).observe({ type: "paint", buffered: true });

  // Usable: something is painted, the page says that it is ready, and a click on the first choice chooses it.
  const look = (resolve) => {
    const [first] = choices();
    if (first && probe.painted !== null && TARGET.isReady() && touched(first).getBoundingClientRect().height) {
      if (!isChosen(first)) touched(first).click();
      if (isChosen(first)) return resolve(performance.now());
    }
    setTimeout(look, 10, resolve);
  };
  probe.usable = new Promise((resolve) => addEventListener("DOMContentLoaded", () => look(resolve), { once: true }));

  // Brings a choice that is not chosen yet into view, listens for the finger, and says where it is.
  probe.aim = async (place, of) => {
    document.querySelectorAll("details").forEach((details) => (details.open = details.open || !details.closest(".item")));
    const all = choices();
    const first = 3 * Math.floor((place * all.length) / 3 / of);
    const choice = all.slice(first, first + 3).find((each) => !isChosen(each));
    touched(choice).scrollIntoView({ block: "center", behavior: "instant" });
    await frame();
    await frame();
    probe.tapped = new Promise((resolve) => addEventListener("pointerup", resolve, { capture: true, once: true })).then(
      async ({ timeStamp }) => {
        do await frame();
        while (!isChosen(choice));
        await task();
        return performance.now() - timeStamp;
      },
    );
    const { x, y, width, height } = touched(choice).getBoundingClientRect();
    return [x + Math.min(width / 2, 40), y + height / 2];
  };

  // Answers every item, each when the one before is visibly answered; resolves to how many ms that took.
  probe.answerAll = async (limit) => {
    const all = choices();
    const begun = performance.now();
    let done = 0;
    for (let first = 0; first < all.length && performance.now() - begun < limit; first += 3, done += 1) {
      const choice = all.slice(first, first + 3).find((each) => !isChosen(each));
      touched(choice).click();
      while (!isChosen(choice)) await task();
    }
    await frame();
    await frame();
    return ((performance.now() - begun) * all.length) / 3 / done;
  };
})();
