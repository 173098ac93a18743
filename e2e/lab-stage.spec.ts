import { readFileSync } from "node:fs";
import { type App, expect, test } from "./app.ts";
import { axe } from "./axe.ts";
import { readLog, still, type } from "./lab-app.ts";

test("Docker's plumbing is a strip that is still asked; a switch makes it a row, and is remembered", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=kv");
  const heads = page.locator(".stage-head");
  await expect(heads).toHaveText(["app/", "app.conf", "etc/", "kv.db", "motd"]);
  await expect(page.locator("[data-strip]")).toHaveCount(1);
  await expect(page.locator(".stage-disc-number")).toHaveText(["1", "2", "3", "4", "5"]);
  await page.getByRole("button", { name: /^View:/ }).click();
  await page.getByRole("checkbox", { name: /Docker's plumbing/ }).check();
  await page.keyboard.press("Escape");
  await expect(page.locator("[data-strip]")).toHaveCount(0);
  await expect(heads.filter({ hasText: ".dockerenv" })).toHaveCount(1);
  await expect(page.locator(".stage-disc-number").last()).toHaveText("5");
  await page.reload();
  await expect(heads.filter({ hasText: ".dockerenv" })).toHaveCount(1, { timeout: 30_000 });
});

test("several containers that read one file of the image share one tile of the page cache", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=sharing");
  const tile = page.locator("[data-tile='nginx.conf']");
  await expect(tile).toHaveCount(1);
  await expect(tile).toHaveAttribute("data-readers", "2");
  await expect(tile.locator("circle")).toHaveCount(2);
  await expect(tile.locator("title")).toContainText("read by c1, c2");
  await type(app, "echo x >> /etc/nginx/nginx.conf; cat /etc/nginx/nginx.conf");
  await expect(tile).toHaveCount(2);
});

test("a tile of the page cache keeps the names of its branch and its reader when the container stops", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=sharing");
  const words = page.locator("[data-tile='nginx.conf'] title");
  const before = (await words.textContent()) ?? "";
  expect(before).toContain("read by c1, c2");
  await app.script((api) => api.exec("docker stop c1 c2"));
  await expect(words).toHaveText(before);
  await app.script((api) => api.exec("echo done"));
  await expect(page.locator(".timeline-command[aria-current]")).toHaveText("echo done");
  await expect(words).toHaveText(before);
  await expect(page.locator("[data-cache]")).not.toContainText("#");
});

test("ids and sizes grow with the detail of lookups: 4 digits and three figures, 12 and the bytes too, all and the bytes alone", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=kv");
  await type(app, "echo x=1 >> /kv.db");
  const id = page.locator(".stage-row-id");
  const source = page.locator("[data-name='kv.db'][data-cell^='4/']");
  const copied = page.locator("[data-meter=copied] .meter-value");
  const disk = page.locator(".lab-disk");
  await page.getByText("Micro-steps of this command").click();
  const told = [
    { detail: "1", digits: /^[0-9a-f]{4}… $/, lies: /diff\/[0-9a-f]{4}…\//, size: "100 MB" },
    {
      detail: "2",
      digits: /^[0-9a-f]{12}… $/,
      lies: /diff\/[0-9a-f]{12}…\//,
      size: "100 MB (100,000,000 B)",
    },
    {
      detail: "3",
      digits: /^[0-9a-f]{12,63}… $/,
      lies: /diff\/[0-9a-f]{64}\//,
      size: "100,000,000 B",
    },
  ];
  for (const { detail, digits, lies, size } of told) {
    await page.getByRole("combobox", { name: "Lookups" }).selectOption(detail);
    await expect(id.first()).toHaveText(digits);
    await expect(source).toHaveAttribute("aria-label", `kv.db in base, ${size}, hidden by c1`);
    await expect(source).toContainText(`kv.db ${size}`);
    await expect(copied).toHaveText(size);
    await expect(disk).toContainText(lies);
    const sentences = (await readLog(app)).map(({ sentence }) => sentence);
    expect(sentences.join("\n")).toContain(`${size} to copy`);
    expect(await axe(app)).toEqual([]);
  }
  for (const size of SIZES) {
    await page.setViewportSize(size);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(size.width);
    for (const label of await page.locator(".stage-handle").all()) {
      const text = await label.locator(".stage-strong").boundingBox();
      const row = await label.locator(".stage-handle-area").boundingBox();
      expect(text && row && text.x + text.width <= row.x + row.width).toBe(true);
    }
  }
});

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

