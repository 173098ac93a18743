import { describe, expect, it } from "vitest";
import type { Host } from "../../docker/host.ts";
import { hostAfter, ran, shown } from "../lab.fixture.ts";

/** A union of two branches at /m, without Docker: /rw over /low. */
const AUFS = [
  "mkdir -p /rw /low/d /low/deep/er /m",
  "echo low > /low/f; printf '%1000s' x > /low/big; echo x > /low/d/x; echo y > /low/deep/er/y",
  "mount -t aufs -o br=/rw=rw:/low=ro none /m; cd /m",
];
const OVERLAY = [
  "mkdir -p /up /work /low/d /m",
  "echo low > /low/f; echo x > /low/d/x",
  "mount -t overlay none -o lowerdir=/low,upperdir=/up,workdir=/work /m; cd /m",
];

const metersOf = async (host: Host, line: string) => (await ran(line, host)).meters;

describe("commands on aufs", () => {
  it("> truncates: nothing is copied up", async () => {
    const meters = await metersOf(await hostAfter(AUFS), "echo new > big");
    expect([meters.copyUps, meters.bytesCopiedUp]).toEqual([1, 0]);
  });

  it(">> copies the whole file first, once", async () => {
    const host = await hostAfter(AUFS);
    const first = await ran("echo more >> big", host);
    expect([first.meters.copyUps, first.meters.bytesCopiedUp]).toEqual([1, 1000]);
    expect((await metersOf(first.host, "echo more >> big")).copyUps).toBe(0);
  });

  it("sed -i reads below, writes a new file above and renames it: no copy-up of the file", async () => {
    const { meters, steps, host } = await ran("sed -i s/low/new/ f", await hostAfter(AUFS));
    expect(meters.copyUps).toBe(0);
    expect(steps.map(({ call }) => call.type)).toContain("rename");
    expect(await shown("cat f /low/f; ls -A /rw | grep -v wh", host)).toBe("new\nlow\nf\n");
  });

  it("mv of a lower directory is refused with EXDEV, copied and removed", async () => {
    const { steps, host, exitCode } = await ran("mv d e", await hostAfter(AUFS));
    expect(exitCode).toBe(0);
    expect(steps.find(({ call }) => call.type === "rename")?.errno).toBe("EXDEV");
    expect(await shown("ls; cat e/x; ls -A /rw | grep -v '^.wh..wh'", host)).toBe(
      "big  deep  e  f\nx\n.wh.d\ne\n",
    );
  });

  it("mv of a lower file copies it up and renames", async () => {
    const { meters, steps } = await ran("mv f g", await hostAfter(AUFS));
    expect([meters.copyUps, meters.whiteoutsMade]).toEqual([1, 1]);
    expect(steps.find(({ call }) => call.type === "rename")?.errno).toBeNull();
  });

  it("rm hides by a whiteout; rm -r walks, and the upper directory goes", async () => {
    const host = await hostAfter([...AUFS, "rm f; rm -r deep"]);
    expect(await shown("ls; ls -A /rw | grep -v '^.wh..wh'; ls /low", host)).toBe(
      "big  d\n.wh.deep\n.wh.f\nbig  d  deep  f\n",
    );
  });

  it("touch opens for writing, so it copies up; touch -c and chmod copy too; cat does not", async () => {
    const host = await hostAfter(AUFS);
    for (const line of ["touch big", "touch -c big", "chmod 600 big", "chown 1 big"])
      expect([line, (await metersOf(host, line)).bytesCopiedUp]).toEqual([line, 1000]);
    expect((await metersOf(host, "cat big; ls -l; grep x big; find .")).copyUps).toBe(0);
  });

  it("cp inside the union reads below and writes above; ln keeps both names one file", async () => {
    const host = await hostAfter([...AUFS, "cp f copy; ln f hard"]);
    expect(await shown("cat copy hard; stat -c %h f hard", host)).toBe("low\nlow\n2\n2\n");
  });

  it("is taken off with its branches whole, and refuses while someone is in it", async () => {
    const host = await hostAfter(AUFS);
    expect(await shown("umount /m", host)).toBe("umount: /m: target is busy.\n[32]");
    expect(await shown("cd /; umount /m; ls /m; cat /low/f", host)).toBe("low\n");
  });
});

describe("commands on overlayfs", () => {
  it("rm makes a character device 0:0, mkdir over it an opaque directory", async () => {
    const host = await hostAfter([...OVERLAY, "rm f; rm -r d; mkdir d"]);
    expect(
      await shown("stat -c '%F %t:%T' /up/f; getfattr -n trusted.overlay.opaque /up/d", host),
    ).toBe('character special file 0:0\n# file: up/d\ntrusted.overlay.opaque="y"\n\n');
    expect(await shown("ls -A d; ls", host)).toBe("d\n");
  });

  it("mv of a lower directory is copied, for want of redirect_dir", async () => {
    const { steps, host } = await ran("mv d e", await hostAfter(OVERLAY));
    expect(steps.find(({ call }) => call.type === "rename")?.errno).toBe("EXDEV");
    expect(await shown("cat e/x", host)).toBe("x\n");
  });
});

