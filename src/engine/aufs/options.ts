import { fail } from "../errno.ts";

/** How a branch is chosen for something new. Free space is the same everywhere here, so `mfs` takes the last. */
export type CreatePolicy = "tdp" | "rr" | "mfs" | "pmfs" | "tdmfs" | "mfsrr" | "pmfsrr";
/** How a branch is chosen for a copy. */
export type CopyUpPolicy = "tdp" | "bup" | "bu";

/** The mount's options but for branches. */
export interface AufsOptions {
  readonly dirperm1: boolean;
  readonly plink: boolean;
  /** Every directory that is made is made opaque. */
  readonly alwaysOpaque: boolean;
  readonly udba: "none" | "reval" | "notify";
  readonly create: CreatePolicy;
  readonly copyUp: CopyUpPolicy;
  /** Whiteouts can be listed and looked up. */
  readonly showWhiteouts: boolean;
  /** Options that change nothing here, as given. */
  readonly other: readonly string[];
}

/** What a mount without options has. */
export const DEFAULT_OPTIONS: AufsOptions = {
  dirperm1: false,
  plink: true,
  alwaysOpaque: false,
  udba: "reval",
  create: "tdp",
  copyUp: "tdp",
  showWhiteouts: false,
  other: [],
};

/** What `create=` takes: a policy, for some how many seconds it keeps to a branch, for some the watermark before that. */
const CREATE =
  /^(?:tdp|top-down-parent|rr|round-robin|(?:p?mfs|most-free-space)(?::\d+)?|(?:tdmfs|p?mfsrr):\d+(?::\d+)?)$/;
const CREATE_POLICIES: ReadonlyMap<string, CreatePolicy> = new Map([
  ["tdp", "tdp"],
  ["top-down-parent", "tdp"],
  ["rr", "rr"],
  ["round-robin", "rr"],
  ["mfs", "mfs"],
  ["most-free-space", "mfs"],
  ["pmfs", "pmfs"],
  ["tdmfs", "tdmfs"],
  ["mfsrr", "mfsrr"],
  ["pmfsrr", "pmfsrr"],
]);
const COPY_UP_POLICIES: ReadonlyMap<string, CopyUpPolicy> = new Map([
  ["tdp", "tdp"],
  ["top-down-parent", "tdp"],
  ["bup", "bup"],
  ["bottom-up-parent", "bup"],
  ["bu", "bu"],
  ["bottom-up", "bu"],
]);
const UDBA: ReadonlyMap<string, AufsOptions["udba"]> = new Map([
  ["none", "none"],
  ["reval", "reval"],
  ["notify", "notify"],
  ["fsnotify", "notify"],
]);
/** Options the kernel knows that have no effect on what a union shows. */
const WITHOUT_EFFECT = new Set([
  "dio",
  "nodio",
  "xino",
  "noxino",
  "trunc_xino",
  "notrunc_xino",
  "verbose",
  "noverbose",
  "v",
  "quiet",
  "sum",
  "nosum",
  "wsum",
  "dirwh",
  "rdcache",
  "rdblk",
  "rdhash",
  "refrof",
  "norefrof",
  "acl",
  "noacl",
  "warn_perm",
  "nowarn_perm",
  "clean_plink",
  "list_plink",
  "context",
]);

/** The options with one more, as mount(2) takes them. EINVAL for one the kernel does not know (rule M-04). */
export function withOption(options: AufsOptions, option: string): AufsOptions {
  const [name = "", value = ""] = split(option);
  switch (name) {
    case "dirperm1":
      return { ...options, dirperm1: true };
    case "nodirperm1":
      return { ...options, dirperm1: false };
    case "plink":
      return { ...options, plink: true };
    case "noplink":
      return { ...options, plink: false };
    case "shwh":
      return { ...options, showWhiteouts: true };
    case "noshwh":
      return { ...options, showWhiteouts: false };
    case "diropq":
      if (!/^(a|always|w|whiteouted)$/.test(value)) fail("EINVAL");
      return { ...options, alwaysOpaque: value.startsWith("a") };
    case "udba":
      return { ...options, udba: UDBA.get(value) ?? fail("EINVAL") };
    case "create":
    case "create_policy":
      return {
        ...options,
        create:
          CREATE_POLICIES.get(CREATE.test(value) ? (value.split(":")[0] ?? "") : "") ??
          fail("EINVAL"),
      };
    case "cpup":
    case "copyup":
    case "copyup_policy":
      return { ...options, copyUp: COPY_UP_POLICIES.get(value) ?? fail("EINVAL") };
    default:
      if (!WITHOUT_EFFECT.has(name)) fail("EINVAL");
      return { ...options, other: [...options.other, option] };
  }
}

function split(option: string): readonly string[] {
  const at = option.indexOf("=");
  return at < 0 ? [option] : [option.slice(0, at), option.slice(at + 1)];
}
