// Sends operations one after the other, until each is acknowledged; a lost network only delays them.
// The page learns of it by events on the document: "sending:change" {item, state, waiting, trouble}.
(() => {
  const waiting = [];
  let uploads = 0;
  let busy = false;
  let blocked = false;
  let delay = 0;

  const token = () => document.querySelector('meta[name="csrf-token"]').content;
  const tell = (item, state, trouble = "") =>
    document.dispatchEvent(
      new CustomEvent("sending:change", { detail: { item, state, trouble, waiting: waiting.length + uploads } }),
    );

  const send = (base, operation) => {
    waiting.push({ url: `${base}/operations/${operation.op}`, body: operation.body });
    tell(operation.body.item, "sending");
    drain();
  };

  const drain = async () => {
    if (busy) return;
    busy = true;
    blocked = false;
    while (waiting.length) {
      const outcome = await deliver(waiting[0]).catch(lost);
      if (outcome === "stop") {
        blocked = true;
        break;
      }
      if (outcome === "later") {
        delay = Math.min(60000, (delay || 1000) * 2) * (0.5 + Math.random() / 2);
        setTimeout(drain, delay);
        break;
      }
      delay = 0;
    }
    busy = false;
  };

  const lost = () => {
    for (const { body } of waiting) tell(body.item, "waiting");
    return "later";
  };

  const deliver = async ({ url, body }) => {
    const response = await fetch(url, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token(), "HX-Request": "true" },
      body: JSON.stringify(body),
    });
    if (response.status >= 500 || response.status === 429) {
      tell(body.item, "waiting", "系统繁忙，稍后自动重试");
      return "later";
    }
    if (response.status === 401 || response.status === 400) {
      tell(body.item, "waiting", "登录已过期");
      return "stop";
    }
    const text = await response.text();
    waiting.shift();
    if (response.ok || response.status === 409) await accept(text, body, response.status);
    else tell(body.item, "trouble", refusal(text));
    return "done";
  };

  // A later tap on the same item is still on its way: its state must not be painted over by this answer.
  const accept = async (text, body, status) => {
    await htmx.swap({ text, swap: "none", sourceElement: document.body });
    if (waiting.some((other) => other.body.item === body.item)) tell(body.item, "sending");
    else tell(body.item, status === 409 ? "trouble" : "sent");
  };

  const refusal = (text) => new DOMParser().parseFromString(text, "text/html").body.textContent.trim();
  const idle = () => waiting.length + uploads === 0;
  // Sends what waits; resolves to whether all of it arrived, or to false when somebody must sign in first.
  const flush = async () => {
    while (!idle() && !blocked) {
      drain();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return idle();
  };
  const uploading = (change) => {
    uploads += change;
  };

  addEventListener("online", drain);
  document.addEventListener("visibilitychange", () => document.hidden || drain());
  addEventListener("beforeunload", (event) => {
    if (!idle()) event.preventDefault();
  });

  window.sending = { send, flush, uploading, token, refusal };
})();