describe("mount", () => {
  it("adds and takes branches by remount, and says what is wrong", async () => {
    const host = await hostAfter([...AUFS, "mkdir /more; echo m > /more/extra"]);
    expect(await shown("mount -o remount,append:/more=ro /m; cat extra", host)).toBe("m\n");
    expect(await shown("mount -t aufs none /none", host)).toMatch(/^mount: .*br=/);
    expect(await shown("mount -t nfs a:/b /m", host)).toMatch(/unknown filesystem type 'nfs'/);
    expect(await shown("mount --bind /more /low; ls /low", host)).toBe("extra\n");
  });

  it("lists what /proc/mounts has", async () => {
    const host = await hostAfter(AUFS);
    expect(await shown("mount | grep aufs; grep -c aufs /proc/mounts", host)).toMatch(
      /^none on \/m type aufs \(rw,.*\)\n1\n$/,
    );
  });

  it("a full tmpfs refuses as coreutils say it", async () => {
    const host = await hostAfter(["mkdir /s; mount -t tmpfs -o size=8k none /s; cd /s"]);
    expect(await shown("printf '%5000s' x > a; printf '%9000s' y > b", host)).toMatch(
      /^bash: printf: write error: No space left on device\n\[1\]$/,
    );
    expect(
      await shown("cp /etc/passwd p; truncate -s 1M t; dd if=/dev/zero of=z bs=1k count=20", host),
    ).toMatch(/dd: error writing 'z': No space left on device\n/);
  });
});

describe("the lab's own verbs", () => {
  it("probe tells who was asked and what each said", async () => {
    const host = await hostAfter([...AUFS, "rm f"]);
    expect(await shown("probe d f", host)).toBe(
      [
        "d: dir",
        "  /d  branch 0 does not have it (whiteout missing, name missing)",
        "  /d  branch 1 has it (name found, opaque missing)",
        "f: No such file or directory",
        "  /f  branch 0 has a whiteout: hidden here and below (whiteout found, name missing)",
        "[1]",
      ].join("\n"),
    );
  });

  it("why tells the reason in one line, and who was not asked", async () => {
    const host = await hostAfter([...AUFS, "rm f; echo top > big"]);
    expect(await shown("why f big; why none; why /etc", host)).toBe(
      [
        "f: hidden by the whiteout in branch 0",
        "  branch 1 was not asked: a whiteout above hides the name",
        "big: file of branch 0",
        "  branch 1 was not asked: a branch above has a file of that name",
        "none: No such file or directory: no branch has it",
        "/etc: dir; no union was asked: it lies on a plain file system",
        "",
      ].join("\n"),
    );
  });

  it("strace prints the calls of a command with their results", async () => {
    expect(await shown("echo hi > /tmp/a; strace cat /tmp/a /tmp/b", await hostAfter([]))).toBe(
      [
        "hi",
        "cat: /tmp/b: No such file or directory",
        'openat(AT_FDCWD, "/tmp/a", O_RDONLY) = 3',
        "read(3, …, 131072) = 3",
        "read(3, …, 131072) = 0",
        "close(3) = 0",
        'openat(AT_FDCWD, "/tmp/b", O_RDONLY) = -1 ENOENT (No such file or directory)',
        "exit() = 0",
        "+++ exited with 1 +++",
        "[1]",
      ].join("\n"),
    );
  });

  it("what walks a tree goes by open directories, and looks up one name at each", async () => {
    const host = await hostAfter(["mkdir -p /tmp/d/e/g", "ln -s x /tmp/d/e/g/l"]);
    expect(await shown("strace rm -r /tmp/d/e", host)).toBe(
      [
        'lstat("/tmp/d/e") = 0',
        'openat(AT_FDCWD, "/tmp/d/e", O_RDONLY|O_DIRECTORY) = 3',
        "getdents64(3) = 1 /* entry */",
        'openat(3, "g", O_RDONLY|O_DIRECTORY) = 4',
        "getdents64(4) = 1 /* entry */",
        'unlinkat(4, "l", 0) = 0',
        "close(4) = 0",
        'unlinkat(3, "g", AT_REMOVEDIR) = 0',
        "close(3) = 0",
        'rmdir("/tmp/d/e") = 0',
        "exit() = 0",
        "+++ exited with 0 +++",
        "",
      ].join("\n"),
    );
  });
});

describe("who runs it", () => {
  it("sudo, su and id", async () => {
    expect(
      await shown(
        "sudo -u user id -un; su user -c 'id -u'; sudo -u nobody touch /root/x; id -u; id nosuch",
      ),
    ).toBe(
      "user\n1000\ntouch: cannot touch '/root/x': Permission denied\n0\nid: 'nosuch': no such user\n[1]",
    );
  });

  it("a file of root is refused to others, and a sticky directory's names too", async () => {
    const host = await hostAfter(["echo s > /tmp/secret; chmod 600 /tmp/secret"]);
    expect(await shown("sudo -u user cat /tmp/secret; sudo -u user rm /tmp/secret", host)).toBe(
      "cat: /tmp/secret: Permission denied\nrm: cannot remove '/tmp/secret': Operation not permitted\n[1]",
    );
  });
});
