import type { World } from "./lab-script.ts";

/** A line a world begins with, and where it is typed: "host", or a container's name. */
export type OpeningLine = readonly [prompt: string, line: string];

interface WorldPlan {
  readonly release: "1.9" | "19.03";
  readonly lines: readonly OpeningLine[];
  /** Worth trying from there, in this order or any other. */
  readonly tries: readonly OpeningLine[];
}

const DEEP = [
  "mkdir -p /deep/rw /mnt/deep",
  "for i in $(seq 1 126); do mkdir -p /deep/b$i; done",
  "echo 'I am at the very bottom' > /deep/b126/base.txt; echo forty-two > /deep/b42/answer; echo near > /deep/b1/near",
  'B=/deep/rw=rw; for i in $(seq 1 126); do B="$B:/deep/b$i=ro+wh"; done; mount -t aufs -o br:$B none /mnt/deep',
  "cat /mnt/deep/base.txt",
] as const;

/** The text's container, by the twelve digits that it is called by. */
const SEED_CONTAINER = "b41a6e5a508d";

/** The built-in worlds: small, one idea each (specs/teaching.md 4.3). Each is nothing but lines. */
const PLANS = {
  kv: {
    release: "19.03",
    lines: [
      ["host", "docker run -dit --name c1 kv"],
      ["c1", "cat /motd"],
    ],
    tries: [
      ["c1", "echo k=v >> /kv.db"],
      ["c1", "rm /motd"],
      ["c1", "chmod 600 /app.conf"],
      ["c1", "mv /app /srv"],
    ],
  },
  files: {
    release: "19.03",
    lines: [
      ["host", "docker run -dit --name c1 files"],
      ["c1", "cat /file3"],
    ],
    tries: [
      ["c1", "rm /file3"],
      ["c1", "echo more >> /file4"],
      ["c1", "ln /file1 /twin"],
      ["c1", "mv /file2 /etc/moved"],
    ],
  },
  seed: {
    release: "19.03",
    lines: [
      ["host", "docker daemon --storage-driver=aufs"],
      ["host", `docker start ${SEED_CONTAINER}`],
      [SEED_CONTAINER, "head -n 1 /etc/apt/sources.list"],
    ],
    tries: [
      [SEED_CONTAINER, "echo deb >> /etc/apt/sources.list"],
      [SEED_CONTAINER, "rm -r /var/log"],
      ["host", "docker history ubuntu"],
    ],
  },
  ubuntu: {
    release: "1.9",
    lines: [
      ["host", "docker run -dit --name c1 ubuntu"],
      ["c1", "cat /etc/apt/sources.list"],
    ],
    tries: [
      ["c1", "echo deb >> /etc/apt/sources.list"],
      ["c1", "rm -r /etc/dpkg; mkdir /etc/dpkg"],
      ["c1", "mv /root /home/me"],
      ["host", "docker diff c1"],
    ],
  },
  deep: {
    release: "19.03",
    lines: DEEP.map((line) => ["host", line] as const),
    tries: [
      ["host", "echo more >> /mnt/deep/base.txt"],
      ["host", "rm /mnt/deep/answer"],
      ["host", "cat /mnt/deep/near"],
    ],
  },
  sharing: {
    release: "19.03",
    lines: [
      ["host", "for i in $(seq 1 10); do docker run -dit --name c$i nginx sh; done"],
      ["c1", "cat /etc/nginx/nginx.conf"],
      ["c2", "cat /etc/nginx/nginx.conf"],
    ],
    tries: [
      ["c1", "echo off >> /etc/nginx/nginx.conf"],
      ["c2", "rm /etc/nginx/mime.types"],
      ["host", "docker commit c3 mine"],
      ["host", "docker rm -f c10"],
    ],
  },
  volume: {
    release: "19.03",
    lines: [
      ["host", "docker run -dit --name c1 -v data:/data kv"],
      ["c1", "echo kept > /data/kept; echo gone > /gone"],
    ],
    tries: [
      ["c1", "cat /data/kept"],
      ["c1", "rm /motd"],
      ["host", "docker run --rm -v data:/data kv cat /data/kept"],
    ],
  },
} as const satisfies Record<string, WorldPlan>;

export type WorldName = keyof typeof PLANS;
export const WORLDS: readonly WorldName[] = [
  "kv",
  "files",
  "seed",
  "ubuntu",
  "deep",
  "sharing",
  "volume",
];

/** In a world of an opened image, whose files nobody knows. */
const TRIES_OF_AN_IMAGE: readonly OpeningLine[] = [
  ["c1", "ls -la /"],
  ["c1", "echo hello > /hello"],
  ["host", "docker diff c1"],
];

/** Commands worth trying in a world. */
export function triesIn(world: World): readonly OpeningLine[] {
  return world.type === "built-in" ? PLANS[world.name].tries : TRIES_OF_AN_IMAGE;
}

export function worldPlan(name: WorldName): WorldPlan {
  return PLANS[name];
}

/**
 * What the stage draws: names × branches of one directory, the stack with its directories on disk, the driver's files
 * about it, the stack with its parents, or all images' stacks on the one kernel.
 */
export const PICTURES = ["matrix", "branches", "metadata", "parents", "stacks"] as const;
export type Picture = (typeof PICTURES)[number];

interface FigurePlan {
  readonly world: WorldName;
  readonly picture: Picture;
  /** Typed after the world's beginning. */
  readonly lines: readonly OpeningLine[];
}

const LAYERS = "/var/lib/docker/aufs/layers";

/** The figures of the texts this began with, each a state of the stage. */
export const FIGURES = {
  aufs_layers: { world: "seed", picture: "branches", lines: [[SEED_CONTAINER, "ls /"]] },
  aufs_delete: { world: "files", picture: "matrix", lines: [["c1", "rm /file3"]] },
  aufs_metadata: {
    world: "seed",
    picture: "metadata",
    lines: [
      ["host", `cat ${LAYERS}/91e54dfb11794fad694460162bf0cb0a4fa710cfa3f60979c177d920813e267c`],
    ],
  },
  kernel: {
    world: "seed",
    picture: "stacks",
    lines: [
      ["host", "docker run -dit --name c2 busybox"],
      ["host", "docker run -dit --name c3 nginx sh"],
      ["c3", "uname -r; cat /etc/debian_version"],
    ],
  },
  parents: { world: "seed", picture: "parents", lines: [["host", "docker history ubuntu"]] },
} as const satisfies Record<string, FigurePlan>;
export type FigureName = keyof typeof FIGURES;
export const FIGURE_NAMES: readonly FigureName[] = [
  "aufs_layers",
  "aufs_delete",
  "aufs_metadata",
  "kernel",
  "parents",
];
