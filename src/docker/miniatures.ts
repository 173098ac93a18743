import { type LayerEntry, writeLayer } from "../drivers/layer-tar.ts";
import type { Content } from "../tree/content.ts";
import type { LibraryImage, LibraryLayer } from "./host.ts";
import { EMPTY_RUN_CONFIG, type RunConfig } from "./image-config.ts";

/** When the built-in images say they were made. */
const MADE = Date.UTC(2015, 11, 1);
const MTIME = MADE / 1000;

/** What a built-in image is made of, base first. */
export interface ImagePlan {
  readonly reference: string;
  readonly layersBaseFirst: readonly LayerPlan[];
  readonly run: Partial<RunConfig>;
}

interface LayerPlan {
  /** As history shows it. */
  readonly createdBy: string;
  /** "/a/b" is a file with that text, "/a/" a directory, a target a symlink. */
  readonly files: Readonly<Record<string, string | Content | Symlink>>;
}

interface Symlink {
  readonly target: string;
}

/** The diffIDs of the built-in layers, base first, so that no one waits for 100 MB to be hashed. A test works them out. */
const DIFF_IDS: Readonly<Record<string, readonly string[]>> = {
  "ubuntu:latest": [
    "sha256:7974e8924eff443c2dd7fe486d7ac943e9701605f6ce5ab2d3d4c02db8f79849",
    "sha256:4402d2ed946f672f5dc71c547cb15dbf7d6711b92b904b2fada80940fb50bff1",
    "sha256:fc3936f6e9bac61b24a39c719f52f7f00d5514b2937c19aa7a25f371bd38afff",
    "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
  ],
  "busybox:latest": ["sha256:5831e3867c5e08578c2bb5b830131e1900d7c75e054008272b2309e5c7c62634"],
  "nginx:latest": [
    "sha256:7a405ccd32957f63ccf1032774b4605bd534823d65a8052587b3d5c1c3c403eb",
    "sha256:977dfbc81dfcde25696a0a85496758d0c53b95a54a3e2eccc49087c352c16ed7",
    "sha256:c024767ec94c87ad3e101e770b2cd5d31840d68540493c9a7306143a9d777ea8",
  ],
  "kv:latest": [
    "sha256:c2a420dcaf248b3e366c39d1b977a8c1a0fba02468b00dbba53fbe57ab68f0ab",
    "sha256:556956ff44875cdee83862e048533c009cc6087280f78dcf25ca6086ed39dead",
    "sha256:b83cb0178ca32ff3fd16fae611ddf2eb7bb32a7d9e3b59d6516536fb22cacbb4",
  ],
  "files:latest": [
    "sha256:07148062b0776415c6134e0e84e39cf75aa0cdd4c5053cf8e4b3128380597eac",
    "sha256:53134793da05b385c7de84b180470704528639af8a05c4eafd05ff0f887313f3",
    "sha256:749167573ffbfdfb21e445e90c0441c54541672db405243f54002872c37035da",
  ],
};

/** An image of the library made of a plan. */
export function planned({ reference, layersBaseFirst, run }: ImagePlan): LibraryImage {
  return {
    references: [reference],
    origin: "built in",
    text: null,
    layersBaseFirst: layersBaseFirst.map(({ files }, index) =>
      plannedLayer(files, `built in!${reference}/${index}`, DIFF_IDS[reference]?.[index] ?? null),
    ),
    config: {
      architecture: "amd64",
      os: "linux",
      author: "",
      created: MADE,
      run: { ...EMPTY_RUN_CONFIG, ...run },
      history: layersBaseFirst.map(({ createdBy }, index) => ({
        created: MADE + index * 1000,
        createdBy,
        comment: "",
        author: "",
        emptyLayer: false,
      })),
      diffIds: [],
    },
  };
}

function plannedLayer(
  files: LayerPlan["files"],
  blob: string,
  diffId: string | null,
): LibraryLayer {
  const { tar, tree } = writeLayer(layerEntries(files), blob);
  return { diffId, tar, tree };
}

function* layerEntries(files: LayerPlan["files"]): Generator<LayerEntry> {
  const made = new Set<string>();
  const facts = { uid: 0, gid: 0, mtime: MTIME } as const;
  for (const path of Object.keys(files).sort()) {
    const parts = path.split("/").filter((part) => part !== "");
    for (let depth = 1; depth < parts.length + (path.endsWith("/") ? 1 : 0); depth++) {
      const directory = parts.slice(0, depth).join("/");
      if (made.has(directory)) continue;
      made.add(directory);
      yield { ...facts, path: directory, kind: "dir", mode: directory === "tmp" ? 0o1777 : 0o755 };
    }
    const what = files[path];
    if (what === undefined || path.endsWith("/")) continue;
    const name = parts.join("/");
    if (typeof what === "object" && "target" in what)
      yield { ...facts, path: name, kind: "symlink", mode: 0o777, target: what.target };
    else {
      const mode = /^(usr\/)?(s?bin|lib)\//.test(name) ? 0o755 : 0o644;
      const content = typeof what === "string" ? textContent(what) : what;
      yield { ...facts, path: name, kind: "file", mode, content };
    }
  }
}

