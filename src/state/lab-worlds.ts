/** A line a world begins with, and where it is typed: "host", or a container's name. */
export type OpeningLine = readonly [prompt: string, line: string];

interface WorldPlan {
  readonly release: "1.9" | "19.03";
  readonly lines: readonly OpeningLine[];
}

const DEEP = [
  "mkdir -p /deep/rw /mnt/deep",
  "for i in $(seq 1 126); do mkdir -p /deep/b$i; done",
  "echo 'I am at the very bottom' > /deep/b126/base.txt; echo forty-two > /deep/b42/answer; echo near > /deep/b1/near",
  'B=/deep/rw=rw; for i in $(seq 1 126); do B="$B:/deep/b$i=ro+wh"; done; mount -t aufs -o br:$B none /mnt/deep',
  "cat /mnt/deep/base.txt",
] as const;

/** The built-in worlds: small, one idea each (specs/teaching.md 4.3). Each is nothing but lines. */
const PLANS = {
  kv: {
    release: "19.03",
    lines: [
      ["host", "docker run -dit --name c1 kv"],
      ["c1", "cat /motd"],
    ],
  },
  files: {
    release: "19.03",
    lines: [
      ["host", "docker run -dit --name c1 files"],
      ["c1", "cat /file3"],
    ],
  },
  ubuntu: {
    release: "1.9",
    lines: [
      ["host", "docker run -dit --name c1 ubuntu"],
      ["c1", "cat /etc/apt/sources.list"],
    ],
  },
  deep: { release: "19.03", lines: DEEP.map((line) => ["host", line] as const) },
  sharing: {
    release: "19.03",
    lines: [
      ["host", "for i in $(seq 1 10); do docker run -dit --name c$i nginx sh; done"],
      ["c1", "cat /etc/nginx/nginx.conf"],
      ["c2", "cat /etc/nginx/nginx.conf"],
    ],
  },
  volume: {
    release: "19.03",
    lines: [
      ["host", "docker run -dit --name c1 -v data:/data kv"],
      ["c1", "echo kept > /data/kept; echo gone > /gone"],
    ],
  },
} as const satisfies Record<string, WorldPlan>;

export type WorldName = keyof typeof PLANS;
export const WORLDS: readonly WorldName[] = ["kv", "files", "ubuntu", "deep", "sharing", "volume"];

export function worldPlan(name: WorldName): WorldPlan {
  return PLANS[name];
}

/** The figures of the texts this began with, each a state of a world: lines to type after its beginning. */
export const FIGURES = {
  aufs_layers: { world: "ubuntu", lines: [["c1", "ls /"]] },
  aufs_delete: { world: "files", lines: [["c1", "rm /file3"]] },
  aufs_metadata: {
    world: "ubuntu",
    lines: [["host", "ls /var/lib/docker/aufs/layers; docker history ubuntu"]],
  },
  kernel: {
    world: "ubuntu",
    lines: [
      ["host", "docker run -dit --name c2 busybox"],
      ["host", "docker run -dit --name c3 nginx sh"],
      ["host", "uname -r"],
      ["c1", "uname -r; head -n 1 /etc/passwd"],
    ],
  },
  parents: {
    world: "ubuntu",
    lines: [["host", "for f in /var/lib/docker/aufs/layers/*; do echo $f; cat $f; done"]],
  },
} as const satisfies Record<
  string,
  { readonly world: WorldName; readonly lines: readonly OpeningLine[] }
>;
export type FigureName = keyof typeof FIGURES;
