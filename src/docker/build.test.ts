import { expect, it } from "vitest";
import { mkdirAll, names, readFile, writeText } from "../drivers/kernel.ts";
import { writeLayer } from "../drivers/layer-tar.ts";
import { contentLength } from "../tree/content.ts";
import { currentGraph } from "./host.ts";
import { miniatures } from "./miniatures.ts";
import { PlainLab } from "./plain-io.ts";

function labWith(files: Readonly<Record<string, string>>): PlainLab {
  const lab = new PlainLab();
  const kernel = lab.kernel(1);
  for (const [path, text] of Object.entries(files)) {
    mkdirAll(kernel, `/root/ctx/${path}`.replace(/\/[^/]*$/, ""), 0o755);
    writeText(kernel, `/root/ctx/${path}`, text);
  }
  lab.onRun = async ({ pid, argv, env, out }) => {
    const inside = lab.kernel(pid);
    const [, , script = ""] = argv;
    const [word, path = ""] = script.split(" ");
    if (word === "cat") {
      out(new TextDecoder().decode(await lab.bytes(readFile(inside, path))));
      return 0;
    }
    if (word === "make") writeText(inside, path, env.toSorted().join("\n"));
    return word === "fail" ? 7 : 0;
  };
  return lab;
}

const DOCKERFILE = `# a comment
ARG BASE=busybox
FROM $BASE AS one
ENV A=1 B="two words"
RUN make /made
FROM busybox
COPY --from=one /made /etc/
COPY --chown=5:6 *.txt sub /data/
WORKDIR /data
WORKDIR deeper
USER 33
LABEL a=b
ENTRYPOINT ["sh", "-c"]
CMD ["cat /etc/made"]
`;
const FILES = {
  Dockerfile: DOCKERFILE,
  "a.txt": "A",
  "b.txt": "B",
  "c.log": "C",
  "sub/inner/file": "inner",
};

it("builds in stages, with variables, patterns, owners and the config it says", async () => {
  const lab = labWith(FILES);
  const { out, code } = await lab.docker("build -t built ctx");
  expect(code).toBe(0);
  expect(out).toMatch(/Successfully built [0-9a-f]{12}\nSuccessfully tagged built:latest\n$/);
  const config = (await lab.docker(["inspect", "-f", "{{json .Config}}", "built"])).out;
  expect(JSON.parse(config)).toMatchObject({
    User: "33",
    WorkingDir: "/data/deeper",
    Cmd: ["cat /etc/made"],
    Entrypoint: ["sh", "-c"],
    Labels: { a: "b" },
  });
  expect((await lab.docker("run --rm built")).out).toMatch(/A=1\nB=two words\n/);
  await lab.docker("create --name c1 built");
  await lab.docker("cp c1:/data /root/out");
  expect(names(lab.kernel(1), "/root/out")).toEqual(["a.txt", "b.txt", "deeper", "inner"]);
  const stat = lab.kernel(1).call("lstat", { path: "/root/out/inner/file" }).value;
  expect([stat?.uid, stat?.gid]).toEqual([5, 6]);
  expect(Object.values(currentGraph(lab.host.docker).containers)).toHaveLength(1);
});

it("takes steps from the cache until one differs", async () => {
  const lab = labWith(FILES);
  await lab.docker("build ctx");
  const count = (text: string) => text.match(/Using cache/g)?.length ?? 0;
  expect(count((await lab.docker("build ctx")).out)).toBe(10);
  writeText(lab.kernel(1), "/root/ctx/a.txt", "changed");
  expect(count((await lab.docker("build ctx")).out)).toBe(3);
  writeText(lab.kernel(1), "/root/ctx/c.log", "nobody copies it");
  expect(count((await lab.docker("build ctx")).out)).toBe(10);
  expect(count((await lab.docker("build --no-cache ctx")).out)).toBe(0);
});

