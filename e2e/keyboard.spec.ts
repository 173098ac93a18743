import { expect, test } from "./app.ts";

test("stack, tree and path work without a pointer", async ({ app }) => {
  await app.goto();
  const { keyboard } = app.page;

  await app.stack.focus();
  await keyboard.press("ArrowDown");
  await keyboard.press("ArrowDown");
  await expect(app.branch(5)).toHaveAttribute("aria-selected", "true");
  await keyboard.press("Home");
  await expect(app.stack.locator(".stack-union")).toHaveAttribute("aria-selected", "true");

  await keyboard.press("Tab");
  await keyboard.press("ArrowRight");
  await expect(app.page.locator(".tree-tools input[value=changes]")).toBeChecked();
  await keyboard.press("ArrowLeft");

  await app.tree.focus();
  await keyboard.press("Home");
  await expect(app.row("bin").first()).toHaveAttribute("aria-selected", "true");
  await keyboard.press("ArrowLeft");
  await expect(app.row("bin").first()).toHaveAttribute("aria-expanded", "false");
  await keyboard.press("ArrowRight");
  await keyboard.press("ArrowRight");
  await expect(app.row("busybox")).toHaveAttribute("aria-selected", "true");
  await expect(app.page.locator(".inspector-path")).toHaveText("/bin/busybox");
  await keyboard.press("ArrowLeft");
  await expect(app.row("bin").first()).toHaveAttribute("aria-selected", "true");
  await keyboard.type("us");
  await expect(app.row("usr").first()).toHaveAttribute("aria-selected", "true");
  await expect(app.tree).toHaveAttribute("aria-activedescendant", /^row-\d+$/);
});

test("every control is reached by Tab and shows where the focus is", async ({ app }) => {
  await app.goto();
  const seen = new Set<string>();
  for (let i = 0; i < 40; i++) {
    await app.page.keyboard.press("Tab");
    const focus = await app.page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return null;
      const shown = at.matches("input[type=radio]") ? at.closest("fieldset") : at;
      return {
        what: `${at.tagName} ${at.className} ${at.getAttribute("role") ?? ""}`,
        outline: shown ? getComputedStyle(shown).outlineStyle : "none",
      };
    });
    if (!focus) continue;
    expect(focus.outline, focus.what).not.toBe("none");
    seen.add(focus.what);
  }
  const all = [...seen].join("\n");
  for (const part of ["picker", "open-button", "listbox", "treegrid", "tree-filter", "path-input"])
    expect(all).toContain(part);
});
