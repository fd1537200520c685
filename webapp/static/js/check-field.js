// A field that is checked as it is left sends only what the check needs ([data-sends]), not the whole form.
document.addEventListener("htmx:config:request", ({ target, detail }) => {
  const names = target.dataset?.sends?.split(" ");
  if (!names) return;
  const { body } = detail.ctx.request;
  for (const name of new Set(body.keys())) if (!names.includes(name)) body.delete(name);
});