function textContent(text: string): Content {
  return text === "" ? [] : [{ type: "bytes", bytes: new TextEncoder().encode(text) }];
}

/** `length` bytes that are data, not a hole: one block of text, again and again. */
function filler(length: number): Content {
  const block = new Uint8Array(Math.min(length, 1_048_576));
  const line = new TextEncoder().encode("This stands for the bytes of a real file.\n");
  for (let at = 0; at < block.length; at++) block[at] = line[at % line.length] ?? 0;
  const pieces: Content[number][] = [];
  for (let left = length; left > 0; left -= block.length)
    pieces.push({ type: "bytes", bytes: left < block.length ? block.subarray(0, left) : block });
  return pieces;
}

const NOTE =
  "This image is a miniature, built into Unionscope. Its layers and files are arranged like a real image's; programs are stand-ins.\n";
/** A stand-in for a program of that length: it begins as one does, so that nobody takes it for a script. */
function program(length: number): Content {
  const head = new Uint8Array(64);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  return [{ type: "bytes", bytes: head }, ...filler(length - head.length)];
}
const PROGRAM = program(4096);

const PASSWD =
  "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
const GROUP = "root:x:0:\ndaemon:x:1:\nwww-data:x:33:\nnogroup:x:65534:\n";

const BASE_FILES: LayerPlan["files"] = {
  "/README.unionscope": NOTE,
  "/bin/bash": PROGRAM,
  "/bin/cat": PROGRAM,
  "/bin/ls": PROGRAM,
  "/bin/sh": { target: "bash" },
  "/boot/": "",
  "/dev/": "",
  "/etc/apt/sources.list": "# the list of the base layer\n",
  "/etc/debian_version": "jessie/sid\n",
  "/etc/group": GROUP,
  "/etc/hostname": "localhost\n",
  "/etc/hosts": "127.0.0.1\tlocalhost\n",
  "/etc/lsb-release":
    'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\nDISTRIB_CODENAME=trusty\nDISTRIB_DESCRIPTION="Ubuntu 14.04.3 LTS"\n',
  "/etc/passwd": PASSWD,
  "/home/": "",
  "/lib/x86_64-linux-gnu/libc.so.6": filler(1_857_312),
  "/opt/": "",
  "/proc/": "",
  "/root/.bashrc": "# ~/.bashrc\n",
  "/run/": "",
  "/sbin/init": PROGRAM,
  "/srv/": "",
  "/sys/": "",
  "/tmp/": "",
  "/usr/bin/dpkg": PROGRAM,
  "/usr/lib/locale/C.UTF-8/LC_CTYPE": filler(288_768),
  "/usr/share/doc/base-files/README": NOTE,
  "/var/lib/dpkg/status": filler(65_536),
  "/var/log/": "",
  "/var/tmp/": "",
};

/** Four layers, as the image of the seed text has: the base, dpkg's settings, the sources list, and nothing. */
const UBUNTU: ImagePlan = {
  reference: "ubuntu:latest",
  layersBaseFirst: [
    { createdBy: "/bin/sh -c #(nop) ADD file:rootfs in /", files: BASE_FILES },
    {
      createdBy: "/bin/sh -c echo '#!/bin/sh' > /usr/sbin/policy-rc.d && echo 'exit 101' >> …",
      files: {
        "/etc/apt/apt.conf.d/docker-clean":
          'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };\n',
        "/etc/apt/apt.conf.d/docker-no-languages": 'Acquire::Languages "none";\n',
        "/etc/dpkg/dpkg.cfg.d/docker-apt-speedup": "force-unsafe-io\n",
        "/usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
        "/var/cache/apt/pkgcache": filler(194_000),
      },
    },
    {
      createdBy: "/bin/sh -c sed -i 's/^#\\s*\\(deb.*universe\\)$/\\1/g' /etc/apt/sources.list",
      files: {
        "/etc/apt/sources.list": "deb http://archive.example/ubuntu trusty main universe\n".repeat(
          34,
        ),
      },
    },
    { createdBy: '/bin/sh -c #(nop) CMD ["/bin/bash"]', files: {} },
  ],
  run: {
    env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    cmd: ["/bin/bash"],
  },
};

