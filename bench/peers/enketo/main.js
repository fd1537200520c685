// As the package's README shows it: the form is in the page, made from the XForm beforehand.
import "enketo-core/src/sass/formhub/formhub.scss";
import { Form } from "enketo-core";

const modelStr = JSON.parse(document.getElementById("model").textContent);
new Form(document.querySelector("form.or"), { modelStr }, {}).init();
window.isReady = true;
