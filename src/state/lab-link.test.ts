import { describe, expect, it } from "vitest";
import { decodeScript, encodeScript } from "./lab-link.ts";
import { ALL_FOLLOWS, type Script, shownScript } from "./lab-script.ts";

const script: Script = {
  world: { type: "built-in", name: "kv" },
  lines: [
    { after: -1, prompt: "host", line: "docker run -dit --name c1 kv", until: null },
    { after: 0, prompt: "c1", line: "echo 'ü 文件 \udce9' > /a", until: null },
    { after: 0, prompt: "c1", line: "rm /motd", until: 14 },
  ],
  tip: 2,
  cursor: { command: 3, tick: 7 },
  hash: "abc",
  showing: {
    union: "826a",
    directory: "/etc/ä",
    picture: "metadata",
    figure: "aufs_metadata",
    selected: { type: "path", path: "/etc/ä/x", branch: null },
  },
};

describe("a link's payload", () => {
  it("comes back as it was written", () => {
    const plain = {
      ...script,
      lines: script.lines.slice(0, 1),
      tip: 0,
      cursor: { command: 1, tick: 2 },
    };
    expect(decodeScript(encodeScript(plain))).toEqual(plain);
    const image: Script = { ...plain, world: { type: "image", imageId: "sha256:12", name: "a:b" } };
    expect(decodeScript(encodeScript(image))).toEqual(image);
    const lines = decodeScript(encodeScript(script))?.lines;
    expect(lines?.map(({ after, until }) => [after, until])).toEqual([
      [-1, null],
      [0, null],
      [0, 14],
    ]);
  });

  it("of version 1 opens for good", () => {
    const old =
      "ASXKQQqAIBAF0KsMf_0lbNNhhlnYGBSiglnnb9FbP1WUF0ZVnP2eIHL3cgwZT5OQrykhtFQP8Sh_hEcQo8pS-8wwY6Su3IxIu8M-";
    expect(decodeScript(old)).toEqual({
      world: { type: "built-in", name: "kv" },
      lines: [
        { after: -1, prompt: "host", line: "docker run -dit --name c1 kv", until: null },
        { after: 0, prompt: "c1", line: "rm /motd", until: null },
      ],
      tip: 1,
      cursor: { command: 2, tick: 7 },
      hash: "abc",
      showing: ALL_FOLLOWS,
    });
  });

  it("of before the stage had an address opens, and follows what happens", () => {
    const old =
      "AiXKQQqAIBAF0KsMf_2ljKDDDLMoFQpRwazzt-itnyryC6MqznYPELGFnLr0p4qL1xDn6l6SBC9_RPAgepGptBHBmX41o6cu3IzYjwD7AA";
    const read = decodeScript(old);
    expect(read?.lines[1]).toEqual({ after: 0, prompt: "c1", line: "rm /motd", until: 14 });
    expect(read?.showing).toEqual(ALL_FOLLOWS);
  });

  it("is refused when it is none of ours", () => {
    const payload = encodeScript(script);
    expect(decodeScript("")).toBe(null);
    expect(decodeScript("<script>")).toBe(null);
    expect(decodeScript(payload.slice(0, -9))).toBe(null);
    expect(decodeScript(`Aw${payload.slice(2)}`)).toBe(null);
    expect(decodeScript(encodeScript({ ...script, tip: 9 }))).toBe(null);
    const loop = [{ after: 0, prompt: "host", line: "ls", until: null }];
    expect(decodeScript(encodeScript({ ...script, lines: loop, tip: 0 }))).toBe(null);
  });
});

it("shows the branch alone, with the cursor where it was", () => {
  const shown = shownScript(script);
  expect(shown.lines.map(({ line, until }) => [line, until])).toEqual([
    ["docker run -dit --name c1 kv", null],
    ["rm /motd", 14],
  ]);
  expect(shown.cursor).toEqual({ command: 2, tick: 7 });
});
