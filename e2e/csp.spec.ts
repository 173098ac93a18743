import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "./app.ts";

test("a planted request to another origin is refused by the policy", async ({ page }) => {
  let asked = 0;
  const other = createServer((_, response) => {
    asked++;
    response.setHeader("Access-Control-Allow-Origin", "*").end("leak");
  });
  await new Promise<void>((ready) => other.listen(0, "127.0.0.1", ready));
  const { port } = other.address() as AddressInfo;
  await page.goto("./");
  const refused = await page.evaluate(async (url) => {
    const violated = new Promise<string>((resolve) =>
      addEventListener("securitypolicyviolation", (event) => resolve(event.violatedDirective)),
    );
    const failed = await fetch(url).then(
      () => false,
      () => true,
    );
    return { failed, directive: await violated };
  }, `http://127.0.0.1:${port}/`);
  expect(refused).toEqual({ failed: true, directive: "connect-src" });
  expect(asked).toBe(0);
  other.close();
});

test("neither inline script, inline style nor eval runs", async ({ page }) => {
  await page.goto("./");
  const ran = await page.evaluate(async () => {
    const script = document.createElement("script");
    script.textContent = "window.planted = true";
    document.head.append(script);
    const style = document.createElement("style");
    style.textContent = "body { --planted: 1 }";
    document.head.append(style);
    const evaluated = await new Promise((resolve) => {
      const probe = document.createElement("script");
      probe.textContent = "eval('window.planted = true')";
      document.head.append(probe);
      setTimeout(() => resolve("planted" in window), 50);
    });
    return {
      evaluated,
      script: "planted" in window,
      style: getComputedStyle(document.body).getPropertyValue("--planted"),
    };
  });
  expect(ran).toEqual({ evaluated: false, script: false, style: "" });
});

test("the policy has no inline, no eval, no other origin", async ({ page }) => {
  await page.goto("./");
  const policy = await page
    .locator('meta[http-equiv="Content-Security-Policy"]')
    .getAttribute("content");
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
});
