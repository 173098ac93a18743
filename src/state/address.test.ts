import { expect, it } from "vitest";
import { type Address, readAddress, writeAddress } from "./address.ts";

const full: Address = {
  view: "explore",
  image: "0123456789ab",
  layer: 3,
  mode: "changes",
  path: "/usr/a b&c=d+e%/ü",
  semantics: "oci",
  language: "zh-Hans",
  theme: "dark",
};

it("comes back as it was written", () => {
  expect(readAddress(writeAddress(full, ""))).toEqual(full);
});

it("keeps a name that is not UTF-8", () => {
  const path = "/caf\udce9/\udc80";
  expect(readAddress(writeAddress({ ...full, path }, "")).path).toBe(path);
  expect(writeAddress({ ...full, path }, "")).toContain("path=/caf%E9/%80");
});

it("leaves other parameters alone", () => {
  expect(writeAddress(readAddress(""), "?open=/a.tar&layer=9")).toBe("?open=/a.tar");
});

it("does not believe what it does not know", () => {
  expect(readAddress("?layer=-2&mode=x&path=etc&theme=neon&semantics=aufs")).toEqual({
    view: null,
    image: null,
    layer: null,
    mode: null,
    path: null,
    semantics: null,
    language: null,
    theme: null,
  });
});

it("takes a regional tag for its language", () => {
  expect(readAddress("?lang=zh-CN").language).toBe("zh-Hans");
});
