import { expect, it } from "vitest";
import { shortCommand } from "./command.ts";

it("takes the builders' wrapping off a command", () => {
  expect(shortCommand('/bin/sh -c #(nop)  CMD ["bash"]')).toBe('CMD ["bash"]');
  expect(shortCommand("/bin/sh -c apt-get update &&     apt-get install -y x")).toBe(
    "RUN apt-get update && apt-get install -y x",
  );
  expect(shortCommand("RUN /bin/sh -c rm -rf /x # buildkit")).toBe("RUN rm -rf /x");
  expect(shortCommand("RUN |2 A=1 B=2 /bin/sh -c make all # buildkit")).toBe("RUN make all");
  expect(shortCommand("/bin/sh -c #(nop) ADD file:0123456789abcdef0123 in / ")).toBe("ADD … /");
  expect(shortCommand("COPY motd /etc/motd # buildkit")).toBe("COPY motd /etc/motd");
  expect(shortCommand('RUN ["/bin/sh","-c","echo a > b"]')).toBe("RUN echo a > b");
  expect(shortCommand('/bin/sh -c ["/bin/sh","-c","rm /d/f5"]')).toBe("RUN rm /d/f5");
  expect(shortCommand('RUN ["ls"]')).toBe('RUN ["ls"]');
});
