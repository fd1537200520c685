// node build.mjs SOURCES BUILT: bundles every peer of SOURCES for production; run where the packages are installed.
import { createRequire } from "node:module";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [sources, built] = process.argv.slice(2).map((path) => resolve(path));
const packages = resolve("node_modules");
const { build } = await import(pathToFileURL(createRequire(join(packages, "x")).resolve("vite")));
const enketo = (path) => join(packages, "enketo-core", path);

// enketo-core's styles name each other by their place in its own repository.
const enketoStyles = {
  findFileUrl: (url) => {
    const found = url.match(/^(?:file:\/\/)?\/?packages\/enketo-core\/node_modules\/(.*)$/);
    return found && pathToFileURL(join(packages, found[1]));
  },
};
const replacements = {
  "leaflet.gridlayer.googlemutant": join(packages, "leaflet.gridlayer.googlemutant/dist/Leaflet.GoogleMutant.js"),
  "enketo/config": enketo("config.js"),
  "enketo/widgets": enketo("src/js/widgets.js"),
  "enketo/translator": enketo("src/js/fake-translator.js"),
  "enketo/dialog": enketo("src/js/fake-dialog.js"),
  "enketo/file-manager": enketo("src/js/file-manager.js"),
  "enketo/xpath-evaluator-binding": enketo("src/js/xpath-evaluator-binding.js"),
};
const flags = {
  "process.env.NODE_ENV": '"production"',
  __VUE_OPTIONS_API__: "true",
  __VUE_PROD_DEVTOOLS__: "false",
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
};

const silent = ["import", "global-builtin", "slash-div", "color-functions", "legacy-js-api"];

for (const name of readdirSync(sources))
  await build({
    root: join(sources, name),
    base: `/peers/${name}/`,
    mode: "production",
    logLevel: "error",
    configFile: false,
    define: flags,
    build: { outDir: join(built, name), emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: Infinity },
    css: { preprocessorOptions: { scss: { silenceDeprecations: silent, importers: [enketoStyles], loadPaths: [packages] } } },
    resolve: { alias: Object.entries(replacements).map(([find, replacement]) => ({ find, replacement })) },
  });
