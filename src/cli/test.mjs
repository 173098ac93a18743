// `npm test [-- --long] [-- NAME…]`: installs what is missing and runs every suite, each within its time budget.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { installMissing, run, top } from "./install.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { long: { type: "boolean" } },
});
const reports = resolve(top, "node_modules/.cache/reports");

/** A suite of vitest tests, counted from its report. */
function vitest(name, seconds) {
  const report = join(reports, `${name}.json`);
  const args = ["vitest", "run", "--project", name, "--reporter=dot", "--reporter=json"];
  return {
    name,
    seconds,
    report,
    run: (timeout) => run("npx", [...args, `--outputFile.json=${report}`], { timeout }),
    count: ({ numPassedTests, numFailedTests, numPendingTests }) => [
      numPassedTests,
      numFailedTests,
      numPendingTests,
    ],
  };
}

/** A check that passes or fails as a whole. */
function check(name, seconds, program, ...args) {
  return { name, seconds, run: (timeout) => run(program, args, { timeout }) };
}

const browser = {
  name: "browser",
  seconds: 660,
  report: join(reports, "browser.json"),
  run: async (timeout) => {
    const { provideChromium } = await import("./chromium.mjs");
    const env = {
      ...process.env,
      CHROMIUM_PATH: await provideChromium(),
      PLAYWRIGHT_JSON_OUTPUT_FILE: browser.report,
    };
    const args = ["playwright", "test", "--config", "e2e/playwright.config.ts"];
    return run("npx", [...args, "--reporter=line,json"], { timeout, env });
  },
  count: ({ stats }) => [stats.expected + stats.flaky, stats.unexpected, stats.skipped],
};

const suites = [
  check("types", 120, "npx", "tsc", "-b"),
  check("lint", 60, "npx", "biome", "check", "--error-on-warnings"),
  check("dead code", 90, "npx", "knip"),
  check("program", 60, "node", "src/cli/bundle.mjs"),
  vitest("unit", 180),
  vitest("property", 240),
  vitest("conformance", 180),
  vitest("corpus", 240),
  vitest("live", 120),
  check("app", 120, "npx", "vite", "build", "--logLevel", "warn"),
  check("size", 60, "npx", "size-limit"),
  browser,
  ...(values.long ? [vitest("long", 7200)] : []),
].filter(({ name }) => positionals.length === 0 || positionals.includes(name));

installMissing();
mkdirSync(reports, { recursive: true });
const rows = [];
for (const suite of suites) {
  console.log(`\n── ${suite.name}`);
  if (suite.report) rmSync(suite.report, { force: true });
  const began = Date.now();
  const code = await suite.run(suite.seconds * 1000);
  const seconds = (Date.now() - began) / 1000;
  rows.push({ ...suite, code, took: seconds, counts: countsOf(suite, code) });
}

const total = [0, 0, 0];
console.log();
for (const { name, code, took, seconds, counts } of rows) {
  for (const i of total.keys()) total[i] += counts[i];
  const late = took >= seconds ? `  over its ${seconds} s` : "";
  const [passed, failed, skipped] = counts.map((count) => String(count).padStart(5));
  const word = code === 0 ? "ok  " : "FAIL";
  console.log(
    `${word} ${name.padEnd(12)}${passed} passed${failed} failed${skipped} skipped ${took.toFixed(1).padStart(7)} s${late}`,
  );
}
console.log(`${total[0]} passed, ${total[1]} failed, ${total[2]} skipped`);
process.exit(rows.every(({ code }) => code === 0) && total[1] === 0 ? 0 : 1);

/** [passed, failed, skipped]; a suite that failed has at least one failure, also when it left no report. */
function countsOf(suite, code) {
  if (!suite.report) return code === 0 ? [1, 0, 0] : [0, 1, 0];
  if (!existsSync(suite.report)) return [0, 1, 0];
  const [passed, failed, skipped] = suite.count(JSON.parse(readFileSync(suite.report, "utf8")));
  return [passed, code === 0 ? failed : Math.max(failed, 1), skipped];
}
