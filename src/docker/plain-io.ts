import { type Content, contentLength, pieceLength } from "../tree/content.ts";
import { flattenContent } from "./blobs.ts";
import { createHost, type HostOptions } from "./boot.ts";
import { docker } from "./cli.ts";
import { ENGLISH_DOCKER } from "./docker-words.ts";
import { sha256OfBytes } from "./ids.ts";
import type { CommandEnd, ContainerCommand, DockerIo } from "./io.ts";
import { miniatures } from "./miniatures.ts";
import { QuietHost } from "./quiet-io.ts";

/** What a command gave. */
export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

type RunAnswer = number | null | CommandEnd;

/**
 * A host and its docker without a shell: what is printed is kept as text, and a container's command is a function.
 * It serves where nothing has to be typed, and in tests.
 */
export class PlainLab {
  readonly #quiet: QuietHost;
  /** Runs the commands of containers; gives the exit code, null to go on running, or why nothing was executed. */
  onRun: (command: ContainerCommand) => RunAnswer | Promise<RunAnswer> = () => null;
  /** Fetches content that is in opened archives. */
  fetch: (content: Content) => Promise<Uint8Array> = () =>
    Promise.reject(new RangeError("no archive is open here"));
  /** Opens an archive that lies on the host. */
  openArchive: DockerIo["openArchive"] = () =>
    Promise.reject(new RangeError("no archive opens here"));
  #out = "";
  #err = "";
  /** What the last `docker save` or `docker export` wrote to standard output. */
  saved: Content = [];

  constructor(options: Partial<HostOptions> = {}) {
    this.#quiet = new QuietHost(
      createHost({
        library: miniatures(),
        driver: "aufs",
        release: "19.03",
        seed: "plain",
        clock: { sec: 1_450_000_000, nsec: 0 },
        ...options,
      }),
    );
  }

  get host() {
    return this.#quiet.host;
  }

  /** Runs one docker command line: words separated by blanks, or a list of words. */
  async docker(line: string | readonly string[]): Promise<Answer> {
    const argv = typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line;
    return this.run((io) => docker(io, argv));
  }

  async run(work: (io: DockerIo) => Promise<number>): Promise<Answer> {
    this.#out = "";
    this.#err = "";
    const { host } = this;
    this.#quiet.host = { ...host, clock: { sec: host.clock.sec + 1, nsec: 0 } };
    const code = await work(this.io());
    return { code, out: this.#out, err: this.#err };
  }

  kernel(pid: number) {
    return this.#quiet.kernel(pid);
  }

  io(): DockerIo {
    const quiet = this.#quiet;
    return {
      host: () => quiet.host,
      setHost: (host) => {
        quiet.host = host;
      },
      call: (pid, type, args) => quiet.call(pid, type, args),
      now: () => quiet.host.clock.sec * 1000,
      out: (text) => {
        this.#out += text;
      },
      err: (text) => {
        this.#err += text;
      },
      outContent: (content) => {
        this.saved = content;
      },
      isTerminal: false,
      words: () => ENGLISH_DOCKER,
      stdin: null,
      cwd: "/root",
      env: {},
      pid: 1,
      digest: async (content) => sha256OfBytes(await this.bytes(content)),
      bytes: (content) => this.bytes(content),
      openArchive: (content, name) => this.openArchive(content, name),
      run: async (command) => {
        const answer = await this.onRun(command);
        return typeof answer === "object" && answer !== null ? answer : { exitCode: answer };
      },
    };
  }

  /** The bytes of content, wherever it is from. */
  async bytes(content: Content): Promise<Uint8Array> {
    const flat = flattenContent(this.host.docker.blobs, content);
    const bytes = new Uint8Array(contentLength(flat));
    let at = 0;
    for (const piece of flat) {
      if (piece.type === "bytes") bytes.set(piece.bytes, at);
      else if (piece.type === "blob") bytes.set(await this.fetch([piece]), at);
      at += pieceLength(piece);
    }
    return bytes;
  }
}
