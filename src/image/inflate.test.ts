import { deflateRawSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bytesSource, readBytes } from "./byte-source.ts";
import { crc32 } from "./crc32.ts";
import { digestOf } from "./digest.ts";
import { joined } from "./drawn-tar.ts";
import { inflate, type Restart, sniffCompression } from "./inflate.ts";
import { InflatedSource, RestartList } from "./inflated-source.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { ReadFailure } from "./read-failure.ts";

const TEXT = "layer upon layer upon layer\n";

const fromBase64 = (text: string) => Uint8Array.from(Buffer.from(text, "base64"));
/** Bytes that do not compress, the same each time. */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

interface Result {
  readonly bytes: Uint8Array;
  readonly problems: readonly string[];
  readonly failure: string | null;
  readonly restarts: readonly Restart[];
}

async function inflated(bytes: Uint8Array, limits = DEFAULT_LIMITS): Promise<Result> {
  const chunks: Uint8Array[] = [];
  const problems: string[] = [];
  const restarts: Restart[] = [];
  let failure: string | null = null;
  const report = {
    problem: (facts: { type: string }) => problems.push(facts.type),
    restart: (at: Restart) => restarts.push(at),
  };
  try {
    const compression = sniffCompression(bytes.subarray(0, 6));
    for await (const chunk of inflate(bytesSource("x", bytes), compression, { limits, report }))
      chunks.push(chunk.slice());
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    failure = error.facts.type;
  }
  return { bytes: joined(...chunks), problems, failure, restarts };
}

const sound = (text: string) => ({ text, problems: [], failure: null });
const seen = ({ bytes, problems, failure }: Result) => ({
  text: Buffer.from(bytes).toString("latin1"),
  problems,
  failure,
});

describe("gzip", () => {
  const member = (text: string) => Uint8Array.from(gzipSync(text));

  it("many members, an empty one among them", async () => {
    const result = await inflated(joined(member("one "), member(""), member("two")));
    expect(seen(result)).toEqual(sound("one two"));
    expect(result.restarts.map(({ output }) => output)).toEqual([0, 4, 4]);
  });

  it("bytes after the last member are reported, zeros are not", async () => {
    const zeros = await inflated(joined(member("one"), new Uint8Array(1000)));
    expect(seen(zeros)).toEqual(sound("one"));
    const rubbish = await inflated(joined(member("one"), new TextEncoder().encode("rubbish")));
    expect(seen(rubbish)).toEqual({
      text: "one",
      problems: ["bytes-after-compressed"],
      failure: null,
    });
  });

  it.each([
    ["members", (large: Uint8Array) => joined(large, member("tail")), "tail", []],
    ["zeros", (large: Uint8Array) => joined(large, new Uint8Array(77)), "", []],
    [
      "rubbish",
      (large: Uint8Array) => joined(large, Uint8Array.of(1, 2, 3)),
      "",
      ["bytes-after-compressed"],
    ],
  ])("a long member, for the platform's stream, and then %s", async (_, build, tail, problems) => {
    const body = noise(700_000);
    const result = await inflated(build(Uint8Array.from(gzipSync(body))));
    expect(result.failure).toBeNull();
    expect(result.problems).toEqual(problems);
    expect(crc32(result.bytes)).toBe(crc32(joined(body, new TextEncoder().encode(tail))));
  });

  it("a cut is found where it is, with all the output before it", async () => {
    const body = noise(600_000);
    const whole = Uint8Array.from(gzipSync(body));
    const result = await inflated(whole.subarray(0, 400_000));
    expect(result.failure).toBe("compressed-truncated");
    expect(result.bytes.length).toBeGreaterThan(390_000);
    expect(crc32(result.bytes)).toBe(crc32(body.subarray(0, result.bytes.length)));
  });

  it("a cut in the trailer costs no data", async () => {
    const whole = member(TEXT);
    const result = await inflated(whole.subarray(0, whole.length - 3));
    expect(seen(result)).toEqual({ text: TEXT, problems: ["compressed-truncated"], failure: null });
  });

  it("a wrong check sum or length is a problem, not the end", async () => {
    for (const from of [8, 4]) {
      const bytes = member(TEXT);
      bytes[bytes.length - from]! ^= 1;
      expect(seen(await inflated(bytes))).toEqual({
        text: TEXT,
        problems: ["checksum-differs"],
        failure: null,
      });
    }
  });

  it("few stored bytes of much output: sound, two members, rubbish that counts as they do, a wrong check sum", async () => {
    const zeros = new Uint8Array(9 * 2 ** 20);
    const one = Uint8Array.from(gzipSync(zeros));
    const flipped = one.slice();
    flipped[flipped.length - 8]! ^= 1;
    const cases = [
      [one, 1, []],
      [joined(one, one), 2, []],
      [joined(member("x"), one), 1 + 1 / zeros.length, []],
      [joined(one, new Uint8Array([1, 2, 3, 0xff])), 1, ["bytes-after-compressed"]],
      [flipped, 1, ["checksum-differs"]],
    ] as const;
    for (const [bytes, times, problems] of cases) {
      const result = await inflated(bytes);
      expect([result.bytes.length, result.problems, result.failure]).toEqual([
        times * zeros.length,
        problems,
        null,
      ]);
    }
  });

  it("a header with every field", async () => {
    const head = [0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 255];
    const fields = [3, 0, 1, 2, 3, 0x6e, 0, 0x63, 0, 9, 9];
    const sizes = new Uint8Array(8);
    const body = new TextEncoder().encode(TEXT);
    new DataView(sizes.buffer).setUint32(0, crc32(body), true);
    new DataView(sizes.buffer).setUint32(4, body.length, true);
    const whole = joined(Uint8Array.from([...head, ...fields]), deflateRawSync(TEXT), sizes);
    expect(seen(await inflated(whole))).toEqual(sound(TEXT));
  });

  it("the ratio's bound stops a bomb", async () => {
    const bomb = Uint8Array.from(gzipSync(new Uint8Array(2 ** 22)));
    const limits = { ...DEFAULT_LIMITS, ratioFrom: 2 ** 20, ratio: 100 };
    expect((await inflated(bomb, limits)).failure).toBe("limit");
    const { bytes } = await inflated(bomb);
    expect(bytes.length).toBe(2 ** 22);
  });
});

