/**
 * What docker says in words of the lab, where the real one would do what is asked or has another answer. All else it
 * prints is Docker's own text, which is English everywhere.
 */
export interface DockerWords {
  /** `near`: what comes next to it here, as it would be typed. */
  notHere(what: string, near: string): string;
  readonly near: {
    readonly login: string;
    readonly network: string;
    readonly search: string;
  };
  readonly overview: string;
  /** What stands after Docker's own "pull access denied … 'docker login': ". */
  noRegistry(library: readonly string[]): string;
  onlyDataRoot(root: string): string;
  readonly overlay2TooEarly: string;
  notAContext(given: string): string;
  readonly ignoreFile: string;
  readonly stopFirst: string;
  unknownUser(user: string): string;
  /** Stands before Docker's own "max depth exceeded". */
  tooDeep(layers: number, most: number): string;
}

export const ENGLISH_DOCKER: DockerWords = {
  notHere: (what, near) => `${what} is not in this lab. Near: ${near}`,
  near: {
    login: "docker pull (the lab's library needs none)",
    network: "docker exec (containers here have no network)",
    search: "docker pull (names an unknown image, and the library answers)",
  },
  overview: "The docker of the lab. What it does not have says so.",
  noRegistry: (library) => `this lab has no registry. Its library has: ${library.join(", ")}`,
  onlyDataRoot: (root) => `--data-root is not supported: the lab's Docker keeps to ${root}`,
  overlay2TooEarly: "overlay2 came with Docker 1.12. Near: dockerd --storage-driver=overlay2",
  notAContext: (given) =>
    `the context must be a directory of the host, not ${given}. Near: docker build PATH`,
  ignoreFile: ".dockerignore is not in this lab: all of the context is there to be copied.",
  stopFirst: "stop the container first. Near: docker commit, docker save",
  tooDeep: (layers, most) =>
    `The image has ${layers} layers. Docker takes ${most}: with the container's two branches that is the 127 that aufs can stack.`,
  unknownUser: (user) =>
    `the image's user ${user} is not in its /etc/passwd. Docker would refuse to start it; the lab goes on as root.`,
};
