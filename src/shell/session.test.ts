import { describe, expect, it } from "vitest";
import { NO_EDGE } from "./edge.ts";
import { FRESH, hostAfter, ran, shown } from "./lab.fixture.ts";
import { promptsOf, runLine } from "./session.ts";
import { stateHash } from "./state-hash.ts";

describe("a line is a value in and a value out", () => {
  it("gives the same on the same host, however often", async () => {
    const saved = await hostAfter(["x=1; cd /tmp; f() { echo $x $RANDOM; }; exec 3> log"]);
    const lines = [
      "f; x=2; echo $RANDOM >&3; date; mktemp -u",
      "f | tee out; ls; docker run --rm busybox ls /",
    ];
    const first = await hostAfter(lines, saved);
    const second = await hostAfter(lines, saved);
    expect(stateHash(second)).toBe(stateHash(first));
    const [a, b] = [await ran("f; date", first), await ran("f; date", second)];
    expect(b.output).toEqual(a.output);
    expect(b.steps.map(({ call, errno }) => [call, errno])).toEqual(
      a.steps.map(({ call, errno }) => [call, errno]),
    );
  });

  it("tells hosts apart by variables, functions, descriptors, files and the clock", async () => {
    const hashes = new Set<string>();
    const lines = [
      "true",
      "x=1",
      "x=2",
      "f() { :; }",
      "cd /tmp",
      "exec 4< /etc/passwd",
      "echo a > /a",
      "sleep 1",
      "umask 077",
      "set -u",
    ];
    for (const line of lines) hashes.add(stateHash(await hostAfter([line])));
    expect(hashes.size).toBe(lines.length);
  });

  it("leaves the host it was given alone", async () => {
    const before = stateHash(FRESH);
    await ran("rm -rf /etc; x=1");
    expect(stateHash(FRESH)).toBe(before);
    expect(await shown("ls /etc/hostname")).toBe("/etc/hostname\n");
  });

  it("keeps variables, functions, aliases, directory, mask, options and descriptors", async () => {
    const host = await hostAfter([
      "a=1; f() { echo in $1; }; alias hi='echo hello'",
      "cd /tmp; umask 027; exec 5> five",
    ]);
    expect(await shown("echo $a; f x; hi; pwd; umask; echo to five >&5; cat five", host)).toBe(
      "1\nin x\nhello\n/tmp\n0027\nto five\n",
    );
  });

  it("writes down every system call with its events and the machine after it", async () => {
    const { steps } = await ran("echo hi > /tmp/new");
    const types = steps.map(({ call }) => call.type);
    expect(types.slice(2)).toEqual(["open", "dup", "close", "write", "close"]);
    const made = steps.find(({ call }) => call.type === "open");
    expect(
      made?.events.some((event) => event.type === "branch-write" && event.operation === "create"),
    ).toBe(true);
    expect(steps.every(({ machine }, i) => i === 0 || machine !== undefined)).toBe(true);
  });
});

describe("the terminal", () => {
  it("has a prompt for the host and for each container that runs", async () => {
    const host = await hostAfter([
      "docker run -dit --name c1 busybox sh",
      "docker create --name idle busybox sh",
    ]);
    expect(promptsOf(host).map(({ text }) => text)).toEqual(["host#", "c1#"]);
  });

  it("runs at a container's prompt in the container, with a shell of its own", async () => {
    const start = await hostAfter(["docker run -dit --name c1 busybox sh", "x=host"]);
    const inside = await ran("x=inside; echo $x > /note; pwd", start, "c1");
    expect(inside.output.map(({ text }) => text).join("")).toBe("/\n");
    expect(await shown("echo $x; docker exec c1 cat /note; cat /note", inside.host)).toBe(
      "host\ninside\ncat: /note: No such file or directory\n[1]",
    );
  });

  it("stops a container when its own shell exits", async () => {
    const start = await hostAfter(["docker run -it --name c1 busybox sh"]);
    const { host, ended } = await ran("exit 4", start, "c1");
    expect(ended).toBe(true);
    expect(promptsOf(host).map(({ text }) => text)).toEqual(["host#"]);
    expect(await shown("docker inspect -f '{{.State.ExitCode}}' c1", host)).toBe("4\n");
  });

  it("asks for more where a line is only a beginning", async () => {
    for (const line of [
      "echo 'open",
      "for i in 1 2",
      "cat <<E",
      "if true; then",
      "echo a |",
      "echo \\",
    ]) {
      const { incomplete, steps } = await ran(line);
      expect([line, incomplete, steps.length]).toEqual([line, true, 0]);
    }
    expect((await ran("echo done")).incomplete).toBe(false);
  });

  it("says what is wrong with a line and does nothing", async () => {
    expect(await shown("fi")).toBe("bash: syntax error near unexpected token `fi'\n[2]");
    expect(await shown("echo a )")).toMatch(/^bash: syntax error near unexpected token/);
  });

  it("names the nearest command for one it does not know", async () => {
    expect(await shown("mkdri x")).toBe(
      "bash: mkdri: command not found\nThe nearest command here: mkdir\n[127]",
    );
  });

  it("reads random bytes, the same for the same script, and writes to a full device", async () => {
    const line =
      "dd if=/dev/urandom of=a bs=1M count=3 status=none; head -c 9 /dev/random > b; stat -c %s a b; head -c 9 a | cmp -s - b || echo other; md5sum b; echo x > /dev/full";
    const { output } = await ran(line);
    const text = output.map((each) => each.text).join("");
    expect(text).toMatch(/^3145728\n9\nother\n[0-9a-f]{32} {2}b\n.*No space left on device\n$/);
    expect((await ran(line)).output).toEqual(output);
  });

  it("shows a megabyte and counts the rest", async () => {
    const { output } = await ran("dd if=/dev/zero bs=1M count=3 status=none");
    expect(output.at(-1)?.text).toBe(`\n[${2 << 20} more bytes are not shown]\n`);
  });
});

describe("the page cache", () => {
  it("gives the second read from memory, also in another container, and none after drop-caches", async () => {
    const host = await hostAfter([
      "docker run -dit --name c1 busybox sh",
      "docker run -dit --name c2 busybox sh",
    ]);
    const read = async (container: string, on: typeof host) => {
      const line = await runLine(on, `docker exec ${container} cat /etc/passwd`, NO_EDGE);
      const { bytesFromDisk, bytesFromCache } = line.meters;
      return { host: line.host, bytesFromDisk, bytesFromCache };
    };
    const first = await read("c1", host);
    expect(first.bytesFromDisk).toBeGreaterThan(0);
    const second = await read("c2", first.host);
    expect(second.bytesFromDisk).toBe(0);
    expect(second.bytesFromCache).toBe(first.bytesFromDisk);
    const dropped = await hostAfter(["drop-caches"], second.host);
    expect((await read("c1", dropped)).bytesFromDisk).toBe(first.bytesFromDisk);
  });
});