async function figure(app: App, name: RegExp): Promise<void> {
  await app.page.locator(".lab-world").click();
  await app.page.getByRole("menuitem", { name }).click();
  await expect(app.page.getByRole("note")).toContainText(name, { timeout: 30_000 });
}

test("axe finds nothing in what opens: the worlds, the steps, the state as text", async ({
  app,
}) => {
  const { page } = app;
  await still(app);
  await type(app, "cat /motd");
  await page.locator(".lab-world").click();
  await expect(page.locator("[role=menuitem][aria-current=true]")).toHaveText(
    (await page.locator(".lab-world-name").textContent()) ?? "",
  );
  expect(await axe(app)).toEqual([]);
  await page.keyboard.press("Escape");
  for (const summary of await page.locator(".lab-side summary").all()) await summary.click();
  expect(await axe(app)).toEqual([]);
});

test("branches and prompts keep their names when a command unmounts the union", async ({ app }) => {
  const { page } = app;
  await still(app);
  await app.script((api) => api.exec("docker stop c1"));
  await expect(page.locator(".timeline-word").filter({ hasText: /^base$/ })).not.toHaveCount(0);
  await expect(page.locator(".timeline-word").filter({ hasText: "#" })).toHaveCount(0);
  await expect(page.locator(".terminal-log li").filter({ hasText: "cat /file3" })).toContainText(
    "c1#",
  );
});

test("the figure aufs_metadata: a line of a layers file and the row it names are one", async ({
  app,
}) => {
  const { page } = app;
  await still(app);
  await figure(app, /^aufs_metadata/);
  const lines = page.locator("[data-line]");
  await expect(lines).toHaveCount(3);
  const row = page.locator("[data-layer^=c22013c84729]");
  await expect(row).toHaveAttribute("data-lit", "false");
  expect(await axe(app)).toEqual([]);
  await lines.nth(1).focus();
  await expect(row).toHaveAttribute("data-lit", "true");
  await page.locator("[data-layer$='-init']").focus();
  await page.keyboard.press("Enter");
  await expect(lines).toHaveCount(4);
  await page.locator("[data-layer^=d3a1f33e8a5a]").click();
  await expect(lines).toHaveCount(0);
  await expect(page.locator("[data-file^=d3a1f33e8a5a]")).toContainText("empty");
  expect(await axe(app)).toEqual([]);
});

test("the figures are states of the stage, each with what there is to see", async ({ app }) => {
  const { page } = app;
  await still(app);
  await figure(app, /^aufs_layers/);
  await expect(page.locator("[data-picture=branches]")).toContainText(
    "/var/lib/docker/aufs/mnt/b41a…",
  );
  await figure(app, /^layer_fs/);
  await expect(page.locator("[data-picture=parents]")).toContainText("parent d3a1…");
  await figure(app, /one kernel, many root file systems/);
  await expect(page.locator("[data-stack]")).toHaveCount(3);
  expect(await axe(app)).toEqual([]);
  await page.getByRole("button", { name: "Container c2" }).click();
  await expect(page.locator(".stage-head").filter({ hasText: "bin/" })).toHaveCount(1);
  await figure(app, /^aufs_delete/);
  await expect(page.locator("[data-name='.wh.file3'][data-state=whiteout]")).toBeVisible();
});

