import type { Unasked, VisitOutcome } from "../engine/event.ts";
import type { EntryKind } from "../tree/column-tree.ts";
import type { LabWords } from "./lab-words.ts";

const OUTCOMES: Readonly<Record<VisitOutcome, string>> = {
  found: "有",
  missing: "没有",
  whiteout: "有 whiteout：此处及以下都被遮住",
  "type-differs": "有，但类型不同：不合并",
  opaque: "有，是不透明目录：以下不再查",
  invalid: "有无意义的内容：EIO",
};

const REASONS: Readonly<Record<Unasked["reason"], string>> = {
  "no-parent": "没有上级目录",
  covered: "上面的分支有同名文件",
  "whiteout-above": "上面的 whiteout 遮住了这个名称",
  "opaque-above": "上面的目录不透明",
  "type-differs-above": "上面的分支有同名但类型不同的条目",
  failed: "查找已经失败",
};

const KINDS: Readonly<Record<EntryKind, string>> = {
  file: "文件",
  dir: "目录",
  symlink: "符号链接",
  char: "字符设备",
  block: "块设备",
  fifo: "命名管道",
  socket: "套接字",
};

/** The lab's own words in simplified Chinese. */
export const CHINESE: LabWords = {
  help: {
    lab: "看联合文件系统如何工作：",
    probe: "查这个路径时每个分支怎样回答",
    why: "由哪个分支回答，或者被什么遮住",
    strace: "命令发出的系统调用",
    dropCaches: "清空页缓存",
    undo: "在页面上：退一条命令、进一条、回到开头",
    programs: "程序（NAME --help 列出选项，docker help 列出 docker 的命令）：",
    shell: "shell 自己的词：",
    isShellWord: (word) => `${word} 是 shell 自己的词，与 bash 相同`,
    isProgram: (word) => `${word} 是程序：${word} --help`,
    options: "实验室里有的选项：",
  },
  whichPath: "要查哪个路径？",
  looked: (path, result) => `${path}：${result}`,
  visited: (path, branch, outcome, probes) =>
    `${path}  分支 ${branch} ${OUTCOMES[outcome]}（${probes}）`,
  noUnion: (path, result) => `${path}：${result}；没有查任何联合：它在普通文件系统上`,
  answers: (path, kind, branch) => `${path}：分支 ${branch} 的${KINDS[kind]}`,
  mergedWith: (branches) => `与分支 ${branches.join("、")} 合并`,
  whiteout: (path, branch) => `${path}：被分支 ${branch} 的 whiteout 遮住`,
  nowhere: (path, result) => `${path}：${result}：没有哪个分支有它`,
  unasked: (branch, reason) => `没有查分支 ${branch}：${REASONS[reason]}`,
  noOption: (option) => `这里没有 ${option}`,
  nearest: (near) => `这里最接近的命令：${near}`,
  near: {
    editor: "sed -i，或 cat > FILE <<END",
    packages: "对带有它的镜像用 docker run；这里什么都不下载",
    network: "docker pull（实验室没有网络）",
    history: "↑ 键",
  },
  cannotRun: (path) => `${path}：这个程序确实在，但实验室无法运行它：只能运行自带的命令`,
  cannotInterpret: (path, interpreter) => `${path}：实验室无法运行 ${interpreter} 的脚本`,
  noPrompt: (prompt) => `没有名为 ${prompt} 的运行中的容器`,
  notShown: (bytes) => `[还有 ${bytes} 字节没有显示]`,
  noCompression: "这里没有压缩：去掉 -z",
  onlyFlush: "这里只有 flush",
  docker: {
    notHere: (what, near) => `实验室没有 ${what}。最接近的：${near}`,
    near: {
      login: "docker pull（实验室的镜像库不用登录）",
      network: "docker exec（这里的容器没有网络）",
      search: "docker pull（给一个不存在的镜像名，镜像库会列出所有镜像）",
    },
    overview: "实验室的 docker。没有的功能会说明。",
    noRegistry: (library) => `实验室没有镜像仓库。镜像库里有：${library.join("、")}`,
    onlyDataRoot: (root) => `不支持 --data-root：实验室的 Docker 固定用 ${root}`,
    overlay2TooEarly: "overlay2 从 Docker 1.12 起才有。最接近的：dockerd --storage-driver=overlay2",
    notAContext: (given) =>
      `构建上下文必须是主机上的目录，不能是 ${given}。最接近的：docker build PATH`,
    ignoreFile: "实验室不看 .dockerignore：上下文里的一切都可以复制。",
    stopFirst: "先停止容器。最接近的：docker commit、docker save",
    tooDeep: (layers, most) =>
      `这个镜像有 ${layers} 层。Docker 最多接受 ${most} 层：加上容器的两个分支，正好是 aufs 能叠的 127 个。`,
    unknownUser: (user) =>
      `镜像的用户 ${user} 不在它的 /etc/passwd 里。Docker 会拒绝启动；实验室以 root 继续。`,
  },
};
