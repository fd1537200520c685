// 显示 beside a password: [data-reveal="ID"].
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-reveal]");
  if (!button) return;
  const input = document.getElementById(button.dataset.reveal);
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", shown);
  button.textContent = shown ? "隐藏" : "显示";
});
