import { createApp, h } from "vue";
import { OdkWebForm, webFormsPlugin } from "@getodk/web-forms";

const formXml = await (await fetch("/peers/odk/form.xml")).text();
const fetchFormAttachment = () => Promise.resolve(new Response("", { status: 404 }));
createApp({ render: () => h(OdkWebForm, { formXml, fetchFormAttachment, onSubmit: () => {} }) })
  .use(webFormsPlugin)
  .mount("#app");
