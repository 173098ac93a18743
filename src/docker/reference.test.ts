import { expect, it } from "vitest";
import { libraryReferences, parseReference, repositoryPath } from "./reference.ts";

it.each([
  ["ubuntu", { name: "ubuntu", tag: "latest" }],
  ["ubuntu:14.04", { name: "ubuntu", tag: "14.04" }],
  ["docker.io/library/ubuntu", { name: "ubuntu", tag: "latest" }],
  ["localhost:5000/a/b:v1", { name: "localhost:5000/a/b", tag: "v1" }],
  ["Upper", null],
  ["a:b:c", null],
  ["", null],
])("%j is read", (text, reference) => {
  expect(parseReference(text)).toEqual(reference);
});

it.each([
  [["localhost/web:latest"], "web.tar", ["localhost/web:latest"]],
  [["docker.io/library/web:1"], "x.tar", ["web:1"]],
  [["latest"], "/tmp/My Web.tar.zst", ["my-web:latest"]],
  [["v1", "v2"], "web.tar", ["web:v1", "web:v2"]],
  [[], "web.layers", ["web.layers:latest"]],
  [["app@sha256:00"], "a.tar", ["a:app"]],
  [[], "...tar", ["image:latest"]],
])("an archive that calls itself %j in %s is in the library as %j", (given, file, references) => {
  expect(libraryReferences(given, file)).toEqual(references);
});

it.each([
  ["ubuntu", "library/ubuntu"],
  ["me/app", "me/app"],
  ["localhost/web", "web"],
  ["registry.example:5000/a/b", "a/b"],
])("a registry calls %j %j", (name, path) => {
  expect(repositoryPath(name)).toBe(path);
});
