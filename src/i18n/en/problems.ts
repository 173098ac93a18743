/**
 * One sentence for each problem that the reader finds, by its type; the slots are the problem's facts, some of them put
 * into words first (problem-sentence.ts). The place (file, member, entry, byte) comes before the sentence.
 */
export const problems = {
  "not-an-archive": "This is neither an archive of images nor a layer: it looks like {{seen}}.",
  "empty-file": "The file is empty: it has 0 bytes.",
  "too-short":
    "The file has only {{bytes}} bytes, less than one tar header: it is truncated, or it never was an archive.",
  "empty-archive": "The tar archive has no entries.",
  "no-manifest":
    "Layers are here, but no manifest.json, index.json or repositories names them and their order.",
  "folder-without-image":
    "The folder has no manifest.json, index.json or repositories, and {{path}} in it is no layer: it looks like a file system or an engine’s own store. What docker save, podman save, docker export or tar makes of it opens.",
  "no-index": "This is an OCI layout without its index.json: nothing says which image is in it.",
  "no-oci-layout": "The file oci-layout is missing; the layout was read by its index.json.",
  "no-images": "The archive names no image that could be shown.",
  limit: "Reading stopped at a bound: {{limit}}; the bound is {{bound}}, and {{seen}} was seen.",
  unreadable: "The bytes could not be read; the system says: {{message}}",
  "bytes-after-end": "{{bytes}} bytes follow the end of the tar archive; they are not listed.",
  "json-invalid": "This is not valid JSON: {{reason}}.",
  "json-type": "At {{path}} there should be {{expected}}; there is {{found}}.",
  "member-missing": "The {{role}} {{path}} is not in the archive.",
  "member-not-file": "The {{role}} {{path}} is no file: {{found}}.",
  "manifest-absent":
    "The manifest {{digest}} is named by the index and is not in the archive (it was perhaps made for another platform).",
  "path-outside": "The {{role}} {{path}} would lie outside the archive; it is not read.",
  "digest-invalid": "“{{digest}}” is not a valid digest.",
  "digest-unsupported":
    "The algorithm of the digest {{digest}} is not known here; it is not checked.",
  "size-differs": "The size should be {{declared}} bytes; the blob has {{actual}}.",
  "digest-differs": "The digest should be {{declared}}; the stored bytes have {{actual}}.",
  "diff-id-differs": "The diffID should be {{declared}}; the uncompressed layer has {{actual}}.",
  "layer-count-differs": "The manifest has {{layers}} layers; the config has {{diffIds}} diffIDs.",
  "history-count-differs":
    "The history has {{steps}} steps that make a layer; the image has {{layers}} layers.",
  "media-type-missing": "The descriptor has no media type; it was taken for an image.",
  "media-type-unknown":
    "The media type {{mediaType}} is not known; the layer was read by its bytes.",
  "media-type-wrong":
    "The media type says {{mediaType}}; the bytes are {{found}}, and the bytes are believed.",
  artifact: "This is an artifact of type {{mediaType}}, not an image.",
  "index-cycle": "The index {{digest}} leads back to itself; it is followed once.",
  "index-deep": "Indexes are nested {{depth}} deep; what lies deeper is not read.",
  "images-many": "More than {{bound}} images are named; those after them are left out.",
  "layers-many": "The image has {{layers}} layers; those after the first {{bound}} are left out.",
  "manifests-disagree":
    "manifest.json names files that are not in the archive, index.json names others that are; index.json is believed.",
  "parent-cycle": "The parents of the layers go round in a circle at {{id}}.",
  "parent-missing": "The layer {{id}} needs {{parent}}, which is not in the archive.",
  "rootfs-type-unknown": "The rootfs type {{rootfsType}} is not known; only “layers” is.",
  "layer-foreign": "The layer is not in the archive: it must be fetched from elsewhere ({{urls}}).",
  "layer-encrypted": "The layer is encrypted ({{mediaType}}); its content cannot be shown.",
  "layer-not-tar": "The layer is not a tar archive.",
  "compressed-truncated": "The {{compression}} data is truncated.",
  "compressed-invalid": "The {{compression}} data is broken: {{reason}}.",
  "checksum-differs": "The {{compression}} data came whole, but its check ({{what}}) does not fit.",
  "bytes-after-compressed": "{{bytes}} bytes follow the {{compression}} data; they do not count.",
  "compression-unsupported":
    "The {{compression}} data needs what is not supported here: {{feature}}.",
  "tar-truncated": "The tar archive is truncated: its end is missing.",
  "tar-truncated-by":
    "The tar archive is truncated: at least {{missing, number}} bytes are missing.",
  "tar-no-end": "The tar archive has no end-of-archive blocks.",
  "tar-padding-missing": "The last file of the tar archive is not filled up to a whole block.",
  "tar-checksum": "The checksum of this tar header is wrong; what follows cannot be read.",
  "tar-number": "The field {{field}} of the tar header is not a number: “{{value}}”.",
  "tar-size-negative": "The size in the tar header is negative: {{value}}.",
  "tar-name-empty": "The entry has an empty name; it is left out.",
  "tar-type-unknown": "The entry has the unknown type “{{typeflag}}”; it was read as a file.",
  "tar-type-skipped": "The entry has the type “{{typeflag}}”, which is no file; it is left out.",
  "tar-size-ignored":
    "The entry claims {{size}} bytes of data, which its type does not have; none were read.",
  "tar-long-header":
    "The extended header “{{header}}” claims {{size}} bytes, more than is read; it is left out.",
  "tar-header-at-end": "The extended header “{{header}}” has no entry after it.",
  "tar-header-twice": "Two extended headers “{{header}}” precede one entry; the later one holds.",
  "pax-record": "The PAX header is broken: {{reason}}.",
  "pax-value": "The PAX record {{key}} has an impossible value: “{{value}}”; it is left out.",
  "pax-global":
    "The global PAX header sets {{keys}}; as in Docker, it does not count for the entries.",
  "sparse-invalid": "The map of the sparse file is broken: {{reason}}.",
  "path-clamped": "The path leads out of the root by “..”; the entry stands at {{path}}.",
  "root-not-directory":
    "The entry would replace the root directory by something else; it is left out.",
  "through-symlink": "The path leads through the symlink {{link}}; the entry stands at {{path}}.",
  "symlink-loop": "The path leads through the symlink {{link}}, which goes round; it is left out.",
  "through-file":
    "The path leads through {{parent}}, which is no directory; a directory took its place.",
  duplicate: "{{path}} is in this layer before; the later entry holds.",
  "name-too-long": "The name has {{bytes}} bytes; Linux allows 255.",
  "path-too-long": "The path has {{bytes}} bytes; Linux allows 4096.",
  "hardlink-missing": "The hard link leads to {{target}}, which is not in this layer.",
  "hardlink-forward":
    "The hard link stands before its target {{target}}; unpackers refuse that, here it is bound.",
  "hardlink-self": "The hard link leads to itself; it is left out.",
  "hardlink-directory": "The hard link leads to the directory {{target}}; it is left out.",
  "whiteout-invalid": "“{{name}}” is a whiteout that hides no possible name; unpackers refuse it.",
  "whiteout-and-entry":
    "{{name}} is whited out and there in the same layer, the whiteout after it: umoci keeps it, Docker and podman refuse the layer.",
  "whiteout-before-entry":
    "{{name}} is whited out and made again in the same layer: the entry stays.",
  more: "And {{number}} more problems of this kind: {{of}}.",
  place: { byte: "byte {{offset}}" },
  role: {
    manifest: "manifest",
    index: "index",
    config: "config",
    layer: "layer",
    "layer-json": "layer description",
  },
  found: {
    directory: "it is a directory",
    "link-loop": "it is a symlink that goes round",
    "link-out": "it is a symlink that leads out of the archive",
    "link-broken": "it is a symlink that leads nowhere",
    other: "it is a device or a pipe",
  },
  limits: {
    outputBytes: "uncompressed bytes",
    textBytes: "bytes of names, link targets and attributes",
    ratio: "uncompressed bytes for each compressed byte",
    entries: "entries",
    impliedDirectories: "directories without an entry of their own",
    jsonBytes: "bytes of one JSON document",
  },
  pax: {
    length: "a record's length does not fit",
    newline: "a record does not end with a newline",
    zero: "a record has length 0",
    "no-equals": "a record has no “=”",
    nul: "a name has a NUL byte in it",
  },
  json: {
    string: "a string",
    list: "a list",
    object: "an object",
    number: "a number",
    boolean: "a boolean",
    null: "null",
    nothing: "nothing",
    base64: "base64",
  },
  seen: { text: "text", data: "other data", file: "a file of type {{kind}}" },
  elsewhere: "no address is given",
  uncompressed: "not compressed",
} as const;
