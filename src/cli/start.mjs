// `npm start [-- FILE… --open --port N]`: installs what is missing, builds what is old, serves the app, prints its URL.
import { spawn } from "node:child_process";
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { installMissing, run, top } from "./install.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { open: { type: "boolean" }, port: { type: "string" } },
});
const files = positionals.map((file) => resolve(process.env.INIT_CWD ?? process.cwd(), file));
for (const file of files)
  if (!existsSync(file) || !statSync(file).isFile()) {
    console.error(`${file}: there is no such file.`);
    process.exit(2);
  }

installMissing();
const app = resolve(top, "dist/app");
if (isOld(join(app, "index.html"))) {
  console.log("Building the app …");
  if (run("npx", ["vite", "build", "--logLevel", "warn"]) !== 0) process.exit(1);
}

const { default: sirv } = await import("sirv");
const serveApp = sirv(app, { dev: false, etag: true });
// A worker obeys the policy of its own response, not that of the page's meta element: so all get it.
const page = readFileSync(join(app, "index.html"), "utf8");
const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1];
if (!policy) throw new Error("The built page has no content security policy.");
const headers = {
  "Content-Security-Policy": policy.replaceAll(/\s+/g, " "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};
const server = createServer((request, response) => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const match = /^\/archive\/(\d+)\//.exec(request.url ?? "");
  const file = match && files[Number(match[1])];
  if (file) serveFile(file, request, response);
  else
    serveApp(request, response, () => {
      response.statusCode = 404;
      response.end("Not found");
    });
});
server.on("error", (error) => {
  if (error.code !== "EADDRINUSE" || values.port) throw error;
  server.listen(0, "127.0.0.1");
});
server.on("listening", () => {
  const query = files
    .map((file, i) => `open=${encodeURIComponent(`/archive/${i}/${basename(file)}`)}`)
    .join("&");
  const url = `http://127.0.0.1:${server.address().port}/${query && `?${query}`}`;
  console.log(`Unionscope is at ${url}`);
  if (values.open) openBrowser(url);
});
server.listen(Number(values.port ?? 4280), "127.0.0.1");

/** Whether a built file is missing or older than any source file. */
function isOld(built) {
  if (!existsSync(built)) return true;
  const age = statSync(built).mtimeMs;
  const sources = ["src", "public", "package-lock.json", "vite.config.ts"];
  return sources.some((name) => isNewer(resolve(top, name), age));
}

function isNewer(path, age) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs > age;
  return readdirSync(path).some((name) => isNewer(join(path, name), age));
}

function serveFile(file, request, response) {
  response.setHeader("Content-Type", "application/octet-stream");
  response.setHeader("Content-Length", statSync(file).size);
  if (request.method === "HEAD") response.end();
  else createReadStream(file).pipe(response);
}

function openBrowser(url) {
  const program = { darwin: "open", win32: "explorer" }[process.platform] ?? "xdg-open";
  spawn(program, [url], { stdio: "ignore", detached: true })
    .on("error", () => console.log("No browser could be started here; open the address above."))
    .unref();
}
