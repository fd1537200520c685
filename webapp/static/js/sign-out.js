// [data-sign-out]: signing out asks first what becomes of what is not uploaded; then nothing of the user is left here.
const PATIENCE = 15_000; // ms
const form = document.querySelector("[data-sign-out]");
const dialog = document.getElementById("unsent");
const leave = async (keeps) => (await outbox.clear(keeps), form.submit());
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { waiting, trouble } = await outbox.overview();
  if (!waiting && !trouble) return leave(false);
  form.closest("dialog").close();
  document.getElementById("unsent-count").textContent = waiting + trouble;
  dialog.showModal();
});
dialog.addEventListener("click", async ({ target }) => {
  const { unsent } = target.dataset;
  if (unsent !== "upload") return unsent && leave(unsent === "keep");
  target.setAttribute("aria-busy", "true");
  const isEmpty = await drainer.emptied(PATIENCE);
  target.removeAttribute("aria-busy");
  const { trouble } = await outbox.overview();
  if (isEmpty && !trouble) return leave(false);
  const why = trouble ? `有 ${trouble} 条需要处理，请先处理` : "还没有全部上传，请检查网络后再试";
  document.getElementById("unsent-trouble").textContent = `${why}，或选择保留。`;
});
