import { type App, expect, test } from "./app.ts";
import { cell, momentLink, OWN, readLog, ready, runOwnImage, still, type } from "./lab-app.ts";

const caption = (app: App) => app.page.locator("[data-caption]");

test("an uploaded image: every micro-step of a first write, forward and back by keyboard", async ({
  app,
}) => {
  await runOwnImage(app);
  await type(app, "echo x >> /etc/motd");
  await expect(cell(app, "motd", "shown", 0)).toBeVisible();
  await expect(cell(app, "motd", "hidden", 3)).toBeVisible();
  await app.page.locator(".lab-caption").click();
  const hashes: string[] = [];
  const captions: string[] = [];
  const steps = Number(
    (await app.page.locator(".timeline-count").textContent())?.split(" ").at(-1),
  );
  expect(steps).toBeGreaterThan(8);
  for (let step = steps; step > 1; step--) {
    captions.push((await caption(app).textContent()) ?? "");
    hashes.push(await app.script((api) => api.stateHash()));
    await app.page.keyboard.press("ArrowLeft");
    await expect(app.page.locator(".timeline-count")).toHaveText(
      `micro-step ${step - 1} of ${steps}`,
    );
  }
  expect(new Set(captions).size).toBe(captions.length);
  expect(captions.join("\n")).toContain("aufs copies 24 B of /etc/motd into c1");
  for (let step = 2; step <= steps; step++) {
    await app.page.keyboard.press("PageDown");
    await expect(caption(app)).toHaveText(captions.pop() ?? "");
    expect(await app.script((api) => api.stateHash())).toBe(hashes.pop());
  }
  await expect(app.page.locator("[data-meter=copied] .meter-value")).toHaveText("24 B");
});

test("deleting leaves a whiteout, and making it again an opaque directory", async ({ app }) => {
  await runOwnImage(app);
  await type(app, "rm -r /srv");
  await expect(cell(app, "srv", "hidden", 3)).toBeVisible();
  await expect(cell(app, ".wh.srv", "whiteout", 0)).toBeVisible();
  await type(app, "mkdir /srv");
  await expect(cell(app, "srv", "shown", 0)).toBeVisible();
  await expect(app.page.locator(".stage-curtain")).toHaveCount(1);
  await type(app, "ls /srv");
  await expect(app.page.locator(".terminal-log li").last()).toHaveText(/ls \/srv$/);
});

test("moving a lower directory is refused with EXDEV and costs its bytes", async ({ app }) => {
  await runOwnImage(app);
  await type(app, "mv /srv /moved");
  await app.page.getByText("Micro-steps of this command").click();
  const sentences = (await readLog(app)).map(({ sentence }) => sentence);
  expect(sentences.join("\n")).toContain("fails with EXDEV");
  await expect(app.page.locator("[data-meter=written] .meter-value")).toHaveText("500 B");
});

test("hard links: both names are one mark's file", async ({ app }) => {
  await runOwnImage(app);
  await type(app, "ln /etc/motd /etc/motd2");
  await expect(cell(app, "motd2", "shown", 0)).toBeVisible();
  await type(app, "stat -c %h /etc/motd");
  await expect(app.page.locator(".terminal-log li").last()).toContainText("2");
});

test("acting in the past forks; the old future can be returned to", async ({ app }) => {
  await still(app);
  await type(app, "rm /file3");
  const deleted = await app.script((api) => api.stateHash());
  await app.page.getByRole("combobox", { name: /^Command at/ }).fill("undo");
  await app.page.keyboard.press("Enter");
  await expect(cell(app, "file3", "shown", 4)).toBeVisible();
  await type(app, "echo new > /file3");
  await expect(cell(app, "file3", "shown", 0)).toBeVisible();
  await app.page.getByRole("button", { name: "Return to “rm /file3”" }).click();
  await expect(cell(app, ".wh.file3", "whiteout", 0)).toBeVisible();
  expect(await app.script((api) => api.stateHash())).toBe(deleted);
});