const BUSYBOX: ImagePlan = {
  reference: "busybox:latest",
  layersBaseFirst: [
    {
      createdBy: "/bin/sh -c #(nop) ADD file:busybox in /",
      files: {
        "/README.unionscope": NOTE,
        "/bin/busybox": program(1_114_112),
        "/bin/sh": { target: "busybox" },
        "/dev/": "",
        "/etc/group": GROUP,
        "/etc/passwd":
          "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n",
        "/home/": "",
        "/root/": "",
        "/tmp/": "",
        "/usr/sbin/": "",
        "/var/spool/mail/": "",
        "/var/www/": "",
      },
    },
  ],
  run: { env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], cmd: ["sh"] },
};

/** Three layers on a base of its own; the last takes files away and links the logs to the terminal. */
const NGINX: ImagePlan = {
  reference: "nginx:latest",
  layersBaseFirst: [
    {
      createdBy: "/bin/sh -c #(nop) ADD file:debian in /",
      files: { ...BASE_FILES, "/etc/debian_version": "8.2\n" },
    },
    {
      createdBy: "/bin/sh -c apt-get update && apt-get install -y nginx",
      files: {
        "/etc/nginx/conf.d/default.conf": "server { listen 80; root /usr/share/nginx/html; }\n",
        "/etc/nginx/mime.types": "types { text/html html; }\n",
        "/etc/nginx/nginx.conf": "user nginx;\nworker_processes 1;\n",
        "/usr/sbin/nginx": program(866_304),
        "/usr/share/nginx/html/50x.html": "<h1>An error occurred.</h1>\n",
        "/usr/share/nginx/html/index.html": "<h1>Welcome to nginx!</h1>\n",
        "/var/cache/apt/.wh.pkgcache": "",
        "/var/cache/nginx/": "",
        "/var/log/nginx/access.log": "",
        "/var/log/nginx/error.log": "",
      },
    },
    {
      createdBy: "/bin/sh -c ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf …",
      files: {
        "/var/log/nginx/access.log": { target: "/dev/stdout" },
        "/var/log/nginx/error.log": { target: "/dev/stderr" },
      },
    },
  ],
  run: {
    env: [
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "NGINX_VERSION=1.9.7",
    ],
    cmd: ["nginx", "-g", "daemon off;"],
    exposedPorts: ["80/tcp"],
    volumes: ["/var/cache/nginx"],
  },
};

/** A key-value store: a large file below two small layers, for what a copy-up costs. */
const KV: ImagePlan = {
  reference: "kv:latest",
  layersBaseFirst: [
    {
      createdBy: "/bin/sh -c #(nop) ADD file:base in /",
      files: {
        "/README.unionscope": NOTE,
        "/dev/": "",
        "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
        "/kv.db": filler(100_000_000),
        "/motd": "hello there\n",
        "/proc/": "",
        "/sys/": "",
        "/tmp/": "",
      },
    },
    { createdBy: "/bin/sh -c mkdir /app", files: { "/app/": "" } },
    {
      createdBy: "/bin/sh -c #(nop) COPY file:app.conf in /app.conf",
      files: { "/app.conf": `${"option = value\n".repeat(26)}end = yes\n` },
    },
  ],
  run: { cmd: ["sh"] },
};

/** Three small layers with a file in two of them, for deleting. */
const FILES: ImagePlan = {
  reference: "files:latest",
  layersBaseFirst: [
    {
      createdBy: "base",
      files: {
        "/README.unionscope": NOTE,
        "/file3": "file3 is only in the base layer\n",
        "/file4": "file4 as the base layer has it: the old\n",
      },
    },
    { createdBy: "layer 1", files: { "/file2": "file2 is only in layer 1\n" } },
    {
      createdBy: "layer 2",
      files: {
        "/file1": "file1 is only in layer 2\n",
        "/file4": "file4 as layer 2 has it: newer and in front\n",
      },
    },
  ],
  run: { cmd: ["sh"] },
};

/** Fifty layers over a deep path, for what looking through many branches costs, and for mounts of more than a page. */
const DEEP: ImagePlan = {
  reference: "deep:latest",
  layersBaseFirst: Array.from({ length: 50 }, (_, layer) => ({
    createdBy: `layer ${layer + 1}`,
    files:
      layer === 0
        ? {
            "/README.unionscope": NOTE,
            "/a/b/c/d/e/f/g/h": "at the bottom of the base layer\n",
            "/top": "layer 1\n",
          }
        : { "/top": `layer ${layer + 1}\n`, [`/layer${layer + 1}`]: `layer ${layer + 1}\n` },
  })),
  run: { cmd: ["sh"] },
};

/** The images every host can pull. Small stand-ins, and each says so in a file of its own or in its history. */
export function miniatures(): readonly LibraryImage[] {
  return [UBUNTU, BUSYBOX, NGINX, KV, FILES, DEEP].map(planned);
}
