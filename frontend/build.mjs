// Builds the browser's files: every entry of frontend/entries, the fonts they name, one icon sprite.
// usage: node frontend/build.mjs <output folder>     (icon names, one a line, on standard input)
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error("usage: node frontend/build.mjs <output folder> < icon names");
  process.exit(2);
}

const stripMaps = {
  // The vendors name maps that they do not ship; a manifest of static files then fails on them.
  name: "strip-source-maps",
  setup(build) {
    build.onLoad({ filter: /node_modules.*\.(m?js|css)$/ }, (file) => ({
      contents: readFileSync(file.path, "utf8").replace(
        /^\s*(\/\/|\/\*)[#@]\s*sourceMappingURL=.*?(\*\/)?\s*$/gm,
        "",
      ),
      loader: file.path.endsWith(".css") ? "css" : "js",
    }));
  },
};

async function bundle() {
  const folder = join(root, "frontend", "entries");
  const entries = existsSync(folder)
    ? readdirSync(folder).filter((name) => /\.(js|css)$/.test(name))
    : [];
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: entries.map((name) => join(folder, name)),
    outdir: out,
    bundle: true,
    minify: true,
    metafile: true,
    format: "esm",
    splitting: false,
    target: ["chrome109", "firefox115", "safari16"],
    charset: "utf8",
    legalComments: "none",
    loader: { ".woff2": "file", ".woff": "empty", ".svg": "dataurl", ".png": "file" },
    assetNames: "fonts/[name]-[hash]",
    plugins: [stripMaps],
    logLevel: "warning",
  });
  return Object.entries(result.metafile.outputs).map(([path, { bytes }]) => [path, bytes]);
}

function symbol(name) {
  for (const kind of ["outline", "filled"]) {
    const plain = kind === "filled" ? name.replace(/-filled$/, "") : name;
    const path = join(root, "node_modules/@tabler/icons/icons", kind, `${plain}.svg`);
    if (!existsSync(path) || (kind === "filled" && plain === name)) continue;
    const body = readFileSync(path, "utf8")
      .replace(/^[\s\S]*?<svg[^>]*>/, "")
      .replace(/<\/svg>\s*$/, "")
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
      .replace(/\s*\n\s*/g, "");
    const paint =
      kind === "filled"
        ? 'fill="currentColor"'
        : 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';
    return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${body}</symbol>`;
  }
  return null;
}

function sprite(names) {
  const missing = names.filter((name) => symbol(name) === null);
  if (missing.length) console.error(`no such Tabler icon: ${missing.join(", ")}`);
  const body = names.map((name) => symbol(name) ?? symbol("question-mark").replace(/id="[^"]*"/, `id="${name}"`));
  writeFileSync(
    join(out, "icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg" stroke-width="2">\n${body.join("\n")}\n</svg>\n`,
  );
}

try {
  mkdirSync(out, { recursive: true });
  const names = readFileSync(0, "utf8").split("\n").filter(Boolean);
  sprite([...new Set(names)].sort());
  for (const [path, bytes] of await bundle()) {
    console.log(`${String(Math.ceil(bytes / 1024)).padStart(6)} kB  ${path.split("/").pop()}`);
  }
} catch (error) {
  if (!error.errors) console.error(String(error.message ?? error));
  process.exit(1);
}
