/**
 * One sentence for each thing the engine does: actor, act, because, result. Paths and branch names come in already set
 * apart from the words (see event-sentence.ts).
 */
export const events = {
  /** Where a write goes that is to no branch of a union. */
  host: "the host",
  actor: { aufs: "aufs", overlay: "overlayfs", plain: "the file system" },
  visit: {
    found: "{{actor}} looks for {{path}} in {{branch}}: it is there.",
    missing: "{{actor}} looks for {{path}} in {{branch}}: not there, so the next branch is asked.",
    missingLast:
      "{{actor}} looks for {{path}} in {{branch}}: not there, and there is no branch below.",
    missingEnd:
      "{{actor}} looks for {{path}} in {{branch}}: not there, and no branch below is part of its directory.",
    whiteout:
      "{{actor}} looks for {{path}} in {{branch}}: a whiteout says it is gone, so no branch below is asked.",
    "type-differs":
      "{{actor}} looks for {{path}} in {{branch}}: what is there is of another type than above, so it does not count.",
    opaque:
      "{{actor}} looks for {{path}} in {{branch}}: a directory marked opaque, so no branch below is asked.",
    invalid:
      "{{actor}} looks for {{path}} in {{branch}}: what is there makes no sense, so the answer is EIO.",
  },
  probe: {
    real: "On the disk of {{branch}}, {{actor}} looks up the name {{name}}: {{outcome}}.",
    whiteout: "On the disk of {{branch}}, {{actor}} looks up the whiteout {{name}}: {{outcome}}.",
    opaque:
      "On the disk of {{branch}}, {{actor}} looks up the opaque mark of {{name}}: {{outcome}}.",
    outcome: {
      found: "it is there",
      missing: "it is not there",
      whiteout: "it is a whiteout device",
      invalid: "it is there, but not as it must be",
    },
  },
  hit: {
    file: "{{path}} is answered by {{branch}}, the first branch that has it.",
    fileUnasked_one:
      "{{path}} is answered by {{branch}}: the search ends there, and {{count}} branch below is not asked.",
    fileUnasked_other:
      "{{path}} is answered by {{branch}}: the search ends there, and {{count}} branches below are not asked.",
    directory: "{{path}} is a directory, and only {{branch}} has it.",
    merged:
      "{{path}} is a directory in {{branches}}: they show as one, and {{branch}} gives its mode and owner.",
  },
  miss: {
    nowhere: "{{path}} is not there: no branch that was asked has it.",
    whiteout: "{{path}} is not there, because the whiteout in {{branch}} hides it.",
  },
  "symlink-followed": "{{path}} is a symbolic link, so the walk goes on at {{target}}.",
  "mount-crossed":
    "Something is mounted on {{path}}, so the walk goes on in that file system and asks no branch below.",
  permission: {
    granted: "User {{uid}} may {{want}} {{path}} (mode {{mode}}), because {{rule}}.",
    refused: "User {{uid}} may not {{want}} {{path}} (mode {{mode}}), because {{rule}}.",
    want: { r: "read", w: "write", x: "enter or run", other: "change" },
    rule: {
      owner: "the bits of the owner say so",
      group: "the bits of the group say so",
      other: "the bits of everybody else say so",
      root: "root may do everything",
      "not-owner": "only its owner may",
      sticky: "the directory is sticky and the file belongs to somebody else",
      "read-only-mount": "the mount is read-only",
      "protected-hardlinks": "a hard link to somebody else's file is protected",
      "lower-branch": "the directory of a lower branch decides",
    },
  },
  "readdir-visit_one":
    "{{actor}} reads the directory {{path}} in {{branch}}: {{count}} name on disk, {{shown}} shown.",
  "readdir-visit_other":
    "{{actor}} reads the directory {{path}} in {{branch}}: {{count}} names on disk, {{shown}} shown.",
  "readdir-hidden": {
    whiteout:
      "{{name}} in {{branch}} is left out of the listing of {{path}}, because a whiteout above hides it.",
    duplicate:
      "{{name}} in {{branch}} is left out of the listing of {{path}}, because a branch above has that name already.",
    reserved:
      "{{name}} in {{branch}} is left out of the listing of {{path}}, because it is one of the union's own marks.",
  },
  "data-read": {
    branch:
      "{{bytes}} of {{path}} are read from {{branch}}, because the view stores nothing itself.",
    plain: "{{bytes}} of {{path}} are read.",
  },
  "copy-up-begin": {
    file: "{{actor}} begins to copy {{path}} up from {{from}} into {{to}}, because {{reason}} and {{from}} is read-only: {{bytes}} to copy.",
    other:
      "{{actor}} begins to copy {{path}} up from {{from}} into {{to}}, because {{reason}} and {{from}} is read-only.",
    as: "{{actor}} begins to copy {{source}} up from {{from}} into {{to}} under the name {{path}}, because {{reason}} and {{from}} is read-only: {{bytes}} to copy.",
  },
  reason: {
    write: "it is written to",
    "open-for-writing": "it is opened for writing",
    open: "its branch copies up whatever is opened",
    truncate: "it is cut to another length",
    chmod: "its mode changes",
    chown: "its owner changes",
    utimens: "its times change",
    setxattr: "an extended attribute of it is set",
    removexattr: "an extended attribute of it is removed",
    link: "it gets another name",
    rename: "it is renamed",
    mmap: "it is mapped for writing",
    fsync: "it is synced",
    fallocate: "its space is changed",
    create: "a name is made in it",
    remove: "a name is removed from it",
    parent: "what is written below it needs it there",
  },
  "copy-up-parent":
    "{{path}} is missing in {{to}}, so {{actor}} makes that directory there first: a file needs its parents.",
  "copy-up-temp": {
    named:
      "{{actor}} makes the temporary file {{name}} in {{to}}, so that nobody sees half a copy.",
    nameless: "{{actor}} makes a file without a name in {{to}}, so that nobody sees half a copy.",
  },
  "copy-up-data": {
    all: "{{actor}} copies {{bytes}} of {{path}} into {{to}}: it works on whole files, however little is written.",
    holes:
      "{{actor}} copies {{bytes}} of {{path}} into {{to}} and skips {{holes}} of holes: it works on whole files, however little is written.",
    part: "{{actor}} copies {{bytes}} of {{path}} into {{to}} and leaves {{rest}} behind, because it is being cut to that length.",
    none: "{{actor}} has no data of {{path}} to copy into {{to}}, because its old content is not needed.",
    empty: "{{actor}} has no data of {{path}} to copy into {{to}}, because the file is empty.",
  },
  "copy-up-attributes":
    "The copy of {{path}} in {{to}} gets the original's mode {{mode}}, owner {{uid}} and group {{gid}}.",
  "copy-up-xattrs":
    "The copy of {{path}} in {{to}} gets the original's extended attributes: {{names}}.",
  "copy-up-plink":
    "{{actor}} remembers the copy of {{path}} in {{to}} as {{name}}, because the original has more than one name.",
  "copy-up-rename": {
    named:
      "The finished copy {{name}} in {{to}} is renamed to {{path}}: from now on the view shows the copy.",
    nameless:
      "The finished copy gets its name in {{to}}, {{path}}: from now on the view shows the copy.",
  },
  "copy-up-end": {
    file: "{{path}} is copied up: {{bytes}} went from {{from}} to {{to}}, and the original in {{from}} is hidden now, not changed.",
    other:
      "{{path}} is copied up from {{from}} to {{to}}, and the original in {{from}} is not changed.",
    as: "{{source}} is copied up as {{path}}: {{bytes}} went from {{from}} to {{to}}, and the original in {{from}} is not changed.",
  },
  "copy-up-failed": "{{path}} could not be copied up into {{to}}: {{errno}}.",
  "whiteout-made": {
    file: "{{actor}} writes the whiteout {{mark}} into {{branch}}, because a branch below still has {{name}}: it is hidden, not erased.",
    linked:
      "{{actor}} writes the whiteout {{mark}} into {{branch}}, because a branch below still has {{name}}; it is one more link to the whiteout that is there, and costs no inode.",
    device:
      "{{actor}} puts a character device 0:0 called {{name}} into {{branch}}, because a branch below still has {{name}}: it is hidden, not erased.",
    xattr:
      "{{actor}} marks {{name}} in {{branch}} as a whiteout, because a branch below still has it: it is hidden, not erased.",
  },
  "whiteout-removed":
    "{{actor}} takes the whiteout of {{path}} away from {{branch}}, because the name is needed again.",
  "opaque-made": {
    file: "{{actor}} marks the directory {{path}} in {{branch}} opaque with {{mark}}, because nothing of the directory below may show through.",
    xattr:
      "{{actor}} marks the directory {{path}} in {{branch}} opaque with an extended attribute, because nothing of the directory below may show through.",
  },
  "redirect-made":
    "{{actor}} writes down in {{branch}} that {{path}} was {{target}} below, so that the lower directory need not be copied.",
  "plink-linked":
    "{{path}} appears in {{branch}} as a hard link to a file that was copied up under another name, because both names are one file.",
  "plinks-flushed":
    "The hard links that were remembered are written out before the unmount: {{links}}.",
  "branch-write": {
    create: "The new file {{path}} is made in {{branch}}.",
    mkdir: "The new directory {{path}} is made in {{branch}}.",
    symlink: "The new symbolic link {{path}} is made in {{branch}}.",
    mknod: "The new special file {{path}} is made in {{branch}}.",
    link: "{{path}} is made in {{branch}} as one more name of a file that is there.",
    unlink: "The name {{path}} is removed from {{branch}}.",
    rmdir: "The directory {{path}} is removed from {{branch}}.",
    rename: "{{path}} is renamed to {{to}} in {{branch}}.",
    exchange: "{{path}} and {{to}} change places in {{branch}}.",
    write: "{{bytes}} are written into {{path}} in {{branch}}.",
    truncate: "{{path}} in {{branch}} is cut to another length.",
    setattr: "Mode, owner or times of {{path}} in {{branch}} change.",
    setxattr: "An extended attribute of {{path}} in {{branch}} is set.",
    removexattr: "An extended attribute of {{path}} in {{branch}} is removed.",
  },
  "descriptor-reopened":
    "The open descriptor of {{path}} moves from {{from}} to the copy in {{to}}.",
  mounted: {
    readWrite: "{{fsType}} is mounted on {{path}}.",
    readOnly: "{{fsType}} is mounted on {{path}}, read-only.",
  },
  remounted: {
    readWrite: "The mount on {{path}} is changed and stays writable.",
    readOnly: "The mount on {{path}} is changed and is read-only.",
  },
  unmounted: "{{path}} is unmounted: the view is gone, the branches stay on disk.",
  "branch-added": "{{path}} becomes branch {{branch}} of the union, {{permission}}.",
  "branch-removed": "Branch {{branch}}, {{path}}, leaves the union.",
  "branch-changed": "Branch {{branch}}, {{path}}, is {{permission}} from now on.",
  "process-made": "Process {{parent}} starts process {{pid}}.",
  "process-ended": "Process {{pid}} ends and its descriptors are closed.",
  call: {
    refused: "{{call}} of {{path}} fails with {{errno}}, because {{why}}.",
    failed: "{{call}} of {{path}} fails with {{errno}}.",
    why: {
      EXDEV:
        "a directory that lies in a lower branch cannot be renamed in place: the program must copy it",
      EROFS: "it is read-only",
      ENOENT: "the name is not there",
      EEXIST: "the name is there already",
      ENOTEMPTY: "the directory is not empty",
      EACCES: "the permission bits say no",
      EPERM: "this is not allowed",
      ENOSPC: "there is no room left",
      EISDIR: "it is a directory",
      ENOTDIR: "a part of the path is not a directory",
      EBUSY: "it is in use",
      ELOOP: "there are too many symbolic links",
      EINVAL: "the arguments make no sense here",
    },
  },
  list: ", ",
} as const;
