import { describe, expect, it } from "vitest";
import type { DriverName } from "../drivers/driver.ts";
import { names, readFile, readText, removeAll, writeText } from "../drivers/kernel.ts";
import { currentGraph } from "./host.ts";
import { containerRoot } from "./kernel-files.ts";
import { PlainLab } from "./plain-io.ts";

function labWith(driver: DriverName): PlainLab {
  const lab = new PlainLab({ driver });
  lab.onRun = async ({ pid, argv, out }) => {
    const kernel = lab.kernel(pid);
    switch (argv[0]) {
      case "sleep":
        return null;
      case "put":
        writeText(kernel, argv[1] ?? "", argv.slice(2).join(" "));
        return 0;
      case "rm":
        removeAll(kernel, argv[1] ?? "");
        return 0;
      case "cat":
        out(new TextDecoder().decode(await lab.bytes(readFile(kernel, argv[1] ?? ""))));
        return 0;
      default:
        return 127;
    }
  };
  return lab;
}

function containersOf(lab: PlainLab) {
  return Object.values(currentGraph(lab.host.docker).containers);
}

describe.each<DriverName>(["aufs", "overlay2", "vfs"])("docker on %s", (driver) => {
  it("pull, run, write, diff, commit, run the image made of it", async () => {
    const lab = labWith(driver);
    expect((await lab.docker("pull busybox")).out).toContain("Downloaded newer image");
    expect((await lab.docker("pull busybox")).out).toContain("Image is up to date");
    await lab.docker("run -d --name c1 busybox sleep 100");
    await lab.docker("exec c1 put /etc/note hello");
    await lab.docker("exec c1 rm /etc/group");
    const { out } = await lab.docker("diff c1");
    expect(out.trim().split("\n").toSorted()).toEqual(["A /etc/note", "C /etc", "D /etc/group"]);
    expect((await lab.docker("ps -s")).out).toContain("5B (virtual 1.11MB)");
    expect((await lab.docker("commit -m note c1 noted")).code).toBe(0);
    expect((await lab.docker("run --rm noted cat /etc/note")).out).toBe("hello");
    const history = (await lab.docker("history noted")).out.split("\n");
    expect(history[1]).toMatch(/sleep 100 +5B +note$/);
    await lab.docker("run -d --name c2 noted sleep 100");
    const [, second] = containersOf(lab);
    const shown = names(lab.kernel(1), `${containerRoot(driver, second?.mountId ?? "")}/etc`);
    expect([shown.includes("note"), shown.includes("group")]).toEqual([true, false]);
  });

  it("ten containers of one image share its layers; what one writes no other sees", async () => {
    const lab = labWith(driver);
    for (let number = 0; number < 10; number++)
      await lab.docker(`run -d --name c${number} busybox sleep 100`);
    await lab.docker("exec c3 put /only-here x");
    expect((await lab.docker("exec c3 cat /only-here")).out).toBe("x");
    expect((await lab.docker("diff c4")).out).toBe("");
    const parents = containersOf(lab).map(({ parentLayer }) => parentLayer);
    expect([parents.length, new Set(parents).size]).toEqual([10, 1]);
  });

  it("a stopped container keeps what it wrote, and rm leaves nothing", async () => {
    const lab = labWith(driver);
    const kernel = lab.kernel(1);
    await lab.docker("pull busybox");
    const root = `/var/lib/docker/${driver}`;
    const before = names(kernel, `${root}${{ aufs: "/diff", overlay2: "", vfs: "/dir" }[driver]}`);
    await lab.docker("run --name c1 busybox put /kept yes");
    expect((await lab.docker("ps -a")).out).toMatch(/Exited \(0\) .* ago/);
    expect((await lab.docker("rm c1")).code).toBe(0);
    expect(names(kernel, `${root}${{ aufs: "/diff", overlay2: "", vfs: "/dir" }[driver]}`)).toEqual(
      before,
    );
    expect(names(kernel, "/var/lib/docker/containers")).toEqual([]);
    expect(readText(kernel, "/proc/mounts")).not.toContain("none");
  });

  it("volumes and bind mounts go around the union", async () => {
    const lab = labWith(driver);
    const kernel = lab.kernel(1);
    await lab.docker("run -d --name c1 -v data:/var/www -v /srv/in:/in nginx sleep 100");
    await lab.docker("exec c1 put /var/www/page volume");
    await lab.docker("exec c1 put /in/file bind");
    expect(readText(kernel, "/var/lib/docker/volumes/data/_data/page")).toBe("volume");
    expect(readText(kernel, "/srv/in/file")).toBe("bind");
    const { out } = await lab.docker("diff c1");
    expect(out).not.toMatch(/page|file/);
    expect((await lab.docker("volume rm data")).err).toMatch(/volume is in use - \[[0-9a-f]{64}\]/);
    await lab.docker("rm -f c1");
    expect((await lab.docker("volume rm data")).code).toBe(0);
  });

  it("an empty volume is filled with what the image has there; a volume of the image is made for it", async () => {
    const lab = labWith(driver);
    await lab.docker("run -d --name c1 -v html:/usr/share/nginx/html nginx sleep 100");
    const path = "/var/lib/docker/volumes/html/_data/index.html";
    expect(lab.kernel(1).call("stat", { path }).value?.size).toBe(27);
    expect((await lab.docker("volume ls -q")).out.trim().split("\n")).toHaveLength(2);
    await lab.docker("rm -f -v c1");
    expect((await lab.docker("volume ls -q")).out).toBe("html\n");
  });

  it("cp copies both ways, into directories and beside them", async () => {
    const lab = labWith(driver);
    const kernel = lab.kernel(1);
    await lab.docker("create --name c1 busybox sleep 1");
    writeText(kernel, "/root/in", "from the host");
    await lab.docker("cp in c1:/etc");
    await lab.docker("cp c1:/etc/in /root/out");
    expect(readText(kernel, "/root/out")).toBe("from the host");
    await lab.docker("cp c1:/etc /root/copy");
    expect(names(kernel, "/root/copy")).toContain("passwd");
    expect((await lab.docker("cp c1:/none /root")).err).toBe(
      "Error: No such container:path: c1:/none\n",
    );
  });

  it("a layer holds what others were made of: an image goes when nothing needs it", async () => {
    const lab = labWith(driver);
    await lab.docker("run --name c1 busybox put /x 1");
    await lab.docker("commit c1 child");
    expect((await lab.docker("rmi busybox")).err).toContain("must force");
    await lab.docker("rm c1");
    expect((await lab.docker("rmi busybox")).out).toBe("Untagged: busybox:latest\n");
    expect((await lab.docker("rmi child")).out.match(/Deleted: /g)).toHaveLength(4);
    const root = `/var/lib/docker/${driver}`;
    const layers = { aufs: "diff", overlay2: "l", vfs: "dir" }[driver];
    const left = names(lab.kernel(1), `${root}/${layers}`);
    expect(left).toEqual([]);
  });
});

