// Photos of a draft's items: each goes off by itself with its own identifiers, so that it can be sent again.
(() => {
  const form = document.getElementById("fill");
  if (!form) return;

  form.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-photo]")) return;
    const item = target.closest("[data-item]").dataset.item;
    for (const file of target.files) start(item, file, { op: operations.uuid7(), uuid: operations.uuid7() });
    target.value = "";
  });

  const start = (item, file, identifiers) => {
    sending.uploading(1);
    upload(item, file, identifiers);
  };

  const upload = (item, file, identifiers, attempt = 0) => {
    const data = new FormData();
    data.append("photo", file);
    data.append("item", item);
    data.append("device", operations.device());
    for (const [name, value] of Object.entries(identifiers)) data.append(name, value);
    const request = new XMLHttpRequest();
    request.open("POST", `${form.dataset.fill}/photos`);
    request.setRequestHeader("X-CSRFToken", sending.token());
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = ({ loaded, total }) =>
      show(item, "sending", `照片上传中 ${Math.round((loaded / total) * 100)}%`);
    request.onload = () => {
      if (request.status >= 500) return again(item, file, identifiers, attempt);
      sending.uploading(-1);
      if (request.status >= 400) return show(item, "trouble", sending.refusal(request.responseText));
      htmx.swap({ text: request.responseText, swap: "none", sourceElement: document.body });
    };
    request.onerror = () => again(item, file, identifiers, attempt);
    show(item, "sending", "照片上传中 0%");
    request.send(data);
  };

  const again = (item, file, identifiers, attempt) => {
    show(item, "kept", "照片等待上传");
    setTimeout(() => upload(item, file, identifiers, attempt + 1), Math.min(60000, 1000 * 2 ** attempt));
  };

  const show = (item, state, text) => {
    const place = document.getElementById(`s-${item}`);
    place.dataset.state = state;
    place.textContent = text;
  };
})();
