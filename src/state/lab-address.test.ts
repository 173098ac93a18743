import { describe, expect, it } from "vitest";
import { readLabAddress, withMoment } from "./lab-address.ts";
import { ALL_FOLLOWS } from "./lab-script.ts";

const cursor = { command: 3, tick: 14 };

describe("the Lab's part of the URL", () => {
  it("has the moment, and of the stage only what a person set", () => {
    expect(withMoment("?view=lab&lab=seed", { cursor, showing: ALL_FOLLOWS })).toBe(
      "?view=lab&t=3.14",
    );
    const showing = {
      union: "/mnt/a b",
      directory: "/etc/\u{1f600}&x",
      picture: "metadata",
      figure: "aufs_metadata",
      selected: { type: "layer", directory: "/var/lib/docker/aufs/diff/91e5" },
    } as const;
    const search = withMoment("?view=lab&dir=/old", { cursor, showing });
    expect(search).toContain("picture=metadata&figure=aufs_metadata");
    expect(readLabAddress(search, "")).toMatchObject({ cursor, showing });
    expect(withMoment(search, null)).toBe("?view=lab");
  });

  it("says nothing of what it does not know", () => {
    const { showing } = readLabAddress("?view=lab&picture=photograph&figure=7&dir=etc&on=", "");
    expect(showing).toEqual({});
  });
});