test("acting inside a command stops it there, says so before, and is shared exactly", async ({
  app,
  browser,
  baseURL,
}) => {
  await still(app);
  const whole = "echo x >> /file3; rm /file4";
  await app.page.getByRole("combobox", { name: "Prompt" }).selectOption({ label: "c1#" });
  await type(app, whole);
  const done = await app.script((api) => api.stateHash());
  const note = app.page.locator(".terminal-note");
  await expect(note).toHaveCount(0);
  await app.page.locator(".lab-caption").click();
  const stops = note.filter({ hasText: `stops “${whole}” with Ctrl-C, after its system call` });
  await expect(async () => {
    await app.page.keyboard.press("PageUp");
    await expect(stops).toBeVisible({ timeout: 300 });
  }).toPass();
  await type(app, "cat /file3");
  await expect(app.page.locator(".timeline-command:not(.timeline-fork)").nth(-2)).toHaveText(/\^C/);
  await expect(app.page.locator(".terminal-log li").nth(-2)).toContainText("^C");
  await expect(cell(app, "file3", "shown", 0)).toBeVisible();
  await expect(cell(app, ".wh.file4", "whiteout", 0)).toHaveCount(0);
  const hash = await app.script((api) => api.stateHash());

  const link = await momentLink(app);
  const other = await (await browser.newContext({ ...(baseURL ? { baseURL } : {}) })).newPage();
  await other.goto(link);
  await expect(other.locator(".lab-proof")).toHaveText(/the hashes agree/, { timeout: 30_000 });
  expect(await other.evaluate(() => window.unionscope.stateHash())).toBe(hash);
  await other.context().close();

  await app.page.getByRole("button", { name: `Return to “${whole}”` }).click();
  expect(await app.script((api) => api.stateHash())).toBe(done);
});

test("a reload keeps the session and the moment; a link proves its state in a fresh profile", async ({
  app,
  browser,
  baseURL,
}) => {
  await still(app);
  await type(app, "rm /file4");
  await app.page.locator(".lab-caption").click();
  await app.page.keyboard.press("ArrowLeft");
  await app.page.keyboard.press("ArrowLeft");
  await expect(app.page).toHaveURL(/[?&]t=3\.\d+/);
  const said = (await caption(app).textContent()) ?? "";
  const hash = await app.script((api) => api.stateHash());
  await app.page.waitForTimeout(400);
  await app.page.reload();
  await ready(app);
  await expect(caption(app)).toHaveText(said);
  expect(await app.script((api) => api.stateHash())).toBe(hash);

  const link = await momentLink(app);
  const other = await (await browser.newContext({ ...(baseURL ? { baseURL } : {}) })).newPage();
  await other.goto(link);
  await expect(other.locator(".lab-proof")).toHaveText("Same state as shared: the hashes agree.", {
    timeout: 30_000,
  });
  await expect(other.locator("[data-caption]")).toHaveText(said);
  expect(await other.evaluate(() => window.unionscope.stateHash())).toBe(hash);
  await other.context().close();
});

test("a link made with somebody's own image asks for the file", async ({ app, browser }) => {
  await runOwnImage(app);
  await type(app, "rm /etc/issue");
  const hash = await app.script((api) => api.stateHash());
  const link = await momentLink(app);
  const other = await (await browser.newContext()).newPage();
  await other.goto(link);
  await expect(other.getByText("This session needs an image")).toBeVisible({ timeout: 20_000 });
  const file = { name: OWN.name, mimeType: "application/x-tar", buffer: OWN.bytes };
  await other.locator(".lab-wanting input").setInputFiles(file);
  await expect(other.locator(".lab-proof")).toHaveText(/the hashes agree/, { timeout: 20_000 });
  expect(await other.evaluate(() => window.unionscope.stateHash())).toBe(hash);
  await other.context().close();
});

