import type { events as english } from "../en/events.ts";
import type { Translated } from "../translated.ts";

export const events = {
  host: "主机",
  actor: { aufs: "aufs", overlay: "overlayfs", plain: "文件系统" },
  visit: {
    found: "{{actor}} 在 {{branch}} 里找 {{path}}：在这里。",
    missing: "{{actor}} 在 {{branch}} 里找 {{path}}：没有，所以去查下一个分支。",
    missingLast: "{{actor}} 在 {{branch}} 里找 {{path}}：没有，而且下面再没有分支了。",
    missingEnd:
      "{{actor}} 在 {{branch}} 里找 {{path}}：没有，而且它所在的目录下面再没有分支参与合并了。",
    whiteout:
      "{{actor}} 在 {{branch}} 里找 {{path}}：whiteout 说它已被删除，所以不再查下面的分支。",
    "type-differs": "{{actor}} 在 {{branch}} 里找 {{path}}：这里的类型与上面的不同，所以不算数。",
    opaque: "{{actor}} 在 {{branch}} 里找 {{path}}：是一个不透明目录，所以不再查下面的分支。",
    invalid: "{{actor}} 在 {{branch}} 里找 {{path}}：这里的内容不合规定，所以返回 EIO。",
  },
  probe: {
    real: "{{actor}} 在 {{branch}} 的磁盘上查名字 {{name}}：{{outcome}}。",
    whiteout: "{{actor}} 在 {{branch}} 的磁盘上查 whiteout {{name}}：{{outcome}}。",
    opaque: "{{actor}} 在 {{branch}} 的磁盘上查 {{name}} 的不透明标记：{{outcome}}。",
    outcome: {
      found: "有",
      missing: "没有",
      whiteout: "是一个 whiteout 设备",
      invalid: "有，但不是该有的样子",
    },
  },
  hit: {
    file: "{{path}} 由 {{branch}} 应答：它是第一个有这个名字的分支。",
    fileUnasked_one:
      "{{path}} 由 {{branch}} 应答：查找到此为止，下面还有 {{count}} 个分支不用再查。",
    fileUnasked_other:
      "{{path}} 由 {{branch}} 应答：查找到此为止，下面还有 {{count}} 个分支不用再查。",
    directory: "{{path}} 是目录，只有 {{branch}} 有它。",
    merged:
      "{{path}} 这个目录在 {{branches}} 里都有：合并成一个来显示，权限和属主取自 {{branch}}。",
  },
  miss: {
    nowhere: "{{path}} 不存在：查过的分支里都没有它。",
    whiteout: "{{path}} 不存在，因为 {{branch}} 里的 whiteout 把它遮住了。",
  },
  "symlink-followed": "{{path}} 是符号链接，所以接着走到 {{target}}。",
  "mount-crossed": "{{path}} 上挂载了别的文件系统，所以从那里接着走，不再查下面的分支。",
  permission: {
    granted: "用户 {{uid}} 可以{{want}} {{path}}（权限 {{mode}}），因为{{rule}}。",
    refused: "用户 {{uid}} 不可以{{want}} {{path}}（权限 {{mode}}），因为{{rule}}。",
    want: { r: "读", w: "写", x: "进入或执行", other: "更改" },
    rule: {
      owner: "属主的权限位这样规定",
      group: "属组的权限位这样规定",
      other: "其他人的权限位这样规定",
      root: "root 不受限制",
      "not-owner": "只有属主才可以",
      sticky: "目录带粘滞位，而文件属于别人",
      "read-only-mount": "这个挂载是只读的",
      "protected-hardlinks": "不准给别人的文件建硬链接",
      "lower-branch": "下层分支的目录说了算",
    },
  },
  "readdir-visit_one":
    "{{actor}} 读 {{branch}} 里的目录 {{path}}：磁盘上有 {{count}} 个名字，显示其中 {{shown}} 个。",
  "readdir-visit_other":
    "{{actor}} 读 {{branch}} 里的目录 {{path}}：磁盘上有 {{count}} 个名字，显示其中 {{shown}} 个。",
  "readdir-hidden": {
    whiteout: "列出 {{path}} 时略去 {{branch}} 里的 {{name}}，因为上面的 whiteout 遮住了它。",
    duplicate: "列出 {{path}} 时略去 {{branch}} 里的 {{name}}，因为上面的分支已经有这个名字。",
    reserved: "列出 {{path}} 时略去 {{branch}} 里的 {{name}}，因为它是联合文件系统自己的标记。",
  },
  "data-read": {
    branch: "从 {{branch}} 读取 {{path}} 的 {{bytes}}，因为统一视图本身不存储任何内容。",
    plain: "读取 {{path}} 的 {{bytes}}。",
  },
  "copy-up-begin": {
    file: "{{actor}} 开始把 {{path}} 从 {{from}} 上拷（copy-up）到 {{to}}，因为{{reason}}，而 {{from}} 是只读的：要拷 {{bytes}}。",
    other:
      "{{actor}} 开始把 {{path}} 从 {{from}} 上拷（copy-up）到 {{to}}，因为{{reason}}，而 {{from}} 是只读的。",
    as: "{{actor}} 开始把 {{source}} 从 {{from}} 上拷（copy-up）到 {{to}}，名字是 {{path}}，因为{{reason}}，而 {{from}} 是只读的：要拷 {{bytes}}。",
  },
  reason: {
    write: "要往里写",
    "open-for-writing": "它被打开来写",
    open: "它所在的分支一打开就上拷",
    truncate: "它的长度要变",
    chmod: "它的权限要变",
    chown: "它的属主要变",
    utimens: "它的时间要变",
    setxattr: "要给它设扩展属性",
    removexattr: "要删它的扩展属性",
    link: "它要多一个名字",
    rename: "它要改名",
    mmap: "它被映射来写",
    fsync: "它要落盘",
    fallocate: "它占的空间要变",
    create: "要在它里面新建名字",
    remove: "要从它里面删除名字",
    parent: "写在它下面的东西需要它",
  },
  "copy-up-parent": "{{to}} 里没有 {{path}}，所以 {{actor}} 先在那里建这个目录：文件要有上级目录。",
  "copy-up-temp": {
    named: "{{actor}} 在 {{to}} 里建临时文件 {{name}}，这样谁也看不到拷了一半的文件。",
    nameless: "{{actor}} 在 {{to}} 里建一个没有名字的文件，这样谁也看不到拷了一半的文件。",
  },
  "copy-up-data": {
    all: "{{actor}} 把 {{path}} 的 {{bytes}} 拷到 {{to}}：不管写多少，它都以整个文件为单位。",
    holes:
      "{{actor}} 把 {{path}} 的 {{bytes}} 拷到 {{to}}，跳过 {{holes}} 的空洞：不管写多少，它都以整个文件为单位。",
    part: "{{actor}} 把 {{path}} 的 {{bytes}} 拷到 {{to}}，剩下 {{rest}} 不拷，因为它正要截到这个长度。",
    none: "{{actor}} 不用把 {{path}} 的数据拷到 {{to}}，因为旧内容用不着了。",
    empty: "{{actor}} 没有 {{path}} 的数据要拷到 {{to}}，因为这个文件是空的。",
  },
  "copy-up-attributes":
    "{{path}} 在 {{to}} 里的副本得到原件的权限 {{mode}}、属主 {{uid}} 和属组 {{gid}}。",
  "copy-up-xattrs": "{{path}} 在 {{to}} 里的副本得到原件的扩展属性：{{names}}。",
  "copy-up-plink": "{{actor}} 把 {{path}} 在 {{to}} 里的副本记为 {{name}}，因为原件不止一个名字。",
  "copy-up-rename": {
    named: "{{to}} 里拷好的副本 {{name}} 改名为 {{path}}：从现在起，视图显示副本。",
    nameless: "拷好的副本在 {{to}} 里得到名字 {{path}}：从现在起，视图显示副本。",
  },
  "copy-up-end": {
    file: "{{path}} 上拷完毕：从 {{from}} 拷了 {{bytes}} 到 {{to}}；{{from}} 里的原件从此被遮住，但没有变。",
    other: "{{path}} 已从 {{from}} 上拷到 {{to}}，{{from}} 里的原件没有变。",
    as: "{{source}} 以名字 {{path}} 上拷完毕：从 {{from}} 拷了 {{bytes}} 到 {{to}}，{{from}} 里的原件没有变。",
  },
  "copy-up-failed": "{{path}} 没能上拷到 {{to}}：{{errno}}。",
  "whiteout-made": {
    file: "{{actor}} 在 {{branch}} 里写下 whiteout {{mark}}，因为下面的分支还有 {{name}}：只是遮住，并没有抹掉。",
    linked:
      "{{actor}} 在 {{branch}} 里写下 whiteout {{mark}}，因为下面的分支还有 {{name}}；它只是已有 whiteout 的又一个硬链接，不占 inode。",
    device:
      "{{actor}} 在 {{branch}} 里放一个名叫 {{name}} 的 0:0 字符设备，因为下面的分支还有 {{name}}：只是遮住，并没有抹掉。",
    xattr:
      "{{actor}} 把 {{branch}} 里的 {{name}} 标成 whiteout，因为下面的分支还有它：只是遮住，并没有抹掉。",
  },
  "whiteout-removed": "{{actor}} 从 {{branch}} 里删去 {{path}} 的 whiteout，因为这个名字又要用了。",
  "opaque-made": {
    file: "{{actor}} 用 {{mark}} 把 {{branch}} 里的目录 {{path}} 标成不透明，因为下面同名目录里的东西都不能透出来。",
    xattr:
      "{{actor}} 用扩展属性把 {{branch}} 里的目录 {{path}} 标成不透明，因为下面同名目录里的东西都不能透出来。",
  },
  "redirect-made":
    "{{actor}} 在 {{branch}} 里记下 {{path}} 在下面叫 {{target}}，这样就不用拷贝下层目录。",
  "plink-linked":
    "{{path}} 在 {{branch}} 里成为已用别名上拷的文件的硬链接，因为两个名字是同一个文件。",
  "plinks-flushed": "卸载之前，把记住的硬链接都写出去：{{links}} 个。",
  "branch-write": {
    create: "在 {{branch}} 里新建文件 {{path}}。",
    mkdir: "在 {{branch}} 里新建目录 {{path}}。",
    symlink: "在 {{branch}} 里新建符号链接 {{path}}。",
    mknod: "在 {{branch}} 里新建特殊文件 {{path}}。",
    link: "在 {{branch}} 里新建 {{path}}，它是已有文件的又一个名字。",
    unlink: "从 {{branch}} 里删掉名字 {{path}}。",
    rmdir: "从 {{branch}} 里删掉目录 {{path}}。",
    rename: "在 {{branch}} 里把 {{path}} 改名为 {{to}}。",
    exchange: "在 {{branch}} 里，{{path}} 和 {{to}} 互换位置。",
    write: "往 {{branch}} 里的 {{path}} 写入 {{bytes}}。",
    truncate: "{{branch}} 里的 {{path}} 改变长度。",
    setattr: "{{branch}} 里的 {{path}} 改变权限、属主或时间。",
    setxattr: "给 {{branch}} 里的 {{path}} 设一个扩展属性。",
    removexattr: "删掉 {{branch}} 里的 {{path}} 的一个扩展属性。",
  },
  "descriptor-reopened": "{{path}} 已打开的描述符从 {{from}} 转到 {{to}} 里的副本。",
  mounted: {
    readWrite: "把 {{fsType}} 挂载到 {{path}}。",
    readOnly: "把 {{fsType}} 以只读方式挂载到 {{path}}。",
  },
  remounted: {
    readWrite: "更改 {{path}} 上的挂载，仍可写。",
    readOnly: "更改 {{path}} 上的挂载，变为只读。",
  },
  unmounted: "卸载 {{path}}：视图没有了，分支还在磁盘上。",
  "branch-added": "{{path}} 成为联合的第 {{branch}} 号分支，{{permission}}。",
  "branch-removed": "第 {{branch}} 号分支 {{path}} 从联合中移除。",
  "branch-changed": "第 {{branch}} 号分支 {{path}} 从此是 {{permission}}。",
  "process-made": "进程 {{parent}} 启动进程 {{pid}}。",
  "process-ended": "进程 {{pid}} 结束，它的描述符都关闭。",
  call: {
    refused: "对 {{path}} 的 {{call}} 失败，得到 {{errno}}，因为{{why}}。",
    failed: "对 {{path}} 的 {{call}} 失败，得到 {{errno}}。",
    why: {
      EXDEV: "下层分支里的目录不能原地改名：程序只好自己拷贝",
      EROFS: "它是只读的",
      ENOENT: "没有这个名字",
      EEXIST: "这个名字已经有了",
      ENOTEMPTY: "目录不是空的",
      EACCES: "权限位不允许",
      EPERM: "不允许这样做",
      ENOSPC: "没有空间了",
      EISDIR: "它是目录",
      ENOTDIR: "路径中有一段不是目录",
      EBUSY: "它正在使用",
      ELOOP: "符号链接太多",
      EINVAL: "参数在这里没有意义",
    },
  },
  list: "、",
} satisfies Translated<typeof english>;
