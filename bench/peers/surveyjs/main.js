import "survey-core/survey-core.fontless.min.css";
import { Model } from "survey-core";
import "survey-js-ui";

new Model(await (await fetch("/peers/surveyjs/form.json")).json()).render(document.getElementById("app"));
