import { Command } from "commander";

const program = new Command("unionscope").description(
  "See how container images and containers are stored.",
);
await program.parseAsync();
