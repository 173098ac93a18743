import { expect, it } from "vitest";
import { drawnLayers } from "../image/union/drawn-layers.ts";
import { unionOf } from "../image/union/union.ts";
import { MOST_HITS, searchLayers } from "./layer-search.ts";
import { foundIn } from "./search-hit.ts";

const union = unionOf(
  drawnLayers(`
    usr/ usr/lib/ opt! lib->usr/lib srv/never!
    etc/passwd=22 opt/ opt/Passwd-backup=1 etc/ssl/cert!
    etc/ etc/passwd=1 etc/ssl/ etc/ssl/cert=12 lib/ lib/so=123
  `),
);
const search = (text: string) => searchLayers(union, text);

it("finds names in every layer, whole names first, then beginnings, then the rest, whatever their case", () => {
  expect(search("PASSWD")).toEqual({
    paths: ["/etc/passwd", "/opt/Passwd-backup"],
    entries: 3,
    layers: 2,
  });
  expect(search("s").paths).toEqual([
    "/etc/ssl",
    "/lib/so",
    "/srv",
    "/etc/passwd",
    "/opt/Passwd-backup",
    "/usr",
  ]);
});

it("finds a whiteout by the name it removes, and no opaque mark", () => {
  expect(search("cert")).toEqual({ paths: ["/etc/ssl/cert"], entries: 2, layers: 2 });
  expect(search("never").paths).toEqual(["/srv/never"]);
  const opaque = unionOf(drawnLayers("d/!! d/a=1\nd/ d/b=1"));
  expect(searchLayers(opaque, "opq").paths).toEqual([]);
});

it("with a slash what follows it begins the name and what comes before ends the directory", () => {
  expect(search("etc/s").paths).toEqual(["/etc/ssl"]);
  expect(search("etc/ssl/").paths).toEqual(["/etc/ssl/cert"]);
  expect(search("/ssl").paths).toEqual(["/etc/ssl"]);
  expect(search("etc/asswd").paths).toEqual([]);
});

it("nothing is found for nothing, and of very much the first paths and the number of all", () => {
  expect(search("  ")).toEqual({ paths: [], entries: 0, layers: 0 });
  const many = Array.from({ length: MOST_HITS + 50 }, (_, at) => `f${at}=1`).join(" ");
  const found = searchLayers(unionOf(drawnLayers(many)), "f");
  expect([found.paths.length, found.entries]).toEqual([MOST_HITS, MOST_HITS + 50]);
});

it("says of a path which layers have it and what hides it", () => {
  const at = (path: string) => foundIn(union, path, "docker");
  expect(at("/etc/passwd")).toEqual({ state: "seen", layers: [1, 2], top: 2, bytes: 2 });
  expect(at("/etc/ssl")).toMatchObject({ state: "seen", bytes: null });
  expect(at("/etc/ssl/cert")).toMatchObject({ state: "hidden", by: 2, layers: [1], bytes: 2 });
  expect(at("/opt/Passwd-backup")).toMatchObject({ state: "hidden", by: 3, layers: [2] });
  expect(at("/srv/never")).toMatchObject({ state: "removed", by: 3, layers: [] });
  expect(at("/lib/so")).toMatchObject({ layers: [1], top: 1 });
});
