// What could not be sent says why, and what was typed stays: in the [data-trouble-text] of a [data-trouble] around
// it, else in the page's own. [data-undone] around it names what was not done.
(() => {
  const offline = (undone) => `没有连上网络，${undone}。这里需要联网办理，请在有信号时再试，填写的内容都还在。`;
  const fault = (undone) => `系统出错，${undone}，请稍后重试。填写的内容都还在。`;
  const changed = (undone) => `页面已过期，或者内容刚刚有了变化，${undone}。请刷新页面后再试。`;
  const WORDS = {
    413: (undone) => `照片太大，${undone}。请减少照片后重试，填写的内容都还在。`,
    429: (undone) => `操作太频繁，${undone}，请过几分钟再试。填写的内容都还在。`,
  };

  const show = (place, text) => {
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  };
  const nearest = (target) => target.closest?.("[data-trouble]")?.querySelector("[data-trouble-text]");
  const common = () => document.querySelector("main > [data-trouble-text]");
  const say = (target, words) => {
    const undone = target.closest?.("[data-undone]")?.dataset.undone ?? "没有提交成功";
    show(nearest(target) ?? common(), words(undone));
  };

  document.addEventListener("htmx:before:request", ({ target }) => {
    show(nearest(target), "");
    show(common(), "");
  });
  document.addEventListener("htmx:error", ({ target, detail }) => {
    if (!detail.ctx?.response) say(target, offline);
  });
  document.addEventListener("htmx:response:error", ({ target, detail }) => {
    const { status } = detail.ctx.response;
    const swapped = status === 422 || target.hasAttribute?.(`hx-status:${status}`);
    if (!swapped) say(target, WORDS[status] ?? (status < 500 ? changed : fault));
  });
  // A form without htmx would leave the page for the browser's own words.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (navigator.onLine || event.defaultPrevented || form.matches("[hx-post], [hx-get]")) return;
    event.preventDefault();
    form.closest("dialog")?.close();
    say(form, offline);
  });
})();