it("the two drivers keep their own images, and both on one disk must be chosen between", async () => {
  const { dockerd } = await import("./daemon.ts");
  const lab = new PlainLab();
  await lab.docker("pull busybox");
  await lab.run((io) => dockerd(io, ["--storage-driver=overlay2"]));
  expect((await lab.docker("images -q")).out).toBe("");
  await lab.docker("pull ubuntu");
  const refused = await lab.run((io) => dockerd(io, []));
  expect(refused.code).toBe(1);
  expect(refused.err).toContain("contains several valid graphdrivers: overlay2, aufs");
  await lab.run((io) => dockerd(io, ["-s", "aufs"]));
  expect((await lab.docker("images -q")).out).toMatch(/^[0-9a-f]{12}\n$/);
});

it("125 layers are the most an image may have", async () => {
  const { planned } = await import("./miniatures.ts");
  const image = (layers: number) =>
    planned({
      reference: `deep${layers}:latest`,
      run: { cmd: ["sleep"] },
      layersBaseFirst: Array.from({ length: layers }, (_, index) => ({
        createdBy: `layer ${index}`,
        files: { [`/file${index}`]: String(index) },
      })),
    });
  const lab = new PlainLab({ library: [image(125), image(126)] });
  lab.onRun = () => null;
  expect((await lab.docker("run -d deep125")).code).toBe(0);
  expect((await lab.docker("pull deep126")).err).toBe(
    "The image has 126 layers. Docker takes 125: with the container's two branches that is the 127 that aufs can stack.\nError response from daemon: max depth exceeded\n",
  );
}, 60_000);

it("the same commands give the same ids and the same host", async () => {
  const run = async () => {
    const lab = labWith("aufs");
    await lab.docker("run -d busybox sleep 100");
    return (await lab.docker("ps --no-trunc")).out;
  };
  expect(await run()).toBe(await run());
});

it.each([
  ["swarm init", "docker: 'swarm' is not in this lab. Near: docker run.\n"],
  ["frob", "docker: 'frob' is not a docker command.\nSee 'docker --help'\n"],
  [
    "run -p 80:80 nginx",
    "docker run: -p is not in this lab. Near: docker exec (containers here have no network).\n",
  ],
  ["stop none", "Error response from daemon: No such container: none\n"],
  ["rm none", "Error: No such container: none\n"],
  ["logs none", "Error: No such container: none\n"],
  ["exec none true", "Error: No such container: none\n"],
  ["cp none:/x .", "Error: No such container:path: none:/x\n"],
  ["rmi none", "Error: No such image: none\n"],
  ["volume rm none", "Error: No such volume: none\n"],
  ["save none:1 -o /x", "Error response from daemon: reference does not exist\n"],
  ["load -i /none", "open /none: no such file or directory\n"],
  [
    "rename none x",
    "Error response from daemon: No such container: none\nError: failed to rename container named none\n",
  ],
  ["tag none x", "Error response from daemon: No such image: none:latest\n"],
  ["logs", "\"docker logs\" requires exactly 1 argument.\nSee 'docker logs --help'.\n"],
])("docker %s", async (line, message) => {
  const answer = await new PlainLab().docker(line);
  expect(answer.err.slice(0, message.length)).toBe(message);
  expect(answer.code).not.toBe(0);
});

