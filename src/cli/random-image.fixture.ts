import fc from "fast-check";
import type { DrawnEntry, PaxRecords } from "../image/drawn-tar.ts";

/** Small images of layers that step on each other: few names, every kind of entry, marks, links and the same path twice. */

const name = fc.constantFrom("a", "b", "c");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
/** The same path spelt as tools do, mostly plainly. */
const spelt = fc.oneof(
  { weight: 9, arbitrary: path },
  path.map((at) => `./${at}`),
  path.map((at) => `/${at.replace("/", "//")}`),
  path.map((at) => `x/../${at}`),
);
const target = fc.oneof(
  path,
  path.map((at) => `/${at}`),
  fc.constantFrom("..", ".", "../a", "/", "nowhere"),
);

/** A capability of a file, `cap_net_raw+ep`. */
const CAPABILITY = Uint8Array.from([1, 0, 0, 2, 0, 32, ...Array<number>(14).fill(0)]);

/** An access list: owner, user 1000, group, mask and others may do what `[owner, user, group, mask, others]` say. */
function accessList(permissions: readonly number[]): Uint8Array {
  const tags = [1, 2, 4, 16, 32];
  const list = new DataView(new ArrayBuffer(4 + tags.length * 8));
  list.setUint32(0, 2, true);
  tags.forEach((tag, i) => {
    list.setUint16(4 + i * 8, tag, true);
    list.setUint16(6 + i * 8, permissions[i] ?? 0, true);
    list.setUint32(8 + i * 8, tag === 2 ? 1000 : 0xffffffff, true);
  });
  return new Uint8Array(list.buffer);
}

/** Facts of an entry that its header holds alone, or with a PAX header before it. */
const meta: fc.Arbitrary<Partial<DrawnEntry>> = fc
  .record({
    mode: fc.constantFrom(0o755, 0o644, 0o4711, 0o2755, 0o1777, 0),
    uid: fc.constantFrom(0, 0, 1000, 2_097_151, 3_000_000, 4_294_967_294),
    gid: fc.constantFrom(0, 0, 50, 2_147_483_648),
    seconds: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1000, max: 1009 }) },
      fc.constantFrom(-1, -86_400, 4_294_967_296),
    ),
    nanoseconds: fc.constantFrom("", "", "", ".5", ".000000001", ".123456789"),
    xattrs: fc.subarray(["user.a", "user.b", "security.capability", "trusted.t", "user.empty"], {
      minLength: 0,
      maxLength: 2,
    }),
    hasXattrs: fc.constantFrom(false, false, false, true),
    hasAccessList: fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
    isBase256: fc.boolean(),
  })
  .map((facts) => {
    const { mode, uid, gid, seconds, nanoseconds, isBase256 } = facts;
    const exactTime = nanoseconds === "" ? {} : { mtime: `${seconds}${nanoseconds}` };
    const pax: Record<string, string | Uint8Array> = { ...exactTime };
    const raw: (readonly [number, string])[] = [];
    const number = (key: string, at: number, length: number, value: number): number => {
      if (value >= 0 && value < 8 ** (length - 1)) return value;
      if (isBase256 || key in exactTime) raw.push([at, base256(value, length)]);
      else pax[key] = String(value);
      return 0;
    };
    const header: DrawnEntry = {
      path: "",
      mode,
      uid: number("uid", 108, 8, uid),
      gid: number("gid", 116, 8, gid),
      mtime: number("mtime", 136, 12, seconds),
    };
    if (facts.hasXattrs)
      for (const key of facts.xattrs)
        pax[`SCHILY.xattr.${key}`] =
          key === "security.capability" ? CAPABILITY : key === "user.empty" ? "" : key;
    if (facts.hasAccessList) {
      const of = (shift: number) => (mode >> shift) & 7;
      pax["SCHILY.xattr.system.posix_acl_access"] = accessList([of(6), 4, 4, of(3), of(0)]);
    }
    const hasPax = Object.keys(pax).length > 0;
    return { ...header, raw, ...(hasPax ? { pax } : {}) };
  });

