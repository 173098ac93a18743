import { expect, it } from "vitest";
import { renderTemplate, TemplateError } from "./template.ts";

const data = {
  Id: "abc",
  State: { Running: true, Pid: 12 },
  Mounts: [
    { Source: "/a", RW: true },
    { Source: "/b", RW: false },
  ],
  Labels: { b: "2", a: "1" },
  Data: null,
  Tags: [] as string[],
};

it.each([
  ["{{.Id}}", "abc"],
  ["{{.State.Running}}/{{.State.Pid}}", "true/12"],
  ["{{json .Mounts}}", '[{"Source":"/a","RW":true},{"Source":"/b","RW":false}]'],
  ["{{range .Mounts}}{{.Source}} {{end}}", "/a /b "],
  ["{{range $k, $v := .Labels}}{{$k}}={{$v}};{{end}}", "a=1;b=2;"],
  ["{{range .Tags}}x{{else}}none{{end}}", "none"],
  ["{{(index .Mounts 1).Source}}", "/b"],
  ["{{if .State.Running}}up{{else if .Id}}id{{else}}down{{end}}", "up"],
  ["{{with .State}}{{.Pid}}{{$.Id}}{{end}}", "12abc"],
  ['{{.Id | upper | printf "%5s|"}}', "  ABC|"],
  [
    "{{.Labels}} {{.Mounts}} {{.Data}}",
    "map[a:1 b:2] [map[RW:true Source:/a] map[RW:false Source:/b]] <nil>",
  ],
  ["a {{- .Id -}} b", "aabcb"],
  ['{{if and (eq .Id "abc") (not .Data)}}yes{{end}}', "yes"],
  ['{{join .Tags ","}}{{len .Mounts}}', "2"],
])("%s", (template, expected) => {
  expect(renderTemplate(template, data)).toBe(expected);
});

it.each([
  ["{{.Nope}}", 'map has no entry for key "Nope"'],
  ["{{.Id", "unclosed action"],
  ["{{frob .Id}}", 'function "frob" not defined'],
  ["{{if .Id}}x", "unexpected EOF"],
])("%s is refused", (template, message) => {
  expect(() => renderTemplate(template, data)).toThrow(TemplateError);
  expect(() => renderTemplate(template, data)).toThrow(message);
});
