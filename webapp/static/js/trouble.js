// What could not be sent says why, and what was typed stays: in the [data-trouble-text] of a [data-trouble] around
// it, else in the page's own. [data-undone] around it names what was not done.
const OFFLINE = "没有连上网络，*。这里需要联网办理，请在有信号时再试，填写的内容都还在。";
const FAULT = "系统出错，*，请稍后重试。填写的内容都还在。";
const CHANGED = "页面已过期，或者内容刚刚有了变化，*。请刷新页面后再试。";
const WORDS = {
  401: '登录已过期，*。请<a href="/login" target="_blank">在新标签页登录</a>，再回到这里重新提交，填写的内容都还在。',
  413: "照片太大，*。请减少照片后重试，填写的内容都还在。",
  429: "操作太频繁，*，请过几分钟再试。填写的内容都还在。",
};

const around = (target, name) => target.closest?.(`[${name}]`);
const places = (target) =>
  [around(target, "data-trouble")?.querySelector("[data-trouble-text]"), document.querySelector("main > [data-trouble-text]")].filter(Boolean);
const say = (target, words) => {
  const [place] = places(target);
  const undone = around(target, "data-undone")?.dataset.undone ?? "没有提交成功"; // our own words, as all of them
  if (place) Object.assign(place, { innerHTML: words.replace("*", undone), hidden: false });
};

document.addEventListener("htmx:before:request", ({ target }) => places(target).forEach((place) => (place.hidden = true)));
document.addEventListener("htmx:error", ({ target, detail }) => detail.ctx?.response || say(target, OFFLINE));
document.addEventListener("unsent", ({ target }) => say(target, OFFLINE)); // its photos are what could not be sent
document.addEventListener("htmx:response:error", ({ target, detail }) => {
  const { status } = detail.ctx.response;
  if (status === 422 || target.hasAttribute?.(`hx-status:${status}`)) return;
  say(target, WORDS[status] ?? (status < 500 ? CHANGED : FAULT));
});
// A form without htmx would leave the page for the browser's own words.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (navigator.onLine || event.defaultPrevented || form.matches("[hx-post], [hx-get]")) return;
  event.preventDefault();
  form.closest("dialog")?.close();
  say(form, OFFLINE);
});
