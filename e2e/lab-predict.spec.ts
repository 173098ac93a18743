import { type App, expect, test } from "./app.ts";
import { axe } from "./axe.ts";
import { runOwnImage, still, type } from "./lab-app.ts";

const question = (app: App) => app.page.locator("[data-question]");
const told = (app: App) => app.page.locator("[data-foretold]");
const place = (app: App) => app.page.locator(".timeline-count");

async function predicting(app: App): Promise<void> {
  await app.page.getByRole("button", { name: "Predict" }).press("Enter");
  await expect(app.page.getByRole("button", { name: "Predict" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
}

test("time stops before telling steps and asks: which branch, how many bytes; the choice is explained", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=kv");
  await type(app, "true");
  await expect(question(app)).toHaveCount(0);
  await predicting(app);
  await type(app, "echo x=1 >> /kv.db");
  await expect(question(app)).toHaveAttribute("data-question", "provider");
  await expect(question(app)).toContainText("Which branch will answer for /kv.db?");
  await expect(place(app)).toHaveText("micro-step 0 of 14");
  expect(await axe(app)).toEqual([]);
  await question(app).getByRole("button", { name: "L1", exact: true }).press("Enter");
  await expect(told(app)).toContainText("You chose L1.");
  await expect(told(app)).toContainText("It was asked, and does not have /kv.db");
  await expect(told(app)).toContainText("base answers");
  await expect(page.locator(".stage-disc-number")).toHaveText(["1", "2", "3", "4", "5"]);
  expect(await axe(app)).toEqual([]);
  await page.keyboard.press("PageDown");
  await expect(question(app)).toHaveAttribute("data-question", "bytes");
  await expect(question(app).getByRole("button")).toHaveText([
    "0 B: nothing",
    "4 B: what is written",
    "4.10 kB: one block",
    "100 MB: the whole file",
    "not sure",
  ]);
  await question(app)
    .getByRole("button", { name: /what is written/ })
    .click();
  await expect(told(app)).toContainText("These bytes are written afterwards, into the copy in c1");
  await expect(told(app)).toContainText("100 MB are copied up.");
  await page.keyboard.press("PageDown");
  await expect(question(app)).toHaveCount(0);
  await expect(told(app)).toHaveCount(0);
});

test("a branch is chosen on the stage; a step on is not being sure; where a removed name is, is asked of an uploaded image too", async ({
  app,
}) => {
  const { page } = app;
  await runOwnImage(app);
  await predicting(app);
  await type(app, "rm /etc/motd");
  await expect(question(app)).toHaveAttribute("data-question", "provider");
  await page.locator("[data-branch='2'] .stage-handle").click();
  await expect(told(app)).toContainText(/You chose L1\. It was asked, and does not have/);
  for (let steps = 0; steps < 20 && (await question(app).count()) === 0; steps++)
    await page.keyboard.press("PageDown");
  await expect(question(app)).toHaveAttribute("data-question", "exists");
  await page.keyboard.press("PageDown");
  await expect(told(app)).toHaveText(
    "It is gone from the view, and still stored below: hidden, not erased.",
  );
  await page.keyboard.press("PageUp");
  await expect(told(app)).toHaveCount(0);
  await type(app, "ls /etc");
  await expect(question(app)).toHaveAttribute("data-question", "listing");
  await question(app).getByRole("button", { name: "none of them" }).click();
  await expect(told(app)).toContainText(/The list has names of .*L1 \(1\)/);
});

test("a file that is cut to nothing has nothing copied, and one that was only here leaves nothing", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=kv");
  await predicting(app);
  await type(app, "echo new > /app.conf; rm /app.conf; echo a > /here; rm /here");
  const kinds: string[] = [];
  for (let steps = 0; steps < 200; steps++) {
    if ((await question(app).count()) > 0) {
      const kind = (await question(app).getAttribute("data-question")) ?? "";
      kinds.push(kind);
      const nothing = question(app).getByRole("button", { name: /: nothing$|^nowhere/ });
      if ((await nothing.count()) > 0) {
        await nothing.click();
        kinds.push((await told(app).textContent()) ?? "");
        continue;
      }
    }
    await page.keyboard.press("PageDown");
  }
  const all = kinds.join("\n");
  expect(all).toContain("The old content is not needed: there is nothing to copy.");
  expect(all).toContain("is read-only, so nothing can be erased there");
  expect(all).toContain("It is gone, and no branch below has it.");
});

test("playing stops at a question and goes on after it; the switch is remembered, and speaks Chinese", async ({
  app,
}) => {
  const { page } = app;
  await page.addInitScript(() =>
    localStorage.setItem("unionscope-lab-settings", JSON.stringify({ speed: 2, predicts: true })),
  );
  await app.goto("?view=lab&lab=kv&lang=zh-Hans");
  await expect(page.locator(".lab[data-phase=ready]")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("button", { name: "预测" })).toHaveAttribute("aria-pressed", "true");
  await type(app, "cat /app.conf");
  await expect(question(app)).toContainText("/app.conf 会由哪个分支应答？");
  await question(app).getByRole("button", { name: "L2" }).click();
  await expect(told(app)).toContainText("你选了“L2”。");
  await page.getByRole("button", { name: "播放" }).click();
  await expect(place(app)).toHaveText(/第 (\d+) 微步，共 \1 步/);
  expect(await axe(app)).toEqual([]);
});

test("what rename(2) does with a lower directory, and whether what lies below shows again, is asked and told", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=ubuntu");
  await predicting(app);
  await type(app, "mv /root /home/me");
  const onTo = async (kind: string) => {
    for (let steps = 0; steps < 100; steps++) {
      const asked = question(app);
      if ((await asked.count()) > 0 && (await asked.getAttribute("data-question")) === kind) return;
      await page.keyboard.press("PageDown");
    }
    throw new Error(`no question of ${kind}`);
  };
  await onTo("move");
  await question(app).getByRole("button", { name: "renaming it, nothing copied" }).press("Enter");
  await expect(told(app)).toContainText("base is read-only: what it has of /root");
  await expect(told(app)).toContainText(
    /rename\(2\) answers EXDEV: .* writes [1-9][\d.]* k?B itself/,
  );
  expect(await axe(app)).toEqual([]);
  await type(app, "rm -r /etc/dpkg; mkdir /etc/dpkg; ls /etc/dpkg");
  await onTo("opaque");
  await question(app).getByRole("button", { name: "yes" }).click();
  await expect(told(app)).toContainText("still stores a directory /etc/dpkg, but it stays cut off");
  await expect(told(app)).toContainText("/etc/dpkg is made opaque");
  await onTo("listing");
  await question(app).getByRole("button", { name: "c1, L1", exact: true }).click();
  await expect(told(app)).toHaveText(/L1 is not read.*c1 adds no name.*No name is in the list\./);
  expect(await axe(app)).toEqual([]);
});

