import { describe, expect, it } from "vitest";
import { names, readText, writeText } from "../drivers/kernel.ts";
import { docker } from "./cli.ts";
import { service } from "./daemon.ts";
import { PlainLab } from "./plain-io.ts";

const TOP = "91e54dfb11794fad694460162bf0cb0a4fa710cfa3f60979c177d920813e267c";
const CONTAINER = "b41a6e5a508dfa02607199dfe51ed9345a675c977f2cafe8ef3e4b0b5773404e";
const BELOW = [
  "d74508fb6632491cea586a1fd7d748dfc5274cd6fdfedee309ecdcbc2bf5cb82",
  "c22013c8472965aa5b62559f2b540cd440716ef149756e7b958a1b2aba421e87",
  "d3a1f33e8a5a513092f01bb7eb1c2abf4d711e5105390a3fe1ae2248cfde1391",
];
const AUFS = "/var/lib/docker/aufs";

async function host19() {
  const lab = new PlainLab();
  await lab.run((io) => docker(io, ["daemon", "--storage-driver=aufs"]));
  return { lab, kernel: lab.kernel(1) };
}

/** The commands of "Docker and AUFS in practice" (1.9), in its order; R1 … R7 are its slips (specs/teaching.md 4.2). */
describe("the seed's transcript", () => {
  it("grep aufs /proc/filesystems", () => {
    const kernel = new PlainLab().kernel(1);
    const lines = readText(kernel, "/proc/filesystems").split("\n");
    expect(lines.filter((line) => line.includes("aufs"))).toEqual(["nodev\taufs"]);
  });

  it("docker daemon --storage-driver=aufs, then docker info shows its very numbers", async () => {
    const { lab } = await host19();
    const { out } = await lab.docker("info");
    expect(out).toContain(`Containers: 1
Images: 4
Storage Driver: aufs
 Root Dir: /var/lib/docker/aufs
 Backing Filesystem: extfs
 Dirs: 6
 Dirperm1 Supported: false
Execution Driver: native-0.2
`);
  });

  it("DOCKER_OPTS in /etc/default/docker chooses the driver at the next start", async () => {
    const lab = new PlainLab();
    const kernel = lab.kernel(1);
    const fd = kernel.call("open", {
      path: "/etc/default/docker",
      flags: ["O_WRONLY", "O_APPEND"],
    });
    const bytes = new TextEncoder().encode('DOCKER_OPTS="--storage-driver=overlay2"\n');
    kernel.call("write", { fd: fd.value ?? -1, data: [{ type: "bytes", bytes }] });
    await lab.run((io) => service(io, ["docker", "restart"]));
    expect((await lab.docker("info")).out).toContain("Storage Driver: overlay2");
  });

  it("cat layers/ID lists the layers below, nearest first, without blank lines (R6); the base's is empty", async () => {
    const { kernel } = await host19();
    expect(readText(kernel, `${AUFS}/layers/${TOP}`)).toBe(BELOW.map((id) => `${id}\n`).join(""));
    expect(readText(kernel, `${AUFS}/layers/${BELOW[2]}`)).toBe("");
  });

  it("the file of the container's -init has four layers, the container's own five (R3)", async () => {
    const { kernel } = await host19();
    const read = (name: string) => readText(kernel, `${AUFS}/layers/${name}`).trim().split("\n");
    expect(read(`${CONTAINER}-init`)).toEqual([TOP, ...BELOW]);
    expect(read(CONTAINER)).toEqual([`${CONTAINER}-init`, TOP, ...BELOW]);
  });

  it("images lie in aufs/diff, not in aufs/mnt/diff (R1)", async () => {
    const { kernel } = await host19();
    expect(names(kernel, `${AUFS}/diff/${BELOW[2]}`)).toContain("bin");
    expect(names(kernel, `${AUFS}/mnt`)).not.toContain("diff");
  });

  it("containers' files lie in /var/lib/docker/containers (R2), the log too, also when stopped (R7)", async () => {
    const { kernel } = await host19();
    expect(names(kernel, "/var/lib/containers")).toEqual([]);
    expect(names(kernel, `/var/lib/docker/containers/${CONTAINER}`)).toEqual([
      `${CONTAINER}-json.log`,
      "config.json",
      "hostconfig.json",
      "hostname",
      "hosts",
      "resolv.conf",
    ]);
  });

  it("mnt/ID is there but empty while the container is stopped; it is the mount while it runs", async () => {
    const { lab, kernel } = await host19();
    const shown = () => names(kernel, `${AUFS}/mnt/${CONTAINER}`);
    expect(shown()).toEqual([]);
    await lab.docker(["start", CONTAINER]);
    expect(shown()).toContain("bin");
    await lab.docker(["stop", "b41a6e5a508d"]);
    expect(shown()).toEqual([]);
    await lab.docker(["rm", "b41a6e5a508d"]);
    expect(names(kernel, `${AUFS}/diff`)).toEqual([...BELOW, TOP].toSorted());
  });

  it("history names every layer of a 1.9 image", async () => {
    const { lab } = await host19();
    const { out } = await lab.docker("history ubuntu");
    const ids = out
      .split("\n")
      .slice(1, 5)
      .map((line) => line.slice(0, 12));
    expect(ids).toEqual([TOP, ...BELOW].map((id) => id.slice(0, 12)));
  });

  it("under 1.9 a container's directory is its id, an image's layers are images, and all goes as it came", async () => {
    const { lab, kernel } = await host19();
    const before = names(kernel, `${AUFS}/diff`);
    lab.onRun = ({ pid }) => {
      writeText(lab.kernel(pid), "/new", "x");
      return 0;
    };
    await lab.docker("run --name c2 busybox any");
    const id = (await lab.docker("ps -a -q --no-trunc --filter name=c2")).out.trim();
    expect(names(kernel, `${AUFS}/diff`)).toEqual(expect.arrayContaining([id, `${id}-init`]));
    const image = (await lab.docker("commit c2 mine")).out.trim();
    expect(readText(kernel, `${AUFS}/layers/${image}`)).toMatch(/^[0-9a-f]{64}\n$/);
    expect(names(kernel, "/var/lib/docker/graph")).toContain(image);
    await lab.docker("rm c2");
    await lab.docker("rmi mine busybox");
    expect(names(kernel, `${AUFS}/diff`)).toEqual(before);
  });
});