it.each([
  [
    "FROM busybox\nRUN fail now\n",
    "The command '/bin/sh -c fail now' returned a non-zero code: 7\n",
  ],
  ["FROM busybox\nCOPY none /\n", "COPY failed: stat none: file does not exist\n"],
  [
    "FROM busybox\nCOPY sub/../../x /\n",
    "COPY failed: Forbidden path outside the build context: sub/../../x ()\n",
  ],
  ["FROM busybox\nCOPY *.none /\n", "COPY failed: no source files were specified\n"],
  ["FROM busybox\nCOPY --from=busybox /none /\n", "COPY failed: stat none: file does not exist\n"],
  [
    "FROM busybox\nFROM busybox\nCOPY --from=1 /bin/sh /\n",
    "invalid from flag value 1: refers to current build stage\n",
  ],
  ["FROM busybox\nCOPY --from=4 /bin/sh /\n", "invalid from flag value 4: index out of bounds\n"],
  [
    "FROM busybox\nCOPY Dockerfile a.txt /etc\n",
    "When using COPY with more than one source file, the destination must be a directory and end with a /\n",
  ],
  [
    "FROM busybox\nFROB x\n",
    "Error response from daemon: Dockerfile parse error line 2: unknown instruction: FROB\n",
  ],
  [
    "FROM busybox\nHEALTHCHECK NONE\n",
    "Error response from daemon: HEALTHCHECK is not in this lab. Near: RUN, CMD, LABEL\n",
  ],
  ["RUN x\n", "Error response from daemon: no build stage in current context\n"],
  [
    "FROM\n",
    "Error response from daemon: Dockerfile parse error line 1: FROM requires either one or three arguments\n",
  ],
])("refuses %j", async (dockerfile, message) => {
  const answer = await labWith({ Dockerfile: dockerfile, "a.txt": "a" }).docker("build ctx");
  expect([answer.err, answer.code]).toEqual([message, /code: 7/.test(message) ? 7 : 1]);
});

it("refuses a stage that is not there, and a tag that is no name", async () => {
  const lab = labWith({ Dockerfile: "FROM busybox AS one\nRUN x\n" });
  const target = await lab.docker("build --target two ctx");
  expect([target.err, target.code]).toEqual([
    "Error response from daemon: failed to reach build target two in Dockerfile\n",
    1,
  ]);
  expect((await lab.docker("build --target ONE ctx")).code).toBe(0);
  const tag = await lab.docker("build -t BAD ctx");
  expect([tag.err, tag.code]).toEqual([
    'invalid argument "BAD" for "-t, --tag" flag: invalid reference format: repository name must be lowercase\nSee \'docker build --help\'.\n',
    125,
  ]);
});

/** As dockerd 20.10.24 has them. */
it("steps are in the history as the classic builder writes them, and WORKDIR is a layer", async () => {
  const lab = labWith({
    Dockerfile: [
      "ARG N=0",
      "FROM busybox",
      "ARG N",
      "ARG W=1",
      'ENV A="b c" D=e',
      "RUN make /made",
      "VOLUME /v /w",
      "WORKDIR /x/y",
      'ENTRYPOINT ["sh", "-c"]',
      'CMD ["a","b c"]',
    ].join("\n"),
  });
  const format = ["history", "--no-trunc", "--format", "{{.CreatedBy}}"];
  const commands = async (name: string) =>
    (await lab.docker([...format, name])).out.split("\n").slice(0, 8).reverse();
  const first = await lab.docker("build -t one --build-arg W=5 --build-arg NOPE=1 ctx");
  expect(first.out).toContain("[Warning] One or more build-args [NOPE] were not consumed\n");
  const steps = [
    "#(nop)  ARG N",
    "#(nop)  ARG W=1",
    "#(nop)  ENV A=b c D=e",
    "make /made",
    "#(nop)  VOLUME [/v /w]",
    "#(nop) WORKDIR /x/y",
    '#(nop)  ENTRYPOINT ["sh" "-c"]',
    '#(nop)  CMD ["a" "b c"]',
  ].map((text) => `/bin/sh -c ${text}`);
  const run = (args: string) => steps.map((text, i) => (i === 3 ? `${args} ${text}` : text));
  expect(await commands("one")).toEqual(run("|2 N=0 W=5"));
  const second = await lab.docker("build -t two ctx");
  expect(second.out.match(/Using cache/g)).toHaveLength(3);
  expect(await commands("two")).toEqual(run("|2 N=0 W=1"));
  const layers = async (name: string) =>
    Number((await lab.docker(["inspect", "-f", "{{len .RootFS.Layers}}", name])).out);
  expect((await layers("two")) - (await layers("busybox"))).toBe(2);
});

