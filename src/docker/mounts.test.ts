import { expect, it } from "vitest";
import { names, readText } from "../drivers/kernel.ts";
import { mapEntries, mapGet } from "../tree/persistent-map.ts";
import { currentGraph } from "./host.ts";
import { PlainLab } from "./plain-io.ts";

function running(): PlainLab {
  const lab = new PlainLab();
  lab.onRun = () => null;
  return lab;
}

const aufsLine = (text: string) => text.split("\n").find((line) => line.includes(" aufs "));

it("a running container's union is in /proc/mounts and /sys/fs/aufs, and leaves both when it stops", async () => {
  const lab = running();
  const kernel = lab.kernel(1);
  await lab.docker("run -d --name c1 ubuntu any");
  const [container] = Object.values(currentGraph(lab.host.docker).containers);
  const mountId = container?.mountId ?? "";
  const line = aufsLine(readText(kernel, "/proc/mounts")) ?? "";
  const [, path, , options] = line.split(" ");
  expect(path).toBe(`/var/lib/docker/aufs/mnt/${mountId}`);
  const si = /si=([0-9a-f]{16}),dio,dirperm1/.exec(options ?? "")?.[1];
  const directory = `/sys/fs/aufs/si_${si}`;
  expect(names(kernel, directory).filter((name) => /^br\d/.test(name))).toHaveLength(6);
  const branches = [mountId, `${mountId}-init`].map((id) => `/var/lib/docker/aufs/diff/${id}`);
  expect(readText(kernel, `${directory}/br0`)).toBe(`${branches[0]}=rw\n`);
  expect(readText(kernel, `${directory}/br1`)).toBe(`${branches[1]}=ro+wh\n`);
  expect(readText(kernel, `${directory}/brid0`)).toBe("64\n");
  await lab.docker("stop c1");
  expect(aufsLine(readText(kernel, "/proc/mounts"))).toBeUndefined();
  expect(names(kernel, "/sys/fs/aufs")).toEqual([]);
});

it("a container sees its own mounts, the host does not", async () => {
  const lab = running();
  const kernel = lab.kernel(1);
  await lab.docker("run -d --name c1 -v data:/data:ro busybox any");
  const [container] = Object.values(currentGraph(lab.host.docker).containers);
  const root = `/var/lib/docker/aufs/mnt/${container?.mountId}`;
  const inside = readText(kernel, `${root}/proc/mounts`);
  expect(aufsLine(inside)?.split(" ")[1]).toBe("/");
  for (const path of ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/proc", "/dev", "/sys"])
    expect(inside).toMatch(new RegExp(`^\\S+ ${path} `, "m"));
  expect(inside).toContain("/dev/sda1 /data ext4 ro,relatime 0 0\n");
  expect(readText(kernel, "/proc/mounts")).not.toContain(`${root}/`);
});

it("what a container mounts by itself is in its own list alone, and goes when it stops", async () => {
  const lab = running();
  const kernel = lab.kernel(1);
  await lab.docker("run -d --name c1 busybox any");
  const [container] = Object.values(currentGraph(lab.host.docker).containers);
  const root = `/var/lib/docker/aufs/mnt/${container?.mountId}`;
  const pid = container?.state.type === "running" ? container.state.pid : -1;
  const inside = lab.kernel(pid);
  inside.call("mkdir", { path: "/mine" });
  expect(inside.call("mount", { source: { type: "tmpfs" }, path: "/mine" }).errno).toBe(null);
  await lab.docker("ps");
  expect(
    readText(kernel, `${root}/proc/mounts`)
      .split("\n")
      .map((row) => row.split(" ")[1]),
  ).toEqual([
    ...["/", "/proc", "/dev", "/sys"],
    ...["/etc/resolv.conf", "/etc/hostname", "/etc/hosts", "/mine", undefined],
  ]);
  expect(readText(kernel, "/proc/mounts")).not.toContain("/mine");
  expect((await lab.docker("stop c1")).err).toBe("");
  expect(aufsLine(readText(kernel, "/proc/mounts"))).toBeUndefined();
});

it.each([
  [[], { uid: 0, gid: 0, groups: [] }],
  [["-u", "nobody"], { uid: 65534, gid: 65534, groups: [] }],
  [["-u", "www-data:daemon"], { uid: 33, gid: 1, groups: [] }],
  [["-u", "1234:5"], { uid: 1234, gid: 5, groups: [] }],
])("run %j gives the first process its user", async (flags, credentials) => {
  const lab = running();
  await lab.docker(["run", "-d", "--name", "c1", ...flags, "ubuntu", "any"]);
  const [container] = Object.values(currentGraph(lab.host.docker).containers);
  const pid = container?.state.type === "running" ? container.state.pid : -1;
  expect(mapGet(lab.host.machine.processes, pid)?.credentials).toEqual(credentials);
});

it("exec makes a process of any user in a container of another, and stop ends them all", async () => {
  const lab = running();
  await lab.docker("run -d --name c1 -u nobody ubuntu any");
  const before = [...mapEntries(lab.host.machine.processes)].length;
  await lab.docker("exec -d -u 0 c1 any");
  await lab.docker("exec -d -u 33 c1 any");
  const uids = [...mapEntries(lab.host.machine.processes)].map(
    ([, { credentials }]) => credentials.uid,
  );
  expect(uids).toHaveLength(before + 2);
  expect(uids.toSorted((a, b) => a - b).slice(-2)).toEqual([33, 65534]);
  expect((await lab.docker("stop c1")).err).toBe("");
  expect([...mapEntries(lab.host.machine.processes)]).toHaveLength(before - 1);
});

it("a user that is not there is refused, and leaves nothing mounted", async () => {
  const lab = running();
  const { err, code } = await lab.docker("run --name c1 -u stranger busybox any");
  expect(code).toBe(125);
  expect(err).toContain("unable to find user stranger: no matching entries in passwd file");
  expect(aufsLine(readText(lab.kernel(1), "/proc/mounts"))).toBeUndefined();
  expect((await lab.docker("ps -a")).out).toContain("Created");
});

it("overlayfs is given the short links of its layers", async () => {
  const lab = new PlainLab({ driver: "overlay2" });
  lab.onRun = () => null;
  const kernel = lab.kernel(1);
  await lab.docker("run -d --name c1 ubuntu any");
  const options = / overlay rw,relatime,(\S+) /.exec(readText(kernel, "/proc/mounts"))?.[1] ?? "";
  const [lower = ""] = options.split(",");
  const [container] = Object.values(currentGraph(lab.host.docker).containers);
  const directory = `/var/lib/docker/overlay2/${container?.mountId}`;
  const links = readText(kernel, `${directory}/lower`).split(":");
  expect(lower).toBe(
    `lowerdir=${links.map((link) => `/var/lib/docker/overlay2/${link}`).join(":")}`,
  );
  expect(options).toContain(`upperdir=${directory}/diff,workdir=${directory}/work`);
});
