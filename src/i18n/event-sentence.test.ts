import { describe, expect, it } from "vitest";
import type { CallType, SystemCalls } from "../engine/call.ts";
import type { EngineEvent } from "../engine/event.ts";
import { createMachine } from "../engine/machine.ts";
import { step } from "../engine/step.ts";
import { eventSentence, plainSentence, type Speaker } from "./event-sentence.ts";
import { translateInto } from "./translator.ts";

/** Every event type, in both languages, from what the engine really did. */
const TYPES = {
  visit: true,
  hit: true,
  miss: true,
  "symlink-followed": true,
  "mount-crossed": true,
  permission: true,
  "readdir-visit": true,
  "readdir-hidden": true,
  "data-read": true,
  "copy-up-begin": true,
  "copy-up-parent": true,
  "copy-up-temp": true,
  "copy-up-data": true,
  "copy-up-attributes": true,
  "copy-up-xattrs": true,
  "copy-up-plink": true,
  "copy-up-rename": true,
  "copy-up-end": true,
  "copy-up-failed": true,
  "whiteout-made": true,
  "whiteout-removed": true,
  "opaque-made": true,
  "redirect-made": true,
  "plink-linked": true,
  "plinks-flushed": true,
  "branch-write": true,
  "descriptor-reopened": true,
  mounted: true,
  remounted: true,
  unmounted: true,
  "branch-added": true,
  "branch-removed": true,
  "branch-changed": true,
  "process-made": true,
  "process-ended": true,
} as const satisfies Record<EngineEvent["type"], true>;

const collected: EngineEvent[] = [];

/** A machine of its own, whose calls are all collected. */
function machine() {
  let now = createMachine({ sec: 1, nsec: 0 });
  const call = <K extends CallType>(type: K, args: SystemCalls[K]["args"], pid = 1) => {
    const done = step(now, { type, pid, time: { sec: 2, nsec: 0 }, ...args } as never);
    now = done.machine;
    collected.push(...done.events);
    return done as { errno: string | null; value: SystemCalls[K]["value"] };
  };
  const file = (path: string, length = 6) => {
    const fd = call("open", { path, flags: ["O_CREAT", "O_WRONLY"], mode: 0o644 }).value;
    call("write", { fd, data: [{ type: "bytes", bytes: new Uint8Array(length).fill(97) }] });
    call("close", { fd });
  };
  const dirs = (...paths: readonly string[]) => {
    for (const path of paths) call("mkdir", { path });
  };
  const append = (path: string) => {
    const fd = call("open", { path, flags: ["O_WRONLY", "O_APPEND"] }).value;
    call("write", { fd, data: [{ type: "bytes", bytes: Uint8Array.of(98) }] });
    call("close", { fd });
  };
  return { call, file, dirs, append };
}

function onAufs(): void {
  const { call, file, dirs, append } = machine();
  dirs("/rw", "/l1", "/l2", "/l3", "/m", "/l2/d", "/l1/d", "/l2/e", "/l2/e/deep");
  for (const path of ["/l2/d/a", "/l1/d/a", "/l2/motd", "/l2/hard", "/l2/e/deep/x"]) file(path);
  call("link", { from: "/l2/hard", to: "/l2/hard2" });
  file("/l2/many");
  file("/l2/none", 0);
  file("/l2/cut", 5);
  call("symlink", { target: "motd", path: "/l2/sym" });
  call("setxattr", { target: "/l2/motd", name: "user.note", value: Uint8Array.of(1) });
  const branches = [
    { path: "/rw", permission: "rw" },
    { path: "/l1", permission: "ro+wh" },
    { path: "/l2", permission: "ro+wh" },
  ] as const;
  call("mount", { path: "/m", source: { type: "aufs", branches } });
  const reader = call("open", { path: "/m/sym", flags: ["O_RDWR"] }).value;
  call("read", { fd: reader, length: 100 });
  append("/m/motd");
  call("read", { fd: reader, length: 100 });
  call("close", { fd: reader });
  append("/m/hard");
  append("/m/hard2");
  append("/m/e/deep/x");
  call("link", { from: "/m/many", to: "/m/twin" });
  call("open", { path: "/m/e/deep/nothing", flags: ["O_RDONLY"] });
  call("chmod", { target: "/m/none", mode: 0o600 });
  call("truncate", { path: "/m/cut", length: 2 });
  call("unlink", { path: "/m/d/a" });
  call("readdir", { target: "/m/d" });
  call("unlink", { path: "/m/motd" });
  file("/m/motd");
  call("mknod", { path: "/m/fifo", kind: "fifo" });
  call("symlink", { target: "x", path: "/m/new-link" });
  call("link", { from: "/m/motd", to: "/m/motd2" });
  call("rename", { from: "/m/motd2", to: "/m/motd3" });
  call("chmod", { target: "/m/motd3", mode: 0o600 });
  call("setxattr", { target: "/m/motd3", name: "user.a", value: Uint8Array.of(1) });
  call("removexattr", { target: "/m/motd3", name: "user.a" });
  call("rmdir", { path: "/m/d" });
  call("mkdir", { path: "/m/d" });
  call("rmdir", { path: "/m/d" });
  const truncated = call("open", { path: "/m/motd3", flags: ["O_WRONLY", "O_TRUNC"] }).value;
  call("close", { fd: truncated });
  call("remount", { path: "/m", change: { options: ["append:/l3=ro+wh"] } });
  call("remount", { path: "/m", change: { options: ["mod:/l3=ro"] } });
  call("remount", { path: "/m", change: { options: ["del:/l3"] } });
  call("remount", { path: "/m", change: { readOnly: false } });
  call("plinkFlush", { path: "/m" });
  const child = call("fork", {}).value;
  call("setCredentials", { credentials: { uid: 5, gid: 5, groups: [] } }, child);
  call("open", { path: "/m/motd3", flags: ["O_WRONLY"] }, child);
  call("mkdir", { path: "/m/refused" }, child);
  call("exit", {}, child);
  call("umount", { path: "/m" });
}