describe("zstd", () => {
  const checked = fromBase64("KLUv/SQclQAAYGxheWVyIHVwb24gCgEARooXteimlw==");
  const unchecked = fromBase64("KLUv/SAclQAAYGxheWVyIHVwb24gCgEARooX");
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);

  it("frames, with and without a check sum, skippable ones between", async () => {
    const result = await inflated(joined(skippable, checked, skippable, unchecked, skippable));
    expect(seen(result)).toEqual(sound(TEXT + TEXT));
    expect(result.restarts.map(({ input }) => input)).toEqual([11, 11 + checked.length + 11]);
  });

  it("a wrong check sum, a cut, rubbish after the frames", async () => {
    const wrong = checked.slice();
    wrong[wrong.length - 1]! ^= 1;
    expect((await inflated(wrong)).problems).toEqual(["checksum-differs"]);
    for (const cut of [5, 12, checked.length - 2])
      expect((await inflated(checked.subarray(0, cut))).failure).toBe("compressed-truncated");
    const tail = await inflated(joined(checked, Uint8Array.of(9, 9, 9, 9)));
    expect(seen(tail)).toEqual({
      text: TEXT,
      problems: ["bytes-after-compressed"],
      failure: null,
    });
  });

  it("a window that no image needs is refused before it is allocated", async () => {
    const huge = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 1, 0, 0, 0, 0, 0, 0, 0);
    expect((await inflated(huge)).failure).toBe("compression-unsupported");
  });
});

/** Made by `xz` and `bzip2`. */
const PACKED: readonly (readonly [string, string])[] = [
  [
    "xz with crc64",
    "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AAbABNdADYYS5jpw3MfDzHdmzD2+yQgAAAAAJk/9AUeCbEVAAEvHAnRmyYftvN9AQAAAAAEWVo=",
  ],
  [
    "xz with crc32",
    "/Td6WFoAAAFpIt42AgAhAQwAAACPmEGc4AAbABNdADYYS5jpw3MfDzHdmzD2+yQgAAAAACI+F+YAASscDRT3QpBCmQ0BAAAAAAFZWg==",
  ],
  [
    "xz with sha256",
    "/Td6WFoAAArh+wyhAgAhARYAAAB0L+Wj4AAbABNdADYYS5jpw3MfDzHdmzD2+yQgAAAAAOU8XJ9Afp+XZ963uP3Y9SLn8UsYHwaoZcsveRUeiaejAAFHHKYwv4sYm0uaAQAAAAAKWVo=",
  ],
  ["bzip2", "QlpoOTFBWSZTWY4wsggAAAbRgAAQQAAiBdIgIAAhJQek09CAaaaLo0UomOz5CJkWC7kinChIRxhZBAA="],
];