test("images that share layers: a borrowed slot and an arrow to the real row; ten slivers under one bracket", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=sharing");
  await type(app, "echo x > /x; exit");
  await app.script((api) => api.exec("docker commit c2 mine"));
  await page.getByRole("button", { name: /^View:/ }).click();
  await page.getByRole("combobox", { name: "Picture" }).selectOption("stacks");
  await expect(page.locator("[data-stack=nginx]")).toContainText("×10");
  await expect(page.locator("[data-stack=nginx] .figure-sliver")).toHaveCount(10);
  await expect(page.locator("[data-stack=mine] [data-borrowed=true]")).toHaveCount(3);
  await expect(page.locator("[data-stack=mine] [data-borrowed=false]")).toHaveCount(1);
  await expect(page.locator("[data-loan]")).toHaveCount(3);
});

test("a still of the moment: an SVG that stands alone, told in its title and description, and a PNG", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=files&theme=dark");
  await type(app, "echo more >> /file4");
  const said = (await page.locator("[data-caption]").textContent()) ?? "";
  const save = async (kind: RegExp) => {
    await page.getByRole("button", { name: "Share this moment" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: kind }).click();
    await page.keyboard.press("Escape");
    return readFileSync(await (await download).path());
  };
  const svg = (await save(/^SVG/)).toString();
  const facts = await page.evaluate((text) => {
    const { documentElement: root } = new DOMParser().parseFromString(text, "image/svg+xml");
    const texts = [...root.querySelectorAll("text")];
    return {
      name: root.nodeName,
      title: root.querySelector(":scope > title")?.textContent ?? "",
      description: root.querySelector(":scope > desc")?.textContent ?? "",
      texts: texts.map((each) => each.textContent),
      faces: [...new Set(texts.map((each) => each.getAttribute("font-family")))].sort(),
      classes: root.querySelectorAll("[class], [style], script, image, foreignObject").length,
      ground: root.querySelector(":scope > rect")?.getAttribute("fill") ?? "",
    };
  }, svg);
  expect(facts).toMatchObject({ name: "svg", faces: ["monospace", "sans-serif"], classes: 0 });
  expect(facts.title).toBe("Stage: / of c1 · echo more >> /file4");
  expect(facts.description).toContain(said);
  expect(facts.texts.join(" ")).toContain(said);
  expect(facts.texts).toContain("file4 49 B");
  expect(facts.ground).toBe("#0e1116");
  expect(svg.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
    /(href|src|url)\s*[=(]\s*["']?(https?:|\/\/|data:)/,
  );
  const address = /#s=\S+/.exec(facts.description)?.[0] ?? "";
  await page.goto(`./?view=lab${address}`);
  await expect(page.locator(".lab-proof")).toHaveText(/the hashes agree/, { timeout: 30_000 });
  await expect(page.locator("[data-caption]")).toHaveText(said);
  const png = await save(/^PNG/);
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(png.readUInt32BE(16) % 2).toBe(0);
  expect(png.readUInt32BE(16)).toBeGreaterThan(1000);
});

test("a rename into another directory is one mark that goes: out of the one, into the other", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=files");
  await type(app, "mkdir /a /b; echo hi > /a/x");
  const mark = page.locator("[data-name=x][data-cell^='0/']");
  await expect(mark).toHaveCount(1);
  await type(app, "mv /a/x /b/x");
  await expect(page.locator("[data-move=in]")).toContainText("← /a/x");
  await expect(mark).toHaveCount(1);
  await page.getByRole("button", { name: "Up to /" }).click();
  await expect(page.locator("[data-move]")).toHaveCount(0);
  await page.locator("[data-name=a][data-cell^='0/']").dblclick();
  await expect(page.locator("[data-move=out]")).toContainText("→ /b/x");
  await expect(page.locator(".stage-head")).toHaveText(["x"]);
});

test("a hard link's names are joined: one inode, and the cells say how many names", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=files");
  await type(app, "echo s >> /file4; ln /file4 /other");
  await expect(page.locator("[data-bond='2']")).toContainText("one inode");
  await expect(page.locator("[data-name=other][data-cell^='0/']")).toHaveAttribute(
    "aria-label",
    /one of 2 names of one inode/,
  );
});
