import { command, fileError, linesOf, readFile } from "./command.ts";

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", "0": "", "\\": "\\" };

/** paste(1): lines of files side by side, or each file's in one (`-s`). `-` takes the next line of standard input. */
export const paste = command(
  { short: "d:s", long: { "delimiters=": "d", serial: "s" } },
  async (task, options) => {
    const between = (options.value("d") ?? "\t")
      .replace(/\\(.)/gs, (_, letter: string) => `\\${letter}`)
      .match(/\\.|[^\\]/gs)
      ?.map((part) =>
        part.startsWith("\\") ? (ESCAPES[part.slice(1)] ?? part.slice(1)) : part,
      ) ?? [""];
    const paths = options.operands.length > 0 ? options.operands : ["-"];
    const inputs: string[][] = [];
    let standard: string[] | null = null;
    for (const path of paths) {
      if (path === "-" && standard) {
        inputs.push(standard);
        continue;
      }
      const content = await readFile(task, path);
      if (content.errno !== null) {
        await fileError(task, path, content.errno);
        return 1;
      }
      const lines = linesOf(await task.text(content.value));
      if (path === "-") standard = lines;
      inputs.push(lines);
    }
    const joined = (fields: readonly string[]): string =>
      fields.map((field, i) => (i === 0 ? "" : between[(i - 1) % between.length]) + field).join("");
    if (options.has("s"))
      for (const lines of inputs) await task.out(`${joined(lines.splice(0))}\n`);
    else
      while (inputs.some((lines) => lines.length > 0))
        await task.out(`${joined(inputs.map((lines) => lines.shift() ?? ""))}\n`);
    return 0;
  },
);