describe.each(PACKED)("%s", (_, base64) => {
  it("inflates, also twice in a row", async () => {
    const bytes = fromBase64(base64);
    expect(seen(await inflated(bytes))).toEqual(sound(TEXT));
    expect(seen(await inflated(joined(bytes, bytes)))).toEqual(sound(TEXT + TEXT));
  });

  it("is refused when it is cut, anywhere", async () => {
    const bytes = fromBase64(base64);
    for (let cut = 7; cut < bytes.length; cut += 5) {
      const { failure } = await inflated(bytes.subarray(0, cut));
      expect(failure, `cut at ${cut}`).toBe("compressed-truncated");
    }
  });

  it("a flipped bit is never silent", async () => {
    const bytes = fromBase64(base64);
    for (let at = 6; at < bytes.length; at++) {
      const bent = bytes.slice();
      bent[at]! ^= 16;
      const { failure, problems, bytes: out } = await inflated(bent);
      const isSame = Buffer.from(out).toString() === TEXT;
      expect(failure !== null || problems.length > 0 || isSame, `byte ${at}`).toBe(true);
    }
  });
});

it("long runs and repeats of bzip2 and xz", async () => {
  const bzip2 = "QlpoOTFBWSZTWWnJgBUAAMYQgIQAIAAACCAAMMwFKacYQtgQvF3JFOFCQacmAFQ=";
  const xz =
    "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4YafAFNdADjv+7/+o7Fe5fg/sqomVfhocEFwFQ+N/R5MG4pCtxn0aRhxrmYjiopNL6MN2X+m44wjEVPgWRjFdYrid/i2lH8MasDedElk4ulcU7IE1rH1lwAAAABMoKaEwgqvrAABb6CNBgAAkORuUbHEZ/sCAAAAAARZWg==";
  for (const base64 of [bzip2, xz])
    expect(seen(await inflated(fromBase64(base64)))).toEqual(sound("q".repeat(100_000)));
});

it("an archive in xz holds a layer in xz: both are open at once", async () => {
  const bytes = fromBase64(PACKED[0]![1]);
  const outer = inflate(bytesSource("outer", joined(bytes, bytes)), "xz");
  const parts = [(await outer.next()).value];
  for await (const part of inflate(bytesSource("inner", bytes), "xz")) parts.push(part);
  for await (const part of outer) parts.push(part);
  expect(parts.map((part) => Buffer.from(part ?? []).toString())).toEqual([TEXT, TEXT, TEXT]);
});

it("a dictionary larger than any preset makes is refused before it is allocated", async () => {
  const bytes = fromBase64(PACKED[0]![1]);
  const header = new DataView(bytes.buffer, 12, 12);
  header.setUint8(4, 40);
  header.setUint32(8, crc32(bytes.subarray(12, 20)), true);
  expect((await inflated(bytes)).failure).toBe("compression-unsupported");
});

it("an inflated source reads anywhere, from restarts too", async () => {
  const parts = [noise(3_000_000), noise(2_000_000), noise(5)];
  const source = bytesSource("x", joined(...parts.map((part) => Uint8Array.from(gzipSync(part)))));
  const whole = joined(...parts);
  const restarts = new RestartList();
  const report = { problem: () => undefined, restart: (at: Restart) => restarts.add(at) };
  const appended = new InflatedSource(source, "gzip", []);
  for await (const chunk of inflate(source, "gzip", { report })) appended.append(chunk);
  expect(digestOf(await readBytes(appended, 0, appended.size))).toBe(digestOf(whole));
  for (const size of [whole.length, 2 ** 27]) {
    // A size past what is kept in memory makes it read through cursors.
    const random = new InflatedSource(source, "gzip", restarts.list);
    random.size = size;
    for (const [from, to] of [
      [4_999_990, 5_000_005],
      [10, 20],
      [3_000_000, 3_200_000],
      [0, 1],
    ] as const)
      expect(await readBytes(random, from, to)).toEqual(whole.slice(from, to));
  }
});
