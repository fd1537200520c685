// A form that could not be sent stays as it is, and says why: [data-trouble] with a [data-trouble-text] inside.
(() => {
  const WORDS = {
    429: "操作太频繁，请过几分钟再提交。填写的内容都还在。",
    413: "照片太大，没有提交成功。请减少照片后重试，填写的内容都还在。",
  };
  const FAULT = "系统出错，没有提交成功，请稍后重试。填写的内容都还在。";
  const OFFLINE = "没有连上网络，没有提交成功。这里需要联网办理，请在有信号时再试，填写的内容都还在。";

  const say = (target, text) => {
    const place = target.matches?.("[data-trouble]") && target.querySelector("[data-trouble-text]");
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  };
  document.addEventListener("htmx:before:request", ({ target }) => say(target, ""));
  document.addEventListener("htmx:error", ({ target }) => say(target, OFFLINE));
  document.addEventListener("htmx:response:error", ({ target, detail }) => {
    const { status } = detail.ctx.response;
    if (status !== 422) say(target, WORDS[status] ?? FAULT);
  });
})();