test("two tabs keep two sessions", async ({ app }) => {
  await still(app);
  await type(app, "rm /file3");
  await app.page.waitForTimeout(400);
  const second = await app.page.context().newPage();
  await second.goto("./?view=lab&lab=files");
  await expect(second.locator(".lab[data-phase=ready]")).toBeVisible({ timeout: 30_000 });
  await expect(second.locator(".timeline-command", { hasText: "rm /file3" })).toHaveCount(0);
  await app.page.reload();
  await ready(app);
  await expect(app.page.locator(".timeline-command", { hasText: "rm /file3" })).toHaveCount(1);
});

test("a stack of 127 branches is folded, and every visit is counted", async ({ app }) => {
  await still(app, "?view=lab&lab=deep");
  await expect(app.page.locator("[data-fold]")).toHaveCount(2);
  await expect(app.page.locator("[data-meter=visits] .meter-value")).toHaveText("127");
  await expect(app.page.locator(".stage-disc-number").last()).toHaveText("127");
});

test("a gesture is a command: a name dropped on the bin is removed by rm", async ({ app }) => {
  await still(app);
  const file = cell(app, "file1", "shown", 2);
  await expect(file).toBeVisible();
  await file.dragTo(app.page.locator("[data-bin]"));
  await expect(app.page.locator(".timeline-command[aria-current]")).toHaveText("rm /file1");
  await expect(cell(app, ".wh.file1", "whiteout", 0)).toBeVisible();
});

test("a gesture is a command: a branch goes up by a remount", async ({ app }) => {
  await still(app);
  await cell(app, "file2", "shown", 3).click();
  await app.page.getByRole("button", { name: "↑ up" }).click();
  await expect(app.page.locator(".timeline-command[aria-current]")).toHaveText(
    /^mount -o remount,del:(\S+),add:2:\1=ro\+wh \//,
  );
  await expect(cell(app, "file2", "shown", 2)).toBeVisible();
});

test("the system's wish for less motion means none", async ({ app }) => {
  await app.page.emulateMedia({ reducedMotion: "reduce" });
  await app.goto("?view=lab&lab=files");
  await ready(app);
  await type(app, "rm /file3");
  await expect(app.page.locator(".stage-still")).toBeVisible();
  await expect(cell(app, ".wh.file3", "whiteout", 0)).toBeVisible();
});

test("the picture's twin says the same in words, in both languages", async ({ app }) => {
  await still(app, "?view=lab&lab=files&lang=zh-Hans");
  await type(app, "rm /file3");
  await app.page.getByText("用文字表示状态").click();
  await expect(app.page.locator("[data-state-text] table")).toContainText(
    "base 里的 file3，32 B，被 c1 遮住",
  );
});

test("an uploaded image is run, written to, diffed, committed, saved, and opened again", async ({
  app,
}) => {
  await runOwnImage(app);
  const run = async (line: string, container?: string): Promise<string> => {
    const where = container === undefined ? {} : { container };
    const { output, exitCode } = await app.page.evaluate(
      ([text, at]) => window.unionscope.exec(text, at),
      [line, where] as const,
    );
    expect(exitCode, line).toBe(0);
    return output.map(({ text }) => text).join("");
  };
  await run("echo more >> /etc/motd && rm /etc/issue", "c1");
  expect((await run("docker diff c1")).trim().split("\n").sort()).toEqual([
    "C /etc",
    "C /etc/motd",
    "D /etc/issue",
  ]);
  await run("docker commit c1 mine");
  await run("docker save mine > /tmp/mine.tar");
  await run("docker rm -f c1");
  await run("docker rmi mine");
  await run("docker load < /tmp/mine.tar");
  expect(await run("docker run --rm mine cat /etc/motd")).toBe("hello from my own image\nmore\n");
  expect(await run("docker run --rm mine ls /etc")).not.toContain("issue");
});