test("presenting, keys and clicks count hands for the question's own choices, and stay beside the answer", async ({
  app,
}) => {
  const { page } = app;
  await page.setViewportSize({ width: 1024, height: 768 });
  await still(app, "?view=lab&lab=kv");
  await predicting(app);
  await type(app, "cat /app.conf");
  await page.getByRole("button", { name: "Present" }).click();
  const option = (name: RegExp) => question(app).getByRole("button", { name });
  for (const key of ["1", "5", "5", "5", "6", "9"]) await page.keyboard.press(key);
  await expect(option(/^5\s*base/)).toContainText("3 hands");
  await expect(option(/^1\s*c1/)).toContainText("1 hand");
  await page.keyboard.press("0");
  await expect(option(/^5\s*base/)).toContainText("0 hands");
  for (const key of ["1", "4", "4"]) await page.keyboard.press(key);
  await option(/^4\s*L1/).click();
  await page.locator("[data-branch='0'] .stage-handle").click();
  await expect(option(/^4\s*L1/)).toContainText("3 hands");
  await expect(option(/^1\s*c1/)).toContainText("2 hands");
  await expect(page.locator(".lab-tally")).toHaveCount(0);
  expect(await axe(app)).toEqual([]);
  await page.keyboard.press("PageDown");
  await expect(told(app)).toContainText("Most hands (3): L1. It was not asked: it lies below");
  await expect(told(app)).toContainText("L2 answers");
  await expect(page.locator("[data-hands] li")).toHaveText([/c1.*2 hands/, /L1.*3 hands/]);
  await expect(page.locator(".terminal-field")).toBeInViewport({ ratio: 1 });
  expect(await axe(app)).toEqual([]);
  await page.keyboard.press("PageDown");
  await expect(page.locator("[data-hands]")).toHaveCount(0);
  await page.keyboard.press("2");
  await expect(page.locator(".lab-tally")).toContainText("2: 1");
});

for (const [width, height] of [
  [1024, 768],
  [390, 844],
] as const)
  test(`at ${width} by ${height} what is said of an answer is whole, and leaves the terminal its room`, async ({
    app,
  }) => {
    const { page } = app;
    await page.setViewportSize({ width, height });
    await still(app, "?view=lab&lab=kv");
    const room = async () => (await page.locator(".console").boundingBox())?.height ?? 0;
    await type(app, "echo k=v > /k");
    const before = await room();
    await predicting(app);
    await type(app, "echo x=1 >> /kv.db");
    await question(app).getByRole("button", { name: "L1", exact: true }).click();
    await expect(told(app)).toBeVisible();
    expect(await room()).toBeGreaterThan(before * 0.85);
    const hidden = await told(app).evaluate(
      (note) => (note.parentElement?.scrollHeight ?? 0) - (note.parentElement?.clientHeight ?? 0),
    );
    expect(hidden).toBeLessThanOrEqual(1);
  });
