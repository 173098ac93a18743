import { createContainer } from "./containers.ts";
import { findInLibrary, registerLibraryImage, tagImage } from "./images.ts";
import type { Session } from "./session.ts";

/** The ids of Docker's own text on the aufs driver (1.9): the layers of its ubuntu, base first, and its container. */
const IMAGES_BASE_FIRST = [
  "d3a1f33e8a5a513092f01bb7eb1c2abf4d711e5105390a3fe1ae2248cfde1391",
  "c22013c8472965aa5b62559f2b540cd440716ef149756e7b958a1b2aba421e87",
  "d74508fb6632491cea586a1fd7d748dfc5274cd6fdfedee309ecdcbc2bf5cb82",
  "91e54dfb11794fad694460162bf0cb0a4fa710cfa3f60979c177d920813e267c",
] as const;
const CONTAINER = "b41a6e5a508dfa02607199dfe51ed9345a675c977f2cafe8ef3e4b0b5773404e";

/**
 * Puts into a new 1.9 daemon what the text's own host had: its ubuntu of four layers, and one container, stopped.
 * Nothing when the library has no such ubuntu.
 */
export async function furnish(session: Session): Promise<void> {
  const found = findInLibrary(session.docker.library, "ubuntu");
  if (found?.image.layersBaseFirst.length !== IMAGES_BASE_FIRST.length) return;
  const { ids } = session.docker;
  session.setDocker({ ids: { ...ids, queue: [...IMAGES_BASE_FIRST, CONTAINER, ...ids.queue] } });
  const { image } = await registerLibraryImage(session, found.image);
  tagImage(session, found.reference, image.id);
  createContainer(session, {
    image,
    imageName: "ubuntu",
    name: undefined,
    config: image.config.run,
    mounts: [],
    tty: true,
    interactive: true,
    autoRemove: false,
    hostname: undefined,
  });
}
