import { Command, Option } from "commander";

const program = new Command("unionscope")
  .description("See how container images and containers are stored.")
  .configureOutput({ outputError: (text, write) => write(text) })
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

const imageOption = new Option("--image <ref>", "the image to take: a name, an ID or a digest");
const platformOption = new Option(
  "--platform <p>",
  "the platform to take: os/architecture[/variant]",
);
const semanticsOption = new Option("--semantics <reading>", "how layers are read")
  .choices(["docker", "oci"])
  .default("docker");
const uptoOption = new Option("--upto <k>", "the first k layers, merged; 1 is the base").argParser(
  Number,
);

program
  .command("inspect")
  .description("What an archive holds: images, layers, digests, problems")
  .argument("<file...>", "an archive, a directory of one, or layers, base first")
  .option("--json", "as JSON (src/cli/SCHEMA.md)")
  .action(async (files, options) => {
    const { inspect } = await import("./inspect.ts");
    process.exitCode = await inspect(files, options);
  });

program
  .command("ls")
  .description("The files of an image, or of one of its layers")
  .argument("<file...>", "an archive, a directory of one, or layers, base first")
  .addOption(imageOption)
  .addOption(platformOption)
  .addOption(new Option("--layer <k>", "what layer k holds; 1 is the base").argParser(Number))
  .addOption(uptoOption.conflicts("layer"))
  .addOption(semanticsOption)
  .option("--tsv", "as tab-separated values with a header")
  .option("--no-hash", "leave the files' SHA-256 and the layers' digests out")
  .action(async (files, options) => {
    const { ls } = await import("./ls.ts");
    process.exitCode = await ls(files, options);
  });

program
  .command("resolve")
  .description("How a path is found in the union: which layers are asked, and what each says")
  .argument("<file...>", "an archive, a directory of one, or layers; then the path")
  .usage("[options] <file...> <path>")
  .addOption(imageOption)
  .addOption(platformOption)
  .addOption(uptoOption)
  .addOption(semanticsOption)
  .option("--json", "as JSON (src/cli/SCHEMA.md)")
  .action(async (files, options) => {
    const { resolve } = await import("./resolve.ts");
    process.exitCode = await resolve(files, options);
  });

program
  .command("analyze")
  .description("What an image stores and nobody sees: files that a layer above removes or replaces")
  .argument("<file...>", "an archive, a directory of one, or layers, base first")
  .addOption(imageOption)
  .addOption(platformOption)
  .addOption(semanticsOption)
  .option("--json", "as JSON (src/cli/SCHEMA.md)")
  .action(async (files, options) => {
    const { analyze } = await import("./analyze.ts");
    process.exitCode = await analyze(files, options);
  });

program
  .command("lab")
  .description("Runs lines at the prompt of a simulated Docker host")
  .argument("[script]", "a file of lines; - or nothing for standard input")
  .option("--image <file...>", "archives that the host can run, under their own names")
  .addOption(
    new Option("--driver <name>", "the daemon's storage driver")
      .choices(["aufs", "overlay2", "vfs"])
      .default("aufs"),
  )
  .option("--json", "as JSON (src/cli/SCHEMA.md)")
  .action(async (script, options) => {
    const { lab } = await import("./lab.ts");
    process.exitCode = await lab(script, options);
  });

program
  .command("conformance")
  .description("Replays what real kernels did, and says where the engine differs")
  .argument("<file...>", "recorded cases as JSON lines, gzipped or not")
  .option("--record", "print the cases with what the engine does, as JSON lines")
  .action(async (files, options) => {
    const { conformance } = await import("./conformance.ts");
    process.exitCode = await conformance(files, options);
  });

await program.parseAsync();
