// Does what <button commandfor command> says in browsers that do not know it yet.
const obey = ({ target }) => {
  const [id, command] = ["commandfor", "command"].map((name) => target.closest("[commandfor]")?.getAttribute(name));
  if (id) document.getElementById(id)[command === "close" ? "close" : "showModal"]();
};
if (!("commandForElement" in HTMLButtonElement.prototype)) document.addEventListener("click", obey);