it("system prune takes what nothing uses, and asks first", async () => {
  const lab = labWith("aufs");
  await lab.docker("run --name c1 -v data:/data busybox put /x 12345");
  await lab.docker("pull nginx");
  const unanswered = await lab.docker("system prune");
  expect([unanswered.code, unanswered.out]).toEqual([
    1,
    "WARNING! This will remove unused data.\nAre you sure you want to continue? [y/N] \n",
  ]);
  expect((await lab.docker("system prune -f")).out).toMatch(
    /^Deleted Containers:\n[0-9a-f]{64}\n\nTotal reclaimed space: 5B\n$/,
  );
  expect((await lab.docker("system prune -f -a --volumes")).out).toContain(
    "Deleted Volumes:\ndata\n",
  );
  expect((await lab.docker("images -a -q")).out).toBe("");
  expect((await lab.docker("system df")).out.split("\n").slice(1, 4).join("")).not.toMatch(/[1-9]/);
});

it("system df -v tells of each image, container and volume; what images share is no image's own", async () => {
  const lab = labWith("aufs");
  await lab.docker("run --name c1 -v data:/data busybox put /x 12345");
  await lab.docker("commit c1 mine");
  const { out } = await lab.docker("system df -v");
  const rows = out.split("\n").map((line) => line.split(/ {2,}/));
  const [busybox, mine] = ["busybox", "mine"].map((name) => rows.find(([first]) => first === name));
  expect(mine?.slice(5)).toEqual([busybox?.[5], "5B", "0"]);
  expect(busybox?.slice(5)).toEqual([busybox?.[5], "0B", "1"]);
  expect(rows.find((row) => row.at(-1) === "c1")?.slice(3, 5)).toEqual(["1", "5B"]);
  expect(rows.find(([first]) => first === "data")?.slice(1)).toEqual(["1", "0B"]);
  expect(out.match(/^.* usage:.*$/gm)).toEqual([
    "Images space usage:",
    "Containers space usage:",
    "Local Volumes space usage:",
    "Build cache usage: 0B",
  ]);
});

/** As dockerd 20.10.24 with runc 1.1.5 answers, but for where runc says that the error arose. */
it("a program that cannot be executed leaves a container that was never started", async () => {
  const lab = new PlainLab();
  lab.onRun = ({ argv }) =>
    argv[0] === "none"
      ? { exitCode: 127, refusal: 'exec: "none": executable file not found in $PATH' }
      : null;
  const ran = await lab.docker("run --name c1 busybox none");
  expect(ran.code).toBe(127);
  expect(ran.err).toContain(
    'docker: Error response from daemon: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "none": executable file not found in $PATH: unknown.\n',
  );
  expect(ran.err).not.toContain("--help");
  const format = "--format {{.State.Status}},{{.State.ExitCode}}";
  expect((await lab.docker(`inspect ${format} c1`)).out).toBe("created,127\n");
  expect((await lab.docker("run --rm --name c2 busybox none")).code).toBe(127);
  expect((await lab.docker("ps -a --format {{.Names}}")).out).toBe("c1\n");
  await lab.docker("run -d --name c3 busybox sleep 9");
  const executed = await lab.docker("exec c3 none");
  expect([executed.code, executed.err]).toEqual([126, ""]);
  expect(executed.out).toMatch(/^OCI runtime exec failed: exec failed: .*: unknown\n$/);
  const elsewhere = await lab.docker("exec -w /none c3 true");
  expect([elsewhere.code, elsewhere.out]).toEqual([
    126,
    'OCI runtime exec failed: exec failed: container_linux.go:380: starting container process caused: chdir to cwd ("/none") set in config.json failed: no such file or directory: unknown\n',
  ]);
});

it.each([
  ["run -v a:rel busybox", /mount path must be absolute\.\nSee 'docker run --help'\.\n$/],
  ["run -v a:/b:zz busybox", /^docker: .*: invalid mode: zz\.\nSee/],
  ["run -v /a:ro busybox", /invalid volume specification: '\/a:ro'\./],
  ["run --name _ busybox", /are allowed\.\nSee 'docker run --help'\.\n$/],
  ["create --name _ busybox", /^Error response from daemon: Invalid .* are allowed\n$/],
  ["cp c1:/etc /none/x", /^invalid output path: directory "\/none" does not exist\n$/],
  ["cp /etc c1:/none/x", /^Error: No such container:path: c1:\/none\n$/],
  ["cp none c1:/x", /^lstat \/root\/none: no such file or directory\n$/],
  ["rename c1 _", /^.*: Error when allocating new name: Invalid .*\nError: failed to rename.*\n$/],
  ["commit c1 BAD", /^invalid reference format: repository name must be lowercase\n$/],
])("docker %s is refused in Docker's words", async (line, message) => {
  const lab = labWith("overlay2");
  await lab.docker("create --name c1 busybox sleep 1");
  const answer = await lab.docker(line);
  expect(answer.err).toMatch(message);
  expect(answer.code).not.toBe(0);
});
