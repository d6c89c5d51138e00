// SPDX-License-Identifier: Apache-2.0
// Makes the dashboard: node build.mjs OUT_DIR MODULES_DIR
//   OUT_DIR/files/              what a browser gets: index.html, assets/NAME-HASH.js and .css
//   OUT_DIR/dashboard_files.cpp the same for the executable
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, "../build/web"));
const modules = path.resolve(process.argv[3] ?? path.join(here, "node_modules"));
const esbuild = createRequire(path.join(modules, "package.json"))("esbuild");
const files = path.join(out, "files");

const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };

async function bundle() {
  await rm(files, { recursive: true, force: true });
  await mkdir(files, { recursive: true });
  const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: ["src/main.tsx"],
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    nodePaths: [modules],
    loader: { ".yaml": "text" },
    legalComments: "none",
    entryNames: "assets/[name]-[hash]",
    chunkNames: "assets/[name]-[hash]",
    assetNames: "assets/[name]-[hash]",
    outdir: files,
    metafile: true,
    logLevel: "warning",
  });
  return Object.entries(result.metafile.outputs).find(([, output]) => output.entryPoint === "src/main.tsx");
}

async function writeIndex([script, output]) {
  const address = (file) => "/" + path.relative(files, path.resolve(here, file));
  const html = (await readFile(path.join(here, "src/index.html"), "utf8"))
    .replace("SCRIPT", address(script))
    .replace("STYLE", address(output.cssBundle));
  await writeFile(path.join(files, "index.html"), html);
  await writeFile(path.join(files, "icon.svg"), await readFile(path.join(here, "src/icon.svg")));
}

async function namesBelow(folder, prefix = "") {
  const names = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) names.push(...(await namesBelow(path.join(folder, entry.name), `${prefix}${entry.name}/`)));
    else names.push(prefix + entry.name);
  }
  return names.sort();
}

// Octal escapes have three digits at most, so no byte runs into the next one.
const literal = (bytes) => `"${Array.from(bytes, (byte) => "\\" + byte.toString(8).padStart(3, "0")).join("")}"`;

async function embed() {
  const entries = [];
  for (const name of await namesBelow(files)) {
    const plain = await readFile(path.join(files, name));
    const tag = createHash("sha256").update(plain).digest("hex").slice(0, 32);
    entries.push(`    {"/${name}", "${types[path.extname(name)]}", "${tag}",\n     {${literal(plain)}, ${plain.length}}},`);
  }
  const text = `// SPDX-License-Identifier: Apache-2.0
// Made by web/build.mjs.
#include "controller/dashboard/dashboard_files.h"

namespace luolab {

std::span<const DashboardFile> dashboard_files() {
  static constexpr DashboardFile kFiles[] = {
${entries.join("\n")}
  };
  return kFiles;
}

}  // namespace luolab
`;
  await writeFile(path.join(out, "dashboard_files.cpp"), text);
}

await writeIndex(await bundle());
await embed();
