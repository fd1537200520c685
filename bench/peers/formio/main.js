// The package's own bundle that only renders, with the styles that its default templates need.
import "bootstrap/dist/css/bootstrap.min.css";
import "@formio/js/dist/formio.form.min.css";
import renderer from "@formio/js/dist/formio.form.min.js?url";

const script = document.createElement("script");
script.src = renderer;
script.onload = async () => {
  const form = await (await fetch("/peers/formio/form.json")).json();
  await window.Formio.createForm(document.getElementById("app"), form);
};
document.head.append(script);