/** A two's complement of `length` bytes whose first bit says what it is. */
function base256(value: number, length: number): string {
  let bits = BigInt.asUintN(length * 8, BigInt(value)) | (1n << BigInt(length * 8 - 1));
  let text = "";
  for (let i = 0; i < length; i++, bits >>= 8n)
    text = String.fromCharCode(Number(bits & 255n)) + text;
  return text;
}

/** Directories, files and hard links keep any attribute; Linux sets no `user.*` on what is neither. */
function withoutUserXattrs(facts: Partial<DrawnEntry>): Partial<DrawnEntry> {
  const { pax, ...rest } = facts;
  if (!pax) return facts;
  const kept: PaxRecords = Object.fromEntries(
    Object.entries(pax).filter(([key]) => !/xattr\.(?:user|system)\./.test(key)),
  );
  return Object.keys(kept).length > 0 ? { ...rest, pax: kept } : rest;
}

const entry: fc.Arbitrary<DrawnEntry> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(spelt, fc.constantFrom("1", "22", "333"), meta)
      .map(([at, data, facts]) => ({ ...facts, path: at, data })),
  },
  {
    weight: 10,
    arbitrary: fc.tuple(spelt, meta).map(([at, facts]) => ({ ...facts, path: `${at}/` })),
  },
  {
    weight: 2,
    arbitrary: meta.map((facts) => ({ ...facts, path: "./" })),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(path, target, meta)
      .map(([at, link, facts]) => ({ ...withoutUserXattrs(facts), path: at, type: "2", link })),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(path, path, meta)
      .map(([at, link, facts]) => ({ ...facts, path: at, type: "1", link })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(path, meta)
      .map(([at, facts]) => ({ ...withoutUserXattrs(facts), path: at, type: "6" })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        path,
        fc.constantFrom("3", "4"),
        fc.constantFrom<readonly [number, number]>([0, 0], [1, 3], [7, 300], [259, 65_536]),
        meta,
      )
      .map(([at, type, rdev, facts]) => ({ ...withoutUserXattrs(facts), path: at, type, rdev })),
  },
  {
    weight: 10,
    arbitrary: fc.tuple(path, meta).map(([at, facts]) => {
      const cut = at.lastIndexOf("/") + 1;
      return { ...facts, path: `${at.slice(0, cut)}.wh.${at.slice(cut)}` };
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(path, meta)
      .map(([at, facts]) => ({ ...facts, path: `${at}/.wh..wh..opq` })),
  },
);

/** Base first. */
export const randomLayers: fc.Arbitrary<readonly (readonly DrawnEntry[])[]> = fc.array(
  fc.array(entry, { maxLength: 7 }),
  { minLength: 1, maxLength: 4 },
);

/** Layers as a line each, for the message of a failure. */
export function drawnText(layers: readonly (readonly DrawnEntry[])[]): string {
  const word = (entry: DrawnEntry) => {
    const { path: at, type, link, data, mode = 0, uid, gid, mtime = 0, raw, pax, rdev } = entry;
    const sign = { "1": "=>", "2": "->" }[type ?? ""] ?? (type === undefined ? "" : `:${type}`);
    const what = data === undefined ? `${sign}${link ?? rdev ?? ""}` : `=${String(data)}`;
    const more = pax ? ` ${Object.entries(pax).map((record) => record.join("="))}` : "";
    const fields = raw?.length ? ` raw ${raw.map(([field]) => field)}` : "";
    return `${at}${what}@${mode.toString(8)}#${mtime},${uid ?? 0}:${gid ?? 0}${fields}${more}`;
  };
  return layers.map((entries, i) => `  ${i + 1}: ${entries.map(word).join("  ")}`).join("\n");
}