function onFullDisk(): void {
  const { call, file, dirs, append } = machine();
  dirs("/rw", "/lower", "/m");
  file("/lower/big", 9000);
  call("mount", { path: "/rw", source: { type: "tmpfs", size: 4096 } });
  const branches = [
    { path: "/rw", permission: "rw" },
    { path: "/lower", permission: "ro+wh" },
  ] as const;
  call("mount", { path: "/m", source: { type: "aufs", branches } });
  append("/m/big");
}

function onOverlay(): void {
  const { call, file, dirs, append } = machine();
  dirs("/lower", "/upper", "/work", "/m", "/lower/d", "/lower/e");
  for (const path of ["/lower/a", "/lower/b", "/lower/d/x"]) file(path);
  const source = {
    type: "overlay",
    lower: ["/lower"],
    upper: "/upper",
    work: "/work",
    options: ["redirect_dir=on"],
  } as const;
  call("mount", { path: "/m", source });
  append("/m/a");
  call("unlink", { path: "/m/b" });
  call("rename", { from: "/m/d", to: "/m/d2" });
  call("rmdir", { path: "/m/e" });
  call("mkdir", { path: "/m/e" });
  call("rename", { from: "/m/a", to: "/m/e", exchange: true });
}

onAufs();
onFullDisk();
onOverlay();

const speaker: Speaker = {
  kindOf: (fs) => (fs === 1 ? "plain" : "aufs"),
  branchName: (_, branch) => `B${branch}`,
  branchCount: () => 3,
  bytes: (count) => `${count} B`,
  path: (path) => path,
};
const languages = { en: translateInto("en"), "zh-Hans": translateInto("zh-Hans") };

/** One event of each type and of each set of words it is told with. */
const distinct = new Map<string, EngineEvent>();
for (const event of collected) {
  const told = Object.entries(event).flatMap(([key, value]) =>
    typeof value === "string" && !/path|name|target|directory|backing/i.test(key) && key !== "to"
      ? [value]
      : [`${key}:${value === null}:${typeof value === "boolean" ? value : ""}`],
  );
  if (!distinct.has(told.join())) distinct.set(told.join(), event);
}

it("has a real step for every event type", () => {
  const missing = Object.keys(TYPES).filter(
    (type) => !collected.some((event) => event.type === type),
  );
  expect(missing).toEqual([]);
});

describe.each(Object.entries(languages))("in %s", (language, t) => {
  it.each([...distinct.values()].map((event) => [event.type, event] as const))(
    "%s is one whole sentence",
    (_, event) => {
      const sentence = plainSentence(eventSentence(t, event, speaker));
      expect(sentence).toMatch(language === "en" ? /[A-Za-z0-9)]\.$/ : /。$/);
      expect(sentence).not.toMatch(/\{\{|undefined|NaN|events:|\[object/);
    },
  );
});

it("counts as not asked below only branches that are below", () => {
  const hits = collected.flatMap((event) => (event.type === "hit" ? [event] : []));
  const below = hits.map((event) => {
    const told = / (\d+) branch(?:es)? below/.exec(eventSentence(languages.en, event, speaker));
    const answering = event.branches[0] ?? Number.NaN;
    return { told: Number(told?.[1] ?? 0), most: speaker.branchCount(0) - 1 - answering };
  });
  expect(below.filter(({ told, most }) => told > most)).toEqual([]);
  expect(below.some(({ told }) => told > 0)).toBe(true);
});

it("says that a next branch is asked only where one is", () => {
  const wrong = collected.filter((event, at) => {
    if (event.type !== "visit" || event.outcome !== "missing") return false;
    const next = collected[at + 1];
    const said = eventSentence(languages.en, event, speaker, next);
    const isAsked = next?.type === "visit" && next.branch > event.branch;
    return said.includes("so the next branch is asked") !== isAsked;
  });
  expect(wrong).toEqual([]);
});

it("tells a copy by what is copied, why, and how much of it", () => {
  const told = collected.flatMap((event) =>
    event.type.startsWith("copy-up")
      ? [plainSentence(eventSentence(languages.en, event, speaker))]
      : [],
  );
  for (const sentence of [
    "aufs begins to copy /many up from B2 into B0 under the name /twin, because it gets another name and B2 is read-only: 6 B to copy.",
    "/many is copied up as /twin: 6 B went from B2 to B0, and the original in B2 is not changed.",
    "aufs begins to copy /e/deep up from B2 into B0, because what is written below it needs it there and B2 is read-only.",
    "aufs has no data of /none to copy into B0, because the file is empty.",
    "aufs copies 2 B of /cut into B0 and leaves 3 B behind, because it is being cut to that length.",
  ])
    expect(told).toContain(sentence);
});

it("throws when a field that its sentence needs is missing", () => {
  const silent: string[] = [];
  for (const event of distinct.values()) {
    const read = new Set<string>();
    const watched = new Proxy(event, {
      get: (target, key) => {
        read.add(String(key));
        return Reflect.get(target, key);
      },
    });
    const whole = eventSentence(languages.en, watched, speaker);
    for (const field of read) {
      if (field === "type" || !(field in event)) continue;
      const without = { ...event, [field]: undefined } as unknown as EngineEvent;
      try {
        silent.push(`${event.type}.${field}: ${eventSentence(languages.en, without, speaker)}`);
      } catch (fault) {
        expect(fault).toBeInstanceOf(RangeError);
      }
    }
    expect(whole).not.toBe("");
  }
  expect(silent).toEqual([]);
});
