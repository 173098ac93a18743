import type { DriverName } from "../drivers/driver.ts";
import { type Kernel, mkdirAll, must, writeText } from "../drivers/kernel.ts";
import { createMachine, FIRST_PID } from "../engine/machine.ts";
import type { Time } from "../tree/live-tree.ts";
import { makeDevices } from "./containers.ts";
import { startDaemon } from "./daemon.ts";
import { ENGLISH_DOCKER } from "./docker-words.ts";
import type { DockerState, Host, LibraryImage, Release } from "./host.ts";
import type { DockerIo } from "./io.ts";
import { refreshKernelFiles } from "./kernel-files.ts";
import { QuietHost } from "./quiet-io.ts";

/** What a new host is. */
export interface HostOptions {
  readonly library: readonly LibraryImage[];
  readonly driver: DriverName;
  readonly release: Release;
  /** Draws the ids and names. */
  readonly seed: string;
  readonly clock: Time;
}

const DIRECTORIES =
  "/bin /boot /dev /etc/default /etc/docker /home /lib /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr/bin /usr/lib /usr/local/bin /usr/sbin /var/lib/docker /var/log /var/tmp".split(
    " ",
  );

const FILES: Readonly<Record<string, string>> = {
  "/etc/hostname": "host\n",
  "/etc/hosts": "127.0.0.1\tlocalhost\n127.0.1.1\thost\n",
  "/etc/passwd":
    "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nuser:x:1000:1000:user:/home/user:/bin/bash\n",
  "/etc/group": "root:x:0:\ndocker:x:999:user\nuser:x:1000:\nnogroup:x:65534:\n",
  "/etc/resolv.conf": "nameserver 192.0.2.53\n",
  "/etc/default/docker":
    '# Options of the Docker daemon, read by "service docker start".\n# Use DOCKER_OPTS to modify the daemon startup options.\n#DOCKER_OPTS="--storage-driver=aufs"\n',
};

const FILE_SYSTEMS = ["sysfs", "tmpfs", "proc", "devtmpfs", "devpts", "aufs", "overlay"] as const;

/** A host that has just started, its daemon running and its store empty. */
export function createHost(options: HostOptions): Host {
  const docker: DockerState = {
    daemon: null,
    ids: { seed: options.seed, count: 0, queue: [] },
    mountCounts: {},
    graphs: {},
    volumes: {},
    blobs: {},
    library: options.library,
  };
  const machine = createMachine(options.clock);
  const quiet = new QuietHost({ machine, clock: options.clock, docker, shells: {} });
  const kernel = quiet.kernel(FIRST_PID);
  for (const path of DIRECTORIES) mkdirAll(kernel, path, 0o755);
  for (const target of ["/tmp", "/var/tmp"]) must(kernel, "chmod", { target, mode: 0o1777 });
  for (const [path, text] of Object.entries(FILES)) writeText(kernel, path, text);
  mountPseudo(kernel);
  startDaemon(quietIo(quiet), { driver: options.driver, release: options.release });
  return refreshKernelFiles(quiet.host);
}

function mountPseudo(kernel: Kernel): void {
  for (const path of ["/proc", "/sys", "/dev"])
    must(kernel, "mount", { source: { type: "tmpfs", mode: 0o755 }, path });
  writeText(
    kernel,
    "/proc/filesystems",
    `${FILE_SYSTEMS.map((name) => `nodev\t${name}\n`).join("")}\text3\n\text4\n`,
    0o444,
  );
  writeText(kernel, "/proc/version", "Linux version 4.15.0 (unionscope)\n", 0o444);
  mkdirAll(kernel, "/sys/fs/aufs", 0o755);
  makeDevices(kernel, "/dev");
}

/** An io for what needs nothing of the outside. */
function quietIo(quiet: QuietHost): DockerIo {
  const refuse = () => Promise.reject(new RangeError("nothing can be run or read here"));
  const ignore = () => undefined;
  return {
    host: () => quiet.host,
    setHost: (host) => {
      quiet.host = host;
    },
    call: (pid, type, args) => quiet.call(pid, type, args),
    now: () => quiet.host.clock.sec * 1000,
    out: ignore,
    err: ignore,
    outContent: ignore,
    isTerminal: false,
    words: () => ENGLISH_DOCKER,
    stdin: null,
    cwd: "/",
    env: {},
    pid: FIRST_PID,
    digest: refuse,
    bytes: refuse,
    openArchive: refuse,
    run: refuse,
  };
}