it("a directory that is copied over one that is there leaves what is not in it alone", async () => {
  const lab = labWith({
    Dockerfile: "FROM busybox\nCOPY etc /etc\n",
    "etc/passwd": "replaced",
    "etc/more": "more",
  });
  await lab.docker("build -t x ctx");
  await lab.docker("create --name c1 x any");
  const { out } = await lab.docker("history x");
  expect(out.split("\n")[1]).toMatch(/COPY dir:[0-9a-f]+…? +12B/);
  await lab.docker("cp c1:/etc /root/etc");
  expect(names(lab.kernel(1), "/root/etc")).toEqual(expect.arrayContaining(["group", "more"]));
});

it("ADD unpacks a tar; a file that only is called so is copied", async () => {
  const lab = labWith({
    Dockerfile: "FROM busybox\nADD good.tar /a/\nADD bad.tar /b/\nADD good.tar /c\n",
    "good.tar": "stands for a tar",
    "bad.tar": "no tar",
  });
  const facts = { uid: 0, gid: 0, mtime: 1, mode: 0o755 } as const;
  const layer = writeLayer(
    [
      { ...facts, path: "d", kind: "dir" },
      { ...facts, path: "d/f", kind: "file", content: [{ type: "zeros", length: 9 }] },
    ],
    "inside the tar",
  );
  lab.openArchive = async (_, name) => {
    if (name === "bad.tar") throw new Error("not an archive");
    const [some] = miniatures();
    if (!some) throw new Error("no miniatures");
    return [{ ...some, text: null, layersBaseFirst: [{ ...layer, diffId: null }] }];
  };
  lab.fetch = async (content) => new Uint8Array(contentLength(content));
  expect((await lab.docker("build -t x ctx")).err).toBe("");
  await lab.docker("create --name c1 x any");
  for (const path of ["a", "b", "c"]) await lab.docker(`cp c1:/${path} /root/${path}`);
  const kernel = lab.kernel(1);
  expect([names(kernel, "/root/a"), names(kernel, "/root/b"), names(kernel, "/root/c")]).toEqual([
    ["d"],
    ["bad.tar"],
    ["d"],
  ]);
  expect(kernel.call("stat", { path: "/root/a/d/f" }).value?.size).toBe(9);
});

it("takes nothing with it when a COPY fails half-way, and knows no stage before it is done", async () => {
  const lab = labWith({ Dockerfile: "FROM busybox\nCOPY --chown=bob a.txt /\n", "a.txt": "a" });
  expect((await lab.docker("build ctx")).code).toBe(1);
  expect((await lab.docker("ps -aq")).out).toBe("");
  const own = labWith({ Dockerfile: "FROM busybox AS own\nCOPY --from=own /bin/sh /\n" });
  expect((await own.docker("build ctx")).err).toMatch(
    /^invalid from flag value own: pull access denied for own, /,
  );
  const same = labWith({
    Dockerfile: "FROM busybox AS a\nFROM busybox\nCOPY --from=a /bin/sh /copied\n",
  });
  expect((await same.docker("build ctx")).code).toBe(0);
});
